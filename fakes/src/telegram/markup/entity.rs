//! A stretch of a text with a meaning.

use serde_json::{Map, Value, json};

/// A stretch of a text. Offsets and lengths count UTF-16 units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// The vendor's word: `bold`, `text_link`, `mention`, …
    pub kind: String,
    /// Where it begins.
    pub offset: usize,
    /// How long it is; never 0.
    pub length: usize,
    /// What belongs to it: `url`, `language`, `custom_emoji_id`, `user`.
    pub more: Map<String, Value>,
}

impl Entity {
    pub(super) fn new(kind: &str, offset: usize, length: usize) -> Self {
        Self {
            kind: kind.to_owned(),
            offset,
            length,
            more: Map::new(),
        }
    }

    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    pub(super) fn end(&self) -> usize {
        self.offset + self.length
    }

    /// Nothing else may be inside or across it.
    pub(super) fn is_code(&self) -> bool {
        matches!(self.kind.as_str(), "code" | "pre")
    }

    /// The vendor's object.
    pub(in crate::telegram) fn json(&self) -> Value {
        let mut entity = json!({
            "type": self.kind,
            "offset": self.offset,
            "length": self.length,
        });
        if let Some(fields) = entity.as_object_mut() {
            fields.extend(self.more.clone());
        }
        entity
    }

    /// Its place among those with the same stretch, outermost first (the vendor's order).
    fn rank(&self) -> u8 {
        match self.kind.as_str() {
            "blockquote" | "expandable_blockquote" => 0,
            "pre" => 10,
            "code" => 20,
            "text_link" | "text_mention" => 49,
            "bold" => 90,
            "italic" => 91,
            "underline" => 92,
            "strikethrough" => 93,
            "spoiler" => 94,
            "custom_emoji" => 99,
            _ => 50,
        }
    }
}

/// The vendor's order: by begin, longer first, then by rank.
pub(super) fn sort(entities: &mut [Entity]) {
    entities.sort_by_key(|entity| {
        (
            entity.offset,
            std::cmp::Reverse(entity.length),
            entity.rank(),
        )
    });
}

/// The length of a text in UTF-16 units.
pub(in crate::telegram) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Entities as `kind offset+length name=value`, for tests.
#[cfg(test)]
pub(super) fn told(entities: &[Entity]) -> Vec<String> {
    let tell = |entity: &Entity| {
        let mut words = format!("{} {}+{}", entity.kind, entity.offset, entity.length);
        for (name, value) in &entity.more {
            let value = value.as_str().unwrap_or("?");
            words = format!("{words} {name}={value}");
        }
        words
    };
    entities.iter().map(tell).collect()
}
