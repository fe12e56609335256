//! Where a file is on a canvas: a few plain names, checked once.

/// Longest name in bytes: what file systems take.
const NAME_BYTES: usize = 255;
/// Names of one path: deeper folders are no page of a person.
const NAMES: usize = 12;

/// The way to a file below the root of a canvas. Every name in it is plain: no dots that lead
/// elsewhere, no separator, no control character, nothing hidden.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CanvasPath(String);

/// Why a text is no path of a canvas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCanvasPath {
    /// No name at all.
    #[error("the path names no file")]
    Empty,
    /// More than 12 names.
    #[error("the path has more than {NAMES} parts")]
    TooDeep,
    /// A name over 255 bytes.
    #[error("a part of the path is longer than {NAME_BYTES} bytes")]
    TooLong,
    /// An empty name, `.`, `..`, a name that begins with a dot, or one with a character that has a
    /// meaning of its own.
    #[error(
        "a part of the path is not a plain name: use letters, digits, spaces and -_. and begin with no dot"
    )]
    NotPlain,
}

impl CanvasPath {
    /// Reads `folder/file.html`; a slash at the beginning is taken as the root of the canvas.
    ///
    /// # Errors
    /// See [`BadCanvasPath`].
    pub fn parse(text: &str) -> Result<Self, BadCanvasPath> {
        Self::of_names(text.strip_prefix('/').unwrap_or(text).split('/'))
    }

    /// Puts names together.
    ///
    /// # Errors
    /// See [`BadCanvasPath`].
    pub fn of_names<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, BadCanvasPath> {
        let names: Vec<&str> = names.into_iter().take(NAMES + 1).collect();
        match names.as_slice() {
            [] | [""] => return Err(BadCanvasPath::Empty),
            names if names.len() > NAMES => return Err(BadCanvasPath::TooDeep),
            _ => {}
        }
        names.iter().try_for_each(|name| plain(name))?;
        Ok(Self(names.join("/")))
    }

    /// The names with slashes between them.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// The folder that it is in, if that is not the root, and its own name.
    pub fn split(&self) -> (Option<&str>, &str) {
        match self.0.rsplit_once('/') {
            Some((folder, name)) => (Some(folder), name),
            None => (None, &self.0),
        }
    }

    /// The file of this name in the folder that this path names.
    ///
    /// # Errors
    /// See [`BadCanvasPath`].
    pub fn join(&self, name: &str) -> Result<Self, BadCanvasPath> {
        Self::of_names(self.names().chain([name]))
    }
}

impl std::fmt::Display for CanvasPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn plain(name: &str) -> Result<(), BadCanvasPath> {
    if name.len() > NAME_BYTES {
        return Err(BadCanvasPath::TooLong);
    }
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\' | '%' | '?' | '#') || is_unseen(c);
    if name.is_empty() || name.starts_with('.') || name.chars().any(odd) {
        return Err(BadCanvasPath::NotPlain);
    }
    Ok(())
}

/// Characters that make a name look like another one.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_make_a_path() {
        for text in [
            "index.html",
            "/index.html",
            "a/b/c.css",
            "a b.js",
            "übersicht.html",
            "a..b",
        ] {
            let path = CanvasPath::parse(text).unwrap();
            assert_eq!(path.as_str(), text.strip_prefix('/').unwrap_or(text));
        }
        let path = CanvasPath::parse("a/b.html").unwrap();
        assert_eq!(path.split(), (Some("a"), "b.html"));
        assert_eq!(CanvasPath::parse("b").unwrap().split(), (None, "b"));
    }

    #[test]
    fn everything_else_is_refused() {
        use BadCanvasPath::{Empty, NotPlain, TooDeep, TooLong};
        let long = "a".repeat(256);
        let deep = ["a"; 13].join("/");
        for (text, why) in [
            ("", Empty),
            ("/", Empty),
            ("//a", NotPlain),
            ("a/", NotPlain),
            ("a//b", NotPlain),
            (".", NotPlain),
            ("..", NotPlain),
            ("a/../b", NotPlain),
            ("./a", NotPlain),
            (".git/config", NotPlain),
            ("a/.env", NotPlain),
            ("a\\b", NotPlain),
            ("a\0b", NotPlain),
            ("a\nb", NotPlain),
            ("a%2eb", NotPlain),
            ("a?b", NotPlain),
            ("a\u{202e}b", NotPlain),
            (long.as_str(), TooLong),
            (deep.as_str(), TooDeep),
        ] {
            assert_eq!(CanvasPath::parse(text), Err(why), "{text:?}");
        }
    }
}
