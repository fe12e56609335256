//! What a message may be made of.

use serde_json::Value;

use super::answer::Refusal;
use super::params::Params;
use crate::slack::json::field;
use crate::slack::rules::{
    MOST_BLOCKS, MOST_BLOCKS_CHARS, MOST_MARKDOWN_CHARS, MOST_SECTION_CHARS,
};

/// The content that a call gives. What is absent is null.
pub(super) struct Content {
    pub(super) text: Option<String>,
    pub(super) blocks: Value,
    pub(super) attachments: Value,
    pub(super) metadata: Value,
}

impl Content {
    /// Reads and checks it; `most_chars` is for the text.
    pub(super) fn read(params: &Params, most_chars: usize) -> Result<Self, Refusal> {
        let blocks = params.json("blocks", "invalid_blocks_format")?;
        check_blocks(&blocks)?;
        let metadata = params.json("metadata", "invalid_metadata_format")?;
        check_metadata(&metadata)?;
        let attachments = params.json("attachments", "invalid_attachments")?;
        let text = text(params, most_chars)?;
        if text.is_none() && is_empty(&blocks) && is_empty(&attachments) {
            return Err("no_text".into());
        }
        Ok(Self {
            text: text.map(|text| escape_ampersands(&text)),
            blocks,
            attachments,
            metadata,
        })
    }
}

fn text(params: &Params, most_chars: usize) -> Result<Option<String>, Refusal> {
    let (text, markdown) = (params.text("text"), params.text("markdown_text"));
    if markdown.is_some() && (text.is_some() || params.0.contains_key("blocks")) {
        return Err("markdown_text_conflict".into());
    }
    let most_chars = if markdown.is_some() {
        MOST_MARKDOWN_CHARS
    } else {
        most_chars
    };
    let text = text.or(markdown);
    if text
        .as_ref()
        .is_some_and(|text| text.chars().count() > most_chars)
    {
        return Err("msg_too_long".into());
    }
    Ok(text)
}

fn check_blocks(blocks: &Value) -> Result<(), Refusal> {
    if blocks.is_null() {
        return Ok(());
    }
    let list = blocks.as_array().ok_or("invalid_blocks_format")?;
    let too_long = |block: &Value| {
        let text = field(field(block, "text"), "text")
            .as_str()
            .unwrap_or_default();
        *field(block, "type") == "section" && text.chars().count() > MOST_SECTION_CHARS
    };
    if list.len() > MOST_BLOCKS
        || list
            .iter()
            .any(|block| !field(block, "type").is_string() || too_long(block))
    {
        return Err("invalid_blocks".into());
    }
    if blocks.to_string().chars().count() > MOST_BLOCKS_CHARS {
        return Err("msg_blocks_too_long".into());
    }
    Ok(())
}

fn check_metadata(metadata: &Value) -> Result<(), Refusal> {
    let removes = metadata.as_object().is_some_and(serde_json::Map::is_empty);
    let whole =
        field(metadata, "event_type").is_string() && field(metadata, "event_payload").is_object();
    if metadata.is_null() || removes || whole {
        Ok(())
    } else {
        Err("invalid_metadata_format".into())
    }
}

fn is_empty(list: &Value) -> bool {
    list.as_array().is_none_or(Vec::is_empty)
}

/// A bare ampersand comes back as an entity, so text read from history is not always what was sent.
fn escape_ampersands(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut pieces = text.split('&');
    escaped.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let entity = ["amp;", "lt;", "gt;"]
            .iter()
            .any(|name| piece.starts_with(name));
        escaped.push_str(if entity { "&" } else { "&amp;" });
        escaped.push_str(piece);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_ampersands_change() {
        assert_eq!(
            escape_ampersands("a & b &amp; &lt;c&gt; &"),
            "a &amp; b &amp; &lt;c&gt; &amp;"
        );
    }
}
