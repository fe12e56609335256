//! What a request's path asks for. It is decoded once; what could be read in two ways is refused
//! before anything is looked up (SECURITY T37).

use tidegate_core::canvas::CanvasPath;

/// The first name of every path that is about canvases: ours, and those that clients of the family
/// know.
pub(super) const FAMILY: [&str; 4] = [
    "__tidegate__",
    "__openclaw__",
    "__clawdbot__",
    "__coderclaw__",
];
/// The live-reload path of January's gateway has a first name of its own.
const OLD_SOCKET: &str = "__clawdbot";
/// The name before a capability.
const CAPABILITY: &str = "cap";
/// Longest path in bytes: a capability and a [`CanvasPath`] with every byte encoded.
const PATH_BYTES: usize = 8 * 1024;
/// Longest capability in bytes; ours have 64.
const TOKEN_BYTES: usize = 128;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// Something behind a capability.
    Behind {
        /// Its secret.
        token: String,
        /// The beginning of the path up to the capability's end, as it was sent.
        base: String,
        /// What is asked for there.
        what: What,
    },
    /// A path of the family without a capability.
    Bare,
}

/// What is asked for behind a capability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A file of the canvas; `None` is its root.
    File {
        /// The way to it.
        path: Option<CanvasPath>,
        /// The path ends with a slash, and so means a folder.
        folder: bool,
    },
    /// A file of the A2UI page; `None` is its root without a slash.
    Surfaces(Option<String>),
    /// The script that every page of a canvas gets.
    Bridge,
    /// The live-reload socket.
    Reload,
    /// Nothing that there is.
    Nothing,
}

/// A path that can be read in more than one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ambiguous;

/// Whether a path, as it was sent, is about canvases at all.
pub(crate) fn is_ours(path: &str) -> bool {
    let mut names = path.strip_prefix('/').unwrap_or_default().split('/');
    let first = names.next().unwrap_or_default();
    FAMILY.contains(&first) || (first == OLD_SOCKET && names.next() == Some("ws"))
}

/// Reads a path.
pub(super) fn read(path: &str) -> Result<Address, Ambiguous> {
    if path.len() > PATH_BYTES {
        return Err(Ambiguous);
    }
    let sent: Vec<&str> = path
        .strip_prefix('/')
        .ok_or(Ambiguous)?
        .split('/')
        .collect();
    let names = sent
        .iter()
        .enumerate()
        .map(|(at, name)| decode(name, at + 1 == sent.len()))
        .collect::<Result<Vec<_>, _>>()?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let [first, CAPABILITY, token, rest @ ..] = names.as_slice() else {
        return Ok(Address::Bare);
    };
    // A capability is plain letters: one that had to be decoded is none of ours.
    let is_plain = sent.get(2) == Some(token);
    if token.is_empty() || token.len() > TOKEN_BYTES || !is_plain {
        return Ok(Address::Bare);
    }
    Ok(Address::Behind {
        token: (*token).to_owned(),
        base: format!("/{first}/{CAPABILITY}/{token}/"),
        what: what(rest),
    })
}

/// Clients of the family put their own first name once more behind the capability.
fn what(names: &[&str]) -> What {
    let names = match names {
        [first, rest @ ..] if FAMILY.contains(first) || *first == OLD_SOCKET => rest,
        names => names,
    };
    match names {
        ["canvas"] => What::File {
            path: None,
            folder: false,
        },
        ["canvas", ""] => What::File {
            path: None,
            folder: true,
        },
        ["canvas", rest @ .., ""] => file(rest, true),
        ["canvas", rest @ ..] => file(rest, false),
        ["a2ui"] => What::Surfaces(None),
        ["a2ui", name] => What::Surfaces(Some((*name).to_owned())),
        ["bridge.js"] => What::Bridge,
        ["ws"] => What::Reload,
        _ => What::Nothing,
    }
}

fn file(names: &[&str], folder: bool) -> What {
    match CanvasPath::of_names(names.iter().copied()) {
        Ok(path) => What::File {
            path: Some(path),
            folder,
        },
        // Hidden, or too deep: there is no such file.
        Err(_) => What::Nothing,
    }
}

/// Decodes one name. Only the last may be empty.
fn decode(sent: &str, last: bool) -> Result<String, Ambiguous> {
    let mut bytes = Vec::with_capacity(sent.len());
    let mut rest = sent.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => escaped(&mut rest)?,
            plain => plain,
        });
    }
    let name = String::from_utf8(bytes).map_err(|_| Ambiguous)?;
    let separates = |c: char| c.is_control() || matches!(c, '/' | '\\' | '%');
    let leads_away = matches!(name.as_str(), "." | "..");
    if leads_away || (name.is_empty() && !last) || name.chars().any(separates) || !sent.is_ascii() {
        return Err(Ambiguous);
    }
    // `;` begins a parameter for some readers.
    if name
        .split(';')
        .next()
        .is_some_and(|first| matches!(first, "." | ".."))
    {
        return Err(Ambiguous);
    }
    Ok(name)
}

fn escaped(rest: &mut impl Iterator<Item = u8>) -> Result<u8, Ambiguous> {
    let mut digit = || {
        let digit = char::from(rest.next()?).to_digit(16)?;
        u8::try_from(digit).ok()
    };
    let high = digit().ok_or(Ambiguous)?;
    let low = digit().ok_or(Ambiguous)?;
    Ok(high << 4 | low)
}

#[cfg(test)]
mod tests;
