//! A stranger's id as a part of a session key.

use crate::secret::sha256_hex;

/// Longest part in bytes. A key has at most three of them beside an agent (64 bytes) and words, and
/// stays under [`crate::session::SESSION_KEY_MAX_BYTES`].
const PART_MAX_BYTES: usize = 128;

/// An id as a part of a key: lower case (V3 11.1), and nothing that could pass for another part.
///
/// Letters, digits and marks of ASCII stand for themselves, so that numbers, `C0123`, `-100123`,
/// `1712345.6789` and `123@g.us` are the family's keys. Every other byte, `:` and `%` among them,
/// is `%` and two hex digits; so is every letter beyond ASCII, since some of those turn into an
/// ASCII letter when they are lowered. What is too long is its hash.
pub(super) fn part(id: &str) -> String {
    use std::fmt::Write;
    let mut part = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b':' | b'%') {
            part.push(char::from(byte.to_ascii_lowercase()));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(part, "%{byte:02x}");
        }
    }
    if part.len() > PART_MAX_BYTES {
        return marked("sha256", &sha256_hex(part.as_bytes()));
    }
    part
}

/// A part that no id gives: behind a `%` of theirs are two hex digits. `word` must begin otherwise.
pub(super) fn marked(word: &str, text: &str) -> String {
    format!("%{word}.{text}")
}
