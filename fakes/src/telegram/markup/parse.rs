//! From what a call says of a text to the text and its entities.

use serde_json::Value;

use super::entity::{Entity, sort, units};
use super::found::find;
use super::html::html;
use super::markdown::markdown;

/// Entities that one text may have; the vendor ignores the rest.
const MOST_ENTITIES: usize = 100;

/// Kinds that a caller may set itself.
const KINDS: &[&str] = &[
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
];

/// A text as it will stand in the chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::telegram) struct Parsed {
    pub(in crate::telegram) text: String,
    pub(in crate::telegram) entities: Vec<Entity>,
}

/// Parses a text by its mode, or takes the entities that came with it. The vendor's oldest dialect,
/// `Markdown`, is refused here: it cannot nest, and nothing new should be written in it.
///
/// # Errors
/// The vendor's sentence, without "Bad Request".
pub(in crate::telegram) fn parse(
    source: &str,
    mode: Option<&str>,
    given: Option<&Value>,
) -> Result<Parsed, String> {
    let (text, entities) = match mode.map(str::to_ascii_lowercase).as_deref() {
        None => (source.to_owned(), set_by_caller(source, given)?),
        Some("html") => html(source).map_err(cannot_parse)?,
        Some("markdownv2") => markdown(source).map_err(cannot_parse)?,
        Some(_) => return Err("unsupported parse_mode".to_owned()),
    };
    Ok(tidied(&text, entities))
}

fn cannot_parse(why: impl std::fmt::Display) -> String {
    format!("can't parse entities: {why}")
}

fn set_by_caller(text: &str, given: Option<&Value>) -> Result<Vec<Entity>, String> {
    let Some(given) = given else {
        return Ok(Vec::new());
    };
    let Some(list) = given.as_array() else {
        return Err("can't parse entities: expected an Array".to_owned());
    };
    let whole = units(text);
    let mut entities = Vec::new();
    for object in list {
        let Some(fields) = object.as_object() else {
            return Err("can't parse entities: expected an Object".to_owned());
        };
        let number = |name: &str| {
            let value = fields.get(name).and_then(Value::as_u64);
            value
                .and_then(|value| usize::try_from(value).ok())
                .ok_or_else(|| format!("can't parse entities: Can't find field \"{name}\""))
        };
        let (offset, length) = (number("offset")?, number("length")?);
        let kind = fields
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        // The vendor drops what it does not know and what makes no sense.
        if !KINDS.contains(&kind) || length == 0 || offset + length > whole {
            continue;
        }
        if !is_boundary(text, offset) || !is_boundary(text, offset + length) {
            return Err(format!(
                "entity begins in a middle of a UTF-16 symbol at byte offset {offset}"
            ));
        }
        let mut entity = Entity::new(kind, offset, length);
        for name in ["url", "user", "language", "custom_emoji_id"] {
            if let Some(value) = fields.get(name) {
                entity = entity.with(name, value.clone());
            }
        }
        entities.push(entity);
    }
    sort(&mut entities);
    Ok(entities)
}

fn is_boundary(text: &str, unit: usize) -> bool {
    let mut at = 0;
    for char in text.chars() {
        if at >= unit {
            break;
        }
        at += char.len_utf16();
    }
    at == unit
}

/// White space at the ends goes, nothing stays inside code, and what is found is added.
fn tidied(text: &str, entities: Vec<Entity>) -> Parsed {
    let kept = text.trim();
    let before = units(text) - units(text.trim_start());
    let length = units(kept);
    let mut shifted: Vec<Entity> = entities
        .into_iter()
        .filter_map(|mut entity| {
            let begin = entity.offset.saturating_sub(before);
            let end = entity.end().saturating_sub(before).min(length);
            (entity.offset, entity.length) = (begin, end.checked_sub(begin)?);
            (entity.length > 0).then_some(entity)
        })
        .collect();
    let code: Vec<(usize, usize)> = shifted
        .iter()
        .filter(|entity| entity.is_code())
        .map(|entity| (entity.offset, entity.end()))
        .collect();
    shifted.retain(|entity| {
        let (begin, end) = (entity.offset, entity.end());
        let is_quote = entity.kind.ends_with("blockquote");
        let inside = code
            .iter()
            .any(|(from, to)| *from <= begin && end <= *to && !entity.is_code());
        is_quote || !inside
    });
    for new in find(kept) {
        let is_taken = shifted.iter().any(|old| {
            let is_link =
                old.kind == "text_link" || old.kind == "text_mention" || old.kind == new.kind;
            (is_link || old.is_code()) && old.offset < new.end() && new.offset < old.end()
        });
        if !is_taken {
            shifted.push(new);
        }
    }
    sort(&mut shifted);
    shifted.truncate(MOST_ENTITIES);
    Parsed {
        text: kept.to_owned(),
        entities: shifted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::entity::told;
    use super::*;

    #[test]
    fn ends_are_trimmed_and_entities_move_along() {
        let parsed = parse(" \n <b> a </b> ", Some("HTML"), None).unwrap();
        assert_eq!(parsed.text, "a");
        assert_eq!(told(&parsed.entities), ["bold 0+1"]);
        let parsed = parse("  ", None, None).unwrap();
        assert_eq!(parsed.text, "");
    }

    #[test]
    fn nothing_stays_inside_code() {
        let parsed = parse("<code>a <b>b</b> @user1</code>", Some("html"), None).unwrap();
        assert_eq!(told(&parsed.entities), ["code 0+10"]);
    }

    #[test]
    fn mentions_commands_and_addresses_are_found() {
        let parsed = parse(
            "/start@gate_bot ask @anna_b, see https://a.example/x.",
            None,
            None,
        );
        assert_eq!(
            told(&parsed.unwrap().entities),
            ["bot_command 0+15", "mention 20+7", "url 33+19"]
        );
        let parsed = parse("𝄞 @anna /usr/bin a@b", None, None).unwrap();
        assert_eq!(told(&parsed.entities), ["mention 3+5"]);
    }

    #[test]
    fn entities_of_the_caller_are_checked() {
        let given = json!([
            { "type": "bold", "offset": 0, "length": 2 },
            { "type": "bold", "offset": 2, "length": 99 },
            { "type": "sparkling", "offset": 0, "length": 1 },
        ]);
        let parsed = parse("𝄞!", None, Some(&given)).unwrap();
        assert_eq!(told(&parsed.entities), ["bold 0+2"]);
        let halved = json!([{ "type": "bold", "offset": 1, "length": 2 }]);
        assert!(parse("𝄞!", None, Some(&halved)).is_err());
        assert_eq!(
            parse("x", Some("Markup"), None),
            Err("unsupported parse_mode".to_owned())
        );
    }
}
