//! What the server finds in a text by itself: mentions, commands, addresses.

use super::entity::Entity;

/// Finds mentions (`@name`), commands (`/word`, at the begin of a word) and web addresses.
pub(in crate::telegram) fn find(text: &str) -> Vec<Entity> {
    let mut found = Vec::new();
    let mut units = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_end();
        if let Some((kind, length)) = recognise(bare) {
            let length = super::entity::units(bare.get(..length).unwrap_or_default());
            found.push(Entity::new(kind, units, length));
        }
        units += super::entity::units(word);
    }
    found
}

/// What a word is, and how many of its bytes.
fn recognise(word: &str) -> Option<(&'static str, usize)> {
    let name_end = |from: usize| {
        word.get(from..)
            .and_then(|rest| rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_'))
            .map_or(word.len(), |end| from + end)
    };
    if word.starts_with('@') {
        let end = name_end(1);
        // Public names have at least 4 characters.
        return (end >= 5).then_some(("mention", end));
    }
    if word.starts_with('/') {
        let mut end = name_end(1);
        if end == 1 || end > 65 {
            return None;
        }
        if word.as_bytes().get(end) == Some(&b'@') {
            end = name_end(end + 1);
        }
        // A path such as /usr/bin is no command.
        return (word.as_bytes().get(end) != Some(&b'/')).then_some(("bot_command", end));
    }
    if word.starts_with("http://") || word.starts_with("https://") {
        let end = word
            .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '"'])
            .len();
        return (end > "https://".len()).then_some(("url", end));
    }
    None
}
