//! Bodies of requests as vendors' clients send them: forms and multipart.

use std::fmt;

use bytes::Bytes;

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name of the field.
    pub name: String,
    /// The name of the file, if it is one.
    pub file_name: Option<String>,
    /// The type that the sender claims.
    pub content_type: Option<String>,
    /// The bytes.
    pub bytes: Bytes,
}

/// A multipart body that is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MultipartError(&'static str);

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for MultipartError {}

/// Reads `application/x-www-form-urlencoded` bytes, or a query string.
pub fn form(encoded: &[u8]) -> Vec<(String, String)> {
    encoded
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut half = || decode(halves.next().unwrap_or_default(), true);
            (half(), half())
        })
        .collect()
}

/// Undoes percent encoding as it is in a path, where a plus is a plus.
pub fn percent_decode(encoded: &str) -> String {
    decode(encoded.as_bytes(), false)
}

fn decode(encoded: &[u8], plus_is_space: bool) -> String {
    let mut plain = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'+' if plus_is_space => plain.push(b' '),
            b'%' => match tail.get(..2).and_then(hex_pair) {
                Some(byte) => {
                    plain.push(byte);
                    rest = tail.get(2..).unwrap_or_default();
                }
                None => plain.push(b'%'),
            },
            other => plain.push(*other),
        }
    }
    String::from_utf8_lossy(&plain).into_owned()
}

fn hex_pair(pair: &[u8]) -> Option<u8> {
    if !pair.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()
}

/// Reads a whole multipart body; the boundary is taken from the `Content-Type` header's value.
///
/// # Errors
/// There is no boundary, or the body does not keep to it (a cut upload, for instance).
pub fn multipart(content_type: &str, body: &Bytes) -> Result<Vec<Part>, MultipartError> {
    let boundary = parameter(content_type, "boundary").ok_or(MultipartError("no boundary"))?;
    let opening = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let mut at = find(body, opening.as_bytes(), 0).ok_or(MultipartError("no first part"))?;
    at += opening.len();
    let mut parts = Vec::new();
    loop {
        let rest = body.get(at..).unwrap_or_default();
        if rest.starts_with(b"--") {
            return Ok(parts);
        }
        if !rest.starts_with(b"\r\n") {
            return Err(MultipartError("no line end after a boundary"));
        }
        // The blank line after no headers begins with the line end of the boundary.
        let head_end = find(body, b"\r\n\r\n", at).ok_or(MultipartError("no end of headers"))?;
        let end = find(body, between.as_bytes(), head_end + 2)
            .ok_or(MultipartError("no last boundary"))?;
        let head = String::from_utf8_lossy(body.get(at..head_end).unwrap_or_default());
        let content = (head_end + 4).min(end)..end;
        parts.push(part(&head, body.slice(content))?);
        at = end + between.len();
    }
}

fn part(head: &str, bytes: Bytes) -> Result<Part, MultipartError> {
    let header = |wanted: &str| {
        head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim()
                .eq_ignore_ascii_case(wanted)
                .then(|| value.trim().to_owned())
        })
    };
    let disposition =
        header("content-disposition").ok_or(MultipartError("a part without disposition"))?;
    Ok(Part {
        name: parameter(&disposition, "name").ok_or(MultipartError("a part without a name"))?,
        file_name: parameter(&disposition, "filename"),
        content_type: header("content-type"),
        bytes,
    })
}

/// A parameter of a header's value: `name=value` or `name="value"`.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case(wanted)
            .then(|| value.trim().trim_matches('"').replace("%22", "\""))
    })
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let (first, _) = needle.split_first()?;
    let mut at = from;
    loop {
        let rest = haystack.get(at..)?;
        let offset = rest.iter().position(|byte| byte == first)?;
        if rest.get(offset..)?.starts_with(needle) {
            return Some(at + offset);
        }
        at += offset + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_decoded() {
        assert_eq!(
            form(b"a=1+2&b=%C3%A9%&empty"),
            [
                ("a".to_owned(), "1 2".to_owned()),
                ("b".to_owned(), "é%".to_owned()),
                ("empty".to_owned(), String::new()),
            ]
        );
        assert_eq!(percent_decode("a+b%20c"), "a+b c");
    }

    #[test]
    fn a_multipart_body_is_read() {
        let body = Bytes::from_static(
            b"--x\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n7\r\n\
              --x\r\ncontent-type: image/png\r\ncontent-disposition: form-data; name=\"photo\"; \
              filename=\"a.png\"\r\n\r\n\x89PNG\r\n\r\n--y\r\n--x--\r\n",
        );
        let parts = multipart("multipart/form-data; boundary=x", &body).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!((&*parts[0].name, &*parts[0].bytes), ("chat_id", &b"7"[..]));
        assert_eq!(parts[1].file_name.as_deref(), Some("a.png"));
        assert_eq!(parts[1].content_type.as_deref(), Some("image/png"));
        assert_eq!(&*parts[1].bytes, b"\x89PNG\r\n\r\n--y");
    }

    #[test]
    fn a_cut_multipart_body_is_refused() {
        let body = Bytes::from_static(
            b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nhalf of it",
        );
        assert!(multipart("multipart/form-data; boundary=x", &body).is_err());
        assert!(multipart("multipart/form-data", &body).is_err());
    }
}
