//! A name that the owner gives to a device or a node.

use tidegate_protocol::api::devices::DEVICE_LABEL_CHARS;

/// Reads one.
pub(super) fn given_name(word: &str) -> Result<String, String> {
    match word.chars().count() {
        0 => Err("a name has at least one character".to_owned()),
        1..=DEVICE_LABEL_CHARS => Ok(word.to_owned()),
        _ => Err(format!(
            "a name has at most {DEVICE_LABEL_CHARS} characters"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_neither_empty_nor_long() {
        assert!(given_name("").is_err());
        assert!(given_name(&"é".repeat(DEVICE_LABEL_CHARS)).is_ok());
        assert!(given_name(&"é".repeat(DEVICE_LABEL_CHARS + 1)).is_err());
    }
}
