//! An emoji in a path: itself, or `name:id` of a guild's own.

use serde_json::{Value, json};

use super::state::World;
use crate::discord::snowflake::Snowflake;

/// A reaction's sign, known to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Emoji {
    id: Option<Snowflake>,
    name: String,
}

impl Emoji {
    /// Reads what stands in a path after decoding; none if there is no such emoji.
    pub(crate) fn read(world: &World, text: &str) -> Option<Self> {
        // The name does not matter to the vendor, the id does.
        if let Some((_, id)) = text.rsplit_once(':') {
            let id = Snowflake::parse(id)?;
            let known = world
                .guilds
                .values()
                .find_map(|guild| guild.emoji.get(&id))?;
            return Some(Self {
                id: Some(id),
                name: known.clone(),
            });
        }
        is_emoji(text).then(|| Self {
            id: None,
            name: text.to_owned(),
        })
    }

    /// As [`crate::discord::SeenReaction`] has it.
    pub(crate) fn key(&self) -> String {
        match self.id {
            Some(id) => format!("{}:{id}", self.name),
            None => self.name.clone(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        json!({ "id": self.id, "name": self.name })
    }

    /// The JSON of a stored key.
    pub(crate) fn json_of_key(key: &str) -> Value {
        match key.rsplit_once(':') {
            Some((name, id)) => json!({ "id": id, "name": name }),
            None => json!({ "id": null, "name": key }),
        }
    }
}

/// Whether the text is one pictograph with its modifiers. By ranges of Unicode, not by the
/// vendor's list: an unknown combination passes here and fails there.
fn is_emoji(text: &str) -> bool {
    const LONGEST: usize = 14;
    let keycap = text.ends_with('\u{20e3}');
    let picture = |c: char| {
        matches!(c,
            '\u{a9}' | '\u{ae}' | '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}'
            | '\u{2194}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
            | '\u{1f000}'..='\u{1faff}')
    };
    let modifier = |c: char| {
        matches!(
            c,
            '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}'
        ) || (keycap && matches!(c, '0'..='9' | '#' | '*'))
    };
    let mut signs = text.chars();
    text.chars().count() <= LONGEST
        && (keycap || text.chars().any(picture))
        && signs.all(|c| picture(c) || modifier(c))
}

#[cfg(test)]
mod tests {
    use super::is_emoji;

    #[test]
    fn pictographs_are_told_from_words() {
        for good in ["👍", "👀", "❤️", "1️⃣", "👩‍💻", "🇩🇪", "✅", "👍🏽"]
        {
            assert!(is_emoji(good), "{good}");
        }
        for bad in ["", "a", "ok", ":eyes:", "1", "👍x", "é"] {
            assert!(!is_emoji(bad), "{bad}");
        }
    }
}
