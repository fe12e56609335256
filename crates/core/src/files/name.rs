//! What a file is called when it is sent.

use super::extension;
use crate::text::is_invisible;

/// Longest name, in characters: every network and file system takes so many.
const NAME_CHARS: usize = 80;
/// The longest ending that is kept when a name is cut, in characters.
const ENDING_CHARS: usize = 10;
/// The name of a file that has none.
const NAMELESS: &str = "file";

/// A name for a file of this type, from one that a stranger chose: no path, nothing that is not
/// seen, that ends a header or that a system takes for a command; with the ending that the type
/// wants, whatever the name says.
pub fn safe_name(name: Option<&str>, mime: &str) -> String {
    let last = name.unwrap_or_default().rsplit(['/', '\\']).next();
    let kept: String = last
        .unwrap_or_default()
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .map(|c| if is_odd(c) { '_' } else { c })
        .collect();
    let kept = kept.trim_matches([' ', '.', '-']);
    let (stem, ending) = match kept.rsplit_once('.') {
        Some((stem, ending)) if is_ending(ending) && !stem.trim().is_empty() => (stem, ending),
        _ => (kept, ""),
    };
    let wanted = extension(mime);
    if wanted == "bin" || is_same(ending, wanted) {
        return named(stem, ending);
    }
    named(kept, wanted)
}

fn named(stem: &str, ending: &str) -> String {
    let room = NAME_CHARS.saturating_sub(ENDING_CHARS + 1);
    let stem: String = stem.chars().take(room).collect();
    let stem = match stem.trim_end() {
        "" => NAMELESS,
        stem => stem,
    };
    if ending.is_empty() {
        stem.to_owned()
    } else {
        format!("{stem}.{ending}")
    }
}

/// What means something to a shell, a header or a file system.
const fn is_odd(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '<' | '>' | '|' | ':' | '*' | '?' | '%' | ';' | '`' | '$' | '&' | '='
    )
}

fn is_ending(ending: &str) -> bool {
    (1..=ENDING_CHARS).contains(&ending.len()) && ending.chars().all(|c| c.is_ascii_alphanumeric())
}

/// Whether an ending means the type whose customary one is `wanted`.
fn is_same(ending: &str, wanted: &str) -> bool {
    let ending = ending.to_ascii_lowercase();
    ending == wanted
        || match wanted {
            "jpg" => ending == "jpeg",
            "heic" => ending == "heif",
            "ogg" => matches!(&*ending, "oga" | "opus"),
            "mp4" => ending == "m4v",
            // A text may be a program, a table, a page: whoever named it knows.
            "txt" => !ending.is_empty(),
            // Documents of offices and archives of programs are zips inside.
            "zip" => matches!(&*ending, "docx" | "xlsx" | "pptx" | "odt" | "epub" | "jar"),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names() {
        let table = [
            (None, "image/png", "file.png"),
            (Some("cat.png"), "image/png", "cat.png"),
            (Some("cat.JPEG"), "image/jpeg", "cat.JPEG"),
            (Some("cat.exe"), "image/png", "cat.exe.png"),
            (Some("../../etc/passwd"), "text/plain", "passwd.txt"),
            (Some("C:\\evil\\a.txt"), "text/plain", "a.txt"),
            (Some("notes.md"), "text/plain", "notes.md"),
            (Some(".bashrc"), "text/plain", "bashrc.txt"),
            (Some("a\"; rm -rf \n.png"), "image/png", "a__ rm -rf.png"),
            (
                Some("fdp\u{202e}cod.exe"),
                "application/octet-stream",
                "fdpcod.exe",
            ),
            (Some("   "), "application/octet-stream", "file"),
            (Some("größe.pdf"), "application/pdf", "größe.pdf"),
            (Some("-rf"), "application/octet-stream", "rf"),
            (Some("book.docx"), "application/zip", "book.docx"),
        ];
        for (name, mime, safe) in table {
            assert_eq!(safe_name(name, mime), safe, "{name:?} {mime}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_one_plain_step(name in any::<String>(), png in any::<bool>()) {
            let mime = if png { "image/png" } else { "application/octet-stream" };
            let safe = safe_name(Some(&name), mime);
            prop_assert!(!safe.is_empty() && safe.chars().count() <= NAME_CHARS);
            prop_assert!(!safe.contains(['/', '\\', '"', '\n', '\r', '\0']));
            prop_assert!(!safe.starts_with('.') && !safe.starts_with('-'));
            prop_assert!(!png || safe.to_lowercase().ends_with(".png"), "{}", safe);
        }
    }
}
