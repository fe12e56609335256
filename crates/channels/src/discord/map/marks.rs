//! Our name at the head of a text.

/// The words without a leading mention of us: `<@42> hello` is `hello`.
pub(super) fn without_name(text: &str, me: &str) -> String {
    let mut words = text.trim();
    while let Some(rest) = after_name(words, me) {
        words = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':'));
    }
    words.to_owned()
}

fn after_name<'a>(text: &'a str, me: &str) -> Option<&'a str> {
    let inner = text.strip_prefix("<@")?;
    let inner = inner.strip_prefix('!').unwrap_or(inner);
    inner.strip_prefix(me)?.strip_prefix('>')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_name_at_the_head_is_taken_off() {
        for (text, words) in [
            ("<@42> hello", "hello"),
            (" <@!42>, hello ", "hello"),
            ("<@42> <@42>: hello", "hello"),
            ("<@42>", ""),
            ("<@42>/status", "/status"),
            ("hello <@42>", "hello <@42>"),
            ("<@421> hello", "<@421> hello"),
            ("<@&42> hello", "<@&42> hello"),
            ("<@4> hello", "<@4> hello"),
        ] {
            assert_eq!(without_name(text, "42"), words, "{text}");
        }
    }
}
