//! Emoji: Slack knows them by names, people by signs. The common ones are here; others keep their
//! name between colons.

/// U+FE0F asks for the coloured form of a sign; with or without it, it is the same emoji.
const COLOURED: char = '\u{fe0f}';

const NAMES: &[(&str, &str)] = &[
    ("👍", "+1"),
    ("👍", "thumbsup"),
    ("👎", "-1"),
    ("👎", "thumbsdown"),
    ("👀", "eyes"),
    ("❤", "heart"),
    ("🔥", "fire"),
    ("🎉", "tada"),
    ("👏", "clap"),
    ("🙏", "pray"),
    ("🙌", "raised_hands"),
    ("👌", "ok_hand"),
    ("✌", "v"),
    ("🤝", "handshake"),
    ("👋", "wave"),
    ("💪", "muscle"),
    ("✍", "writing_hand"),
    ("🫡", "saluting_face"),
    ("😀", "grinning"),
    ("😁", "grin"),
    ("😂", "joy"),
    ("🤣", "rolling_on_the_floor_laughing"),
    ("😄", "smile"),
    ("😅", "sweat_smile"),
    ("😆", "laughing"),
    ("😉", "wink"),
    ("😊", "blush"),
    ("🙂", "slightly_smiling_face"),
    ("😍", "heart_eyes"),
    ("🥰", "smiling_face_with_3_hearts"),
    ("😘", "kissing_heart"),
    ("😎", "sunglasses"),
    ("🤩", "star-struck"),
    ("🤔", "thinking_face"),
    ("🤨", "face_with_raised_eyebrow"),
    ("😐", "neutral_face"),
    ("🙄", "face_with_rolling_eyes"),
    ("😴", "sleeping"),
    ("🥱", "yawning_face"),
    ("😢", "cry"),
    ("😭", "sob"),
    ("😡", "rage"),
    ("🤬", "face_with_symbols_on_mouth"),
    ("😱", "scream"),
    ("😨", "fearful"),
    ("😳", "flushed"),
    ("🤯", "exploding_head"),
    ("😇", "innocent"),
    ("🤗", "hugging_face"),
    ("🤓", "nerd_face"),
    ("😈", "smiling_imp"),
    ("🤡", "clown_face"),
    ("👻", "ghost"),
    ("💩", "hankey"),
    ("🤖", "robot_face"),
    ("🙈", "see_no_evil"),
    ("🙉", "hear_no_evil"),
    ("🙊", "speak_no_evil"),
    ("🤷", "shrug"),
    ("🤦", "face_palm"),
    ("💯", "100"),
    ("✅", "white_check_mark"),
    ("☑", "ballot_box_with_check"),
    ("✔", "heavy_check_mark"),
    ("❌", "x"),
    ("❓", "question"),
    ("❗", "exclamation"),
    ("⚠", "warning"),
    ("🚫", "no_entry_sign"),
    ("⛔", "no_entry"),
    ("⏳", "hourglass_flowing_sand"),
    ("⌛", "hourglass"),
    ("🔄", "arrows_counterclockwise"),
    ("➕", "heavy_plus_sign"),
    ("➖", "heavy_minus_sign"),
    ("⚡", "zap"),
    ("⭐", "star"),
    ("🌟", "star2"),
    ("✨", "sparkles"),
    ("💡", "bulb"),
    ("🚀", "rocket"),
    ("🏆", "trophy"),
    ("🎯", "dart"),
    ("🔧", "wrench"),
    ("🛠", "hammer_and_wrench"),
    ("⚙", "gear"),
    ("🔍", "mag"),
    ("🔒", "lock"),
    ("🔑", "key"),
    ("📌", "pushpin"),
    ("📎", "paperclip"),
    ("📝", "memo"),
    ("📅", "date"),
    ("💬", "speech_balloon"),
    ("🧠", "brain"),
    ("☕", "coffee"),
    ("🌊", "ocean"),
    ("🦞", "lobster"),
    ("💔", "broken_heart"),
    ("💤", "zzz"),
];

/// Slack's name for a sign, or for a name between colons.
pub(super) fn name_of(emoji: &str) -> Option<&str> {
    if let Some(name) = between_colons(emoji) {
        return Some(name);
    }
    let bare: String = emoji.chars().filter(|c| *c != COLOURED).collect();
    let found = NAMES.iter().find(|(sign, _)| *sign == bare);
    found.map(|(_, name)| *name)
}

/// The sign for Slack's name, or the name between colons.
pub(super) fn sign_of(name: &str) -> String {
    // A skin tone follows two colons; it is the same reaction.
    let plain = name.split("::").next().unwrap_or(name);
    match NAMES.iter().find(|(_, known)| *known == plain) {
        Some((sign, _)) => (*sign).to_owned(),
        None => format!(":{plain}:"),
    }
}

fn between_colons(emoji: &str) -> Option<&str> {
    let name = emoji.strip_prefix(':')?.strip_suffix(':')?;
    let plain = |c: char| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '+' | '-' | '\'')
    };
    (!name.is_empty() && name.chars().all(plain)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_have_names() {
        assert_eq!(name_of("👍"), Some("+1"));
        assert_eq!(name_of("❤\u{fe0f}"), Some("heart"));
        assert_eq!(name_of(":party-parrot:"), Some("party-parrot"));
        for unknown in ["", "x", "👍👍", "::", ":Not A Name:", "not an emoji", "🗿"] {
            assert_eq!(name_of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn names_have_signs() {
        assert_eq!(sign_of("+1"), "👍");
        assert_eq!(sign_of("thumbsup::skin-tone-3"), "👍");
        assert_eq!(sign_of("party-parrot"), ":party-parrot:");
    }

    #[test]
    fn no_name_means_two_signs() {
        let mut names: Vec<_> = NAMES.iter().map(|(_, name)| name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(NAMES.iter().all(|(sign, _)| !sign.contains(COLOURED)));
    }
}
