//! Random names.

use tidegate_protocol::IdempotencyKey;

/// A random uuid (version 4).
///
/// # Panics
/// The operating system has no randomness.
pub fn fresh_id() -> String {
    let mut bytes = [0_u8; 16];
    #[expect(
        clippy::expect_used,
        reason = "a guessable name for an effect is worse than a stop"
    )]
    getrandom::fill(&mut bytes).expect("the operating system has no randomness");
    let number = u128::from_be_bytes(bytes);
    let number = (number & !(0xf000 << 64) & !(0xc000 << 48)) | (0x4000 << 64) | (0x8000 << 48);
    let hex = format!("{number:032x}");
    [0..8, 8..12, 12..16, 16..20, 20..32]
        .into_iter()
        .filter_map(|part| hex.get(part))
        .collect::<Vec<_>>()
        .join("-")
}

/// A new name for one effect: make it once, repeat it on every try.
///
/// # Panics
/// The operating system has no randomness.
pub fn idempotency_key() -> IdempotencyKey {
    IdempotencyKey::new(fresh_id())
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_id_has_the_form_of_a_random_uuid() {
        let id = super::fresh_id();
        let bytes = id.as_bytes();
        assert_eq!(id.len(), 36, "{id}");
        assert!([8, 13, 18, 23].iter().all(|&at| bytes[at] == b'-'), "{id}");
        assert_eq!(bytes[14], b'4', "{id}");
        assert!(b"89ab".contains(&bytes[19]), "{id}");
        assert_ne!(id, super::fresh_id());
    }
}
