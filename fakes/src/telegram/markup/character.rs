//! One character of HTML, which may be written as an entity.

use super::written::Reader;

/// The next character, an entity decoded if there is one.
pub(super) fn character(reader: &mut Reader<'_>) -> Result<Option<char>, String> {
    if reader.byte() == b'&'
        && let Some((code, length)) = decoded(reader.rest())
    {
        reader.at += length;
        return char::from_u32(code).map(Some).ok_or_else(|| {
            "Text contains invalid Unicode characters after decoding HTML entities, check for \
             unmatched surrogate code units"
                .to_owned()
        });
    }
    Ok(reader.char())
}

/// The code of an entity at the begin of a text, and its length in bytes. The semicolon may miss.
fn decoded(text: &str) -> Option<(u32, usize)> {
    let body = text.get(1..)?;
    let (code, length) = if let Some(number) = body.strip_prefix('#') {
        let (digits, radix, before) = match number.strip_prefix('x') {
            Some(digits) => (digits, 16, 2),
            None => (number, 10, 1),
        };
        let end = digits
            .find(|char: char| !char.is_digit(radix))
            .unwrap_or(digits.len());
        let code = u32::from_str_radix(digits.get(..end)?, radix).ok()?;
        if code == 0 || code > 0x10_ffff {
            return None;
        }
        (code, before + end)
    } else {
        let end = body
            .find(|char: char| !char.is_ascii_alphabetic())
            .unwrap_or(body.len());
        let code = match body.get(..end)? {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            _ => return None,
        };
        (u32::from(code), end)
    };
    let semicolon = usize::from(body.as_bytes().get(length) == Some(&b';'));
    Some((code, 1 + length + semicolon))
}
