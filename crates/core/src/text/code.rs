//! The code that a stranger in a chat shows to the owner (DECISIONS D14).

/// Characters of a code: 31 of 8, about 39 bits. It is typed by the owner alone, who sees whom it
/// lets in.
pub const PAIRING_CODE_CHARS: usize = 8;

/// What a code is written with: without 0 and O, 1, I and L.
const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// Makes a code from random bytes. Bytes beyond the last whole multiple of the alphabet are thrown
/// away, so that every character is equally likely; `random` is asked again if 32 bytes do not do.
pub fn pairing_code(random: impl FnMut() -> [u8; 32]) -> String {
    std::iter::repeat_with(random)
        .flatten()
        .filter_map(character)
        .take(PAIRING_CODE_CHARS)
        .collect()
}

/// Reads a code as people write it: small letters, a dash and blanks are taken. `None` if it can
/// be no code.
pub fn read_pairing_code(text: &str) -> Option<String> {
    let code: String = text
        .chars()
        .filter(|c| *c != '-' && !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .take(PAIRING_CODE_CHARS + 1)
        .collect();
    let written = |c: char| u8::try_from(c).is_ok_and(|byte| ALPHABET.contains(&byte));
    (code.len() == PAIRING_CODE_CHARS && code.chars().all(written)).then_some(code)
}

/// The character of a random byte; none for a byte that would favour some.
fn character(byte: u8) -> Option<char> {
    let (byte, size) = (usize::from(byte), ALPHABET.len());
    if byte >= 256 - 256 % size {
        return None;
    }
    ALPHABET.get(byte % size).map(|c| char::from(*c))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_character_is_equally_likely() {
        let mut counts = BTreeMap::new();
        for c in (0..=u8::MAX).filter_map(character) {
            *counts.entry(c).or_insert(0) += 1;
        }
        assert_eq!(counts.len(), ALPHABET.len());
        assert!(counts.values().all(|count| *count == 8), "{counts:?}");
    }

    #[test]
    fn bytes_that_would_favour_some_are_thrown_away() {
        let mut draws = [[255; 32], [0; 32]].into_iter();
        assert_eq!(pairing_code(|| draws.next().unwrap()), "AAAAAAAA");
        let mut mixed = [250; 32];
        mixed[..9].copy_from_slice(&[0, 1, 248, 2, 30, 31, 247, 3, 4]);
        assert_eq!(pairing_code(|| mixed), "ABC9A9DE");
    }

    #[test]
    fn what_people_write() {
        let table = [
            ("ABCDEFGH", Some("ABCDEFGH")),
            ("abcd-efgh", Some("ABCDEFGH")),
            (" abcd efgh\n", Some("ABCDEFGH")),
            ("2345-6789", Some("23456789")),
            ("ABCDEFG", None),
            ("ABCDEFGHJ", None),
            ("ABCDEFG0", None),
            ("ABCDEFGI", None),
            ("ABCDEFGL", None),
            ("АBCDEFGH", None),
            ("ſBCDEFGH", None),
            ("", None),
            ("--------", None),
        ];
        for (text, code) in table {
            assert_eq!(read_pairing_code(text).as_deref(), code, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_made_is_read(bytes in proptest::array::uniform32(0u8..248)) {
            let code = pairing_code(|| bytes);
            let written = format!("{}-{}", &code[..4], &code[4..]).to_lowercase();
            prop_assert_eq!(read_pairing_code(&written), Some(code));
        }
    }
}
