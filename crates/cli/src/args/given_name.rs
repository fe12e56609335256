//! A name that the owner gives to a device or a node.

/// Most characters of it, as the protocol has it.
const MOST: usize = 64;

/// Reads one.
pub(super) fn given_name(word: &str) -> Result<String, String> {
    match word.chars().count() {
        0 => Err("a name has at least one character".to_owned()),
        1..=MOST => Ok(word.to_owned()),
        _ => Err(format!("a name has at most {MOST} characters")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_neither_empty_nor_long() {
        assert!(given_name("").is_err());
        assert!(given_name(&"é".repeat(MOST)).is_ok());
        assert!(given_name(&"é".repeat(MOST + 1)).is_err());
    }
}
