//! What a file is, by its first bytes. What somebody says about it is never believed.

mod name;
mod source;

use crate::channel::MediaKind;

pub use name::safe_name;
pub use source::{Fetched, FileError, FileSource};

/// Bytes of a file's beginning that tell what it is.
pub const HEAD_BYTES: usize = 512;

/// Types of pictures that models and networks take as such.
const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// What a file of this type is sent as.
pub fn kind_of(mime: &str) -> MediaKind {
    match mime {
        "image/gif" => MediaKind::Animation,
        "image/jpeg" | "image/png" | "image/webp" => MediaKind::Photo,
        "video/mp4" | "video/quicktime" | "video/webm" => MediaKind::Video,
        "audio/mpeg" | "audio/m4a" => MediaKind::Audio,
        "audio/ogg" => MediaKind::Voice,
        _ => MediaKind::Document,
    }
}

/// Whether it is a picture that a model can look at.
pub fn is_picture(mime: &str) -> bool {
    PICTURES.contains(&mime)
}

/// A size for people: `812 bytes`, `120 KB`, `3.4 MB`.
pub fn size_in_words(bytes: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = 1024 * KB;
    if bytes < KB {
        format!("{bytes} bytes")
    } else if bytes < MB {
        format!("{} KB", bytes.div_ceil(KB))
    } else {
        format!("{}.{} MB", bytes / MB, bytes % MB * 10 / MB)
    }
}

/// The type of a file by its first bytes; `None` if they tell nothing. Text is only called so if
/// all of them are text.
pub fn sniff(head: &[u8]) -> Option<&'static str> {
    if let Some(kind) = infer::get(head) {
        return Some(kind.mime_type());
    }
    is_text(head).then_some("text/plain")
}

fn is_text(head: &[u8]) -> bool {
    // The last character may be cut.
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            match std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default()) {
                Ok(text) => text,
                Err(_) => return false,
            }
        }
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !c.is_whitespace())
}

/// The ending of a file of this type; `bin` if none is customary.
pub fn extension(mime: &str) -> &'static str {
    match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/heif" | "image/heic" => "heic",
        "video/mp4" => "mp4",
        "video/webm" => "webm",
        "video/quicktime" => "mov",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/x-wav" => "wav",
        "audio/m4a" => "m4a",
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "text/plain" => "txt",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n0000"), Some("image/png"));
        assert_eq!(sniff(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
        assert_eq!(sniff(b"%PDF-1.7"), Some("application/pdf"));
        assert_eq!(sniff("Grüße".as_bytes()), Some("text/plain"));
        // Cut in the middle of a character.
        assert_eq!(
            sniff("Grü".as_bytes().get(..3).unwrap()),
            Some("text/plain")
        );
        assert_eq!(sniff(b"\0\x01\x02\x03"), None);
        assert_eq!(sniff(b""), None);
    }

    #[test]
    fn sizes() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1023, "1023 bytes"),
            (1024, "1 KB"),
            (122_880, "120 KB"),
            ((1 << 20) - 1, "1024 KB"),
            (3_670_016, "3.5 MB"),
        ] {
            assert_eq!(size_in_words(bytes), words);
        }
    }

    #[test]
    fn a_picture_is_sent_as_one() {
        assert_eq!(kind_of("image/webp"), MediaKind::Photo);
        assert_eq!(kind_of("image/svg+xml"), MediaKind::Document);
        assert_eq!(kind_of("text/html"), MediaKind::Document);
        assert!(is_picture("image/gif") && !is_picture("image/heic"));
    }

    #[test]
    fn an_ending_never_names_a_program() {
        for mime in [
            "text/html",
            "application/x-executable",
            "text/x-shellscript",
        ] {
            assert_eq!(extension(mime), "bin");
        }
    }
}
