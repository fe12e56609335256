//! The reactions that bots may give; Telegram refuses every other.

/// U+FE0F asks for the coloured form of a sign. Telegram writes its reactions without it.
const COLOURED: char = '\u{fe0f}';

/// As Telegram writes them.
const REACTIONS: &[&str] = &[
    "👍",
    "👎",
    "❤",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤\u{200d}🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨\u{200d}💻",
    "👀",
    "🎃",
    "🙈",
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
    "😘",
    "💊",
    "🙊",
    "😎",
    "👾",
    "🤷\u{200d}♂",
    "🤷",
    "🤷\u{200d}♀",
    "😡",
];

/// The reaction as Telegram writes it, if it has it.
pub(super) fn known(emoji: &str) -> Option<&'static str> {
    let bare: String = emoji.chars().filter(|c| *c != COLOURED).collect();
    REACTIONS.iter().find(|known| **known == bare).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coloured_form_is_the_same_reaction() {
        assert_eq!(known("👍"), Some("👍"));
        assert_eq!(known("❤\u{fe0f}"), Some("❤"));
        assert_eq!(known("❤\u{fe0f}\u{200d}🔥"), Some("❤\u{200d}🔥"));
        assert_eq!(known("🤷\u{200d}♂\u{fe0f}"), Some("🤷\u{200d}♂"));
    }

    #[test]
    fn others_are_not_there() {
        for other in ["", "✅", "👍👍", "x", "\u{fe0f}"] {
            assert_eq!(known(other), None, "{other}");
        }
    }
}
