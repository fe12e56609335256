//! What a file is, by its first bytes. What somebody says about it is never believed.

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
