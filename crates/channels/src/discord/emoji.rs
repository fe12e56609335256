//! Reactions as Discord's addresses want them.

/// Asks for the coloured form of a sign. Discord knows some signs only with it and some only
/// without.
const COLOURED: char = '\u{fe0f}';

/// The forms under which Discord may know a reaction, the likeliest first: the sign itself, or
/// `name:id` for one of a guild's own, which people write as `<:name:id>`.
pub(super) fn forms(emoji: &str) -> Vec<String> {
    if let Some(own) = own(emoji) {
        return vec![own];
    }
    let mut forms = vec![emoji.to_owned()];
    if !emoji.is_ascii() {
        let bare: String = emoji.chars().filter(|c| *c != COLOURED).collect();
        forms.push(format!("{bare}{COLOURED}"));
        forms.push(bare);
        let mut seen = Vec::new();
        forms.retain(|form| {
            let new = !seen.contains(form);
            seen.push(form.clone());
            new
        });
    }
    forms
}

fn own(emoji: &str) -> Option<String> {
    let inner = emoji.strip_prefix('<')?.strip_suffix('>')?;
    let inner = inner.strip_prefix('a').unwrap_or(inner);
    Some(inner.strip_prefix(':')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reaction_is_tried_in_its_forms() {
        assert_eq!(forms("👍"), ["👍", "👍\u{fe0f}"]);
        assert_eq!(forms("❤\u{fe0f}"), ["❤\u{fe0f}", "❤"]);
        assert_eq!(forms("<:tide:123>"), ["tide:123"]);
        assert_eq!(forms("<a:tide:123>"), ["tide:123"]);
        assert_eq!(forms("tide:123"), ["tide:123"]);
    }
}
