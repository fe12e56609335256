//! Ids as Discord makes them: digits, with the time of their making in the upper bits.

/// Where Discord begins to count: the first second of 2015, in Unix milliseconds.
const EPOCH_MS: u64 = 1_420_070_400_000;
/// Bits below the time.
const BELOW_TIME: u32 = 22;
/// Digits of a 64-bit number.
const MOST_DIGITS: usize = 20;
/// Digits of the first ids that people ever got.
const LEAST_DIGITS: usize = 17;

/// Whether this can be an id on the wire.
pub(super) fn is_id(text: &str) -> bool {
    (1..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this can be the id of a person or a room, as an owner writes it.
pub(super) fn is_whole_id(text: &str) -> bool {
    is_id(text) && text.len() >= LEAST_DIGITS
}

/// When the id was made, in Unix milliseconds; none if it is no id.
pub(super) fn made_at_ms(id: &str) -> Option<u64> {
    let number: u64 = id.parse().ok()?;
    Some((number >> BELOW_TIME) + EPOCH_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendors_own_example_says_when_it_was_made() {
        assert_eq!(made_at_ms("175928847299117063"), Some(1_462_015_105_796));
        assert_eq!(made_at_ms("of nothing"), None);
    }

    #[test]
    fn ids_are_digits() {
        assert!(is_id("1") && is_whole_id("175928847299117063"));
        for wrong in ["", "1a", "-1", " 1", "175928847299117063175", "../1"] {
            assert!(!is_id(wrong), "{wrong}");
        }
        assert!(!is_whole_id("1234567890123456"));
    }
}
