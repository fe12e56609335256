//! A turn as a request for a message.

use serde_json::{Map, Value, json};
use tidegate_core::runner::{ThinkingLevel, Turn};
use tidegate_core::transcript::{Message, NewMessage, Part, Speaker};

use crate::agent::dialect::Asked;
use crate::agent::history::{BEGINNING, Said, begins_with_agent, conversation};
use crate::agent::pictures::{Picture, Pictures};
use crate::agent::settings::Api;

/// Tokens of an answer where nothing is configured; every model since 2024 can write as many.
const DEFAULT_MAX_TOKENS: u32 = 8192;

/// How thinking is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Shape {
    /// With a budget of tokens.
    #[default]
    Budget,
    /// The model decides; newer ones refuse a budget.
    Adaptive,
    /// Not at all: the model cannot think.
    Plain,
}

/// The body of the request.
pub(crate) fn body(asked: &Asked<'_>, turn: &Turn, shape: Shape) -> Value {
    let mut max_tokens = asked.max_output_tokens.unwrap_or(DEFAULT_MAX_TOKENS);
    let mut body = Map::new();
    body.insert("model".into(), json!(turn.model));
    body.insert("stream".into(), json!(true));
    let thinks = match (shape, turn.thinking) {
        (Shape::Plain, _) | (_, ThinkingLevel::Off) => false,
        (Shape::Budget, level) => {
            let budget = budget_tokens(level);
            max_tokens = max_tokens.saturating_add(budget);
            body.insert(
                "thinking".into(),
                json!({ "type": "enabled", "budget_tokens": budget }),
            );
            true
        }
        (Shape::Adaptive, level) => {
            body.insert("thinking".into(), json!({ "type": "adaptive" }));
            body.insert("output_config".into(), json!({ "effort": effort(level) }));
            true
        }
    };
    body.insert("max_tokens".into(), json!(max_tokens));
    if let Some(prompt) = turn
        .system_prompt
        .as_deref()
        .filter(|prompt| !prompt.trim().is_empty())
    {
        body.insert("system".into(), json!(prompt));
    }
    body.insert(
        "messages".into(),
        Value::Array(messages(asked, &turn.history, thinks)),
    );
    Value::Object(body)
}

/// Tokens of thinking. The largest, with an answer of the default length, stays below 32 000, the
/// smallest limit of a model that can think.
const fn budget_tokens(level: ThinkingLevel) -> u32 {
    match level {
        ThinkingLevel::Off => 0,
        ThinkingLevel::Minimal => 1024,
        ThinkingLevel::Low => 4096,
        ThinkingLevel::Medium => 8192,
        ThinkingLevel::High => 16_384,
        ThinkingLevel::XHigh => 23_552,
    }
}

const fn effort(level: ThinkingLevel) -> &'static str {
    match level {
        ThinkingLevel::Off | ThinkingLevel::Minimal | ThinkingLevel::Low => "low",
        ThinkingLevel::Medium => "medium",
        ThinkingLevel::High => "high",
        ThinkingLevel::XHigh => "max",
    }
}

fn messages(asked: &Asked<'_>, history: &[Message], thinks: bool) -> Vec<Value> {
    let said = conversation(history);
    let first = begins_with_agent(&said).then(|| json!({ "role": "user", "content": BEGINNING }));
    let rest = said.iter().map(|said| match said.speaker {
        Speaker::User => json!({ "role": "user", "content": content(said, asked.pictures) }),
        Speaker::Assistant => {
            json!({ "role": "assistant", "content": blocks(asked, said, thinks) })
        }
    });
    first.into_iter().chain(rest).collect()
}

/// What a person said: words alone as they are, with pictures in blocks, pictures first as the
/// vendor advises.
fn content(said: &Said<'_>, pictures: &Pictures) -> Value {
    let text = said.text(pictures);
    let shown = said.pictures(pictures);
    if shown.is_empty() {
        return json!(text);
    }
    let words = (!text.is_empty()).then(|| json!({ "type": "text", "text": text }));
    shown.into_iter().map(shown_block).chain(words).collect()
}

fn shown_block(picture: &Picture) -> Value {
    let (media_type, data) = (picture.mime, &picture.base64);
    json!({
        "type": "image",
        "source": { "type": "base64", "media_type": media_type, "data": data },
    })
}

fn blocks(asked: &Asked<'_>, said: &Said<'_>, thinks: bool) -> Vec<Value> {
    let of_message = |message: &&NewMessage| {
        // Only whoever made a proof can read it, and only a turn that thinks may carry one.
        let maker = message.maker.as_ref();
        let own = maker.is_some_and(|maker| {
            maker.provider == asked.provider && maker.api == Api::Anthropic.as_str()
        });
        let block = move |part: &Part| match part {
            Part::Text { text } if text.trim().is_empty() => None,
            Part::Text { text } => Some(json!({ "type": "text", "text": text })),
            Part::Thinking {
                thinking,
                signature: Some(proof),
            } if own && thinks => {
                Some(json!({ "type": "thinking", "thinking": thinking, "signature": proof }))
            }
            Part::Thinking { .. } | Part::File(_) => None,
        };
        message
            .parts
            .iter()
            .filter_map(block)
            .collect::<Vec<Value>>()
    };
    said.messages.iter().flat_map(of_message).collect()
}

/// Asks for thinking in another way, or not, if the refusal is about thinking.
pub(crate) fn smaller(shape: Shape, refusal: &str) -> Option<Shape> {
    let about_thinking = ["thinking", "output_config", "effort"]
        .iter()
        .any(|word| refusal.contains(word));
    match shape {
        Shape::Budget if about_thinking && refusal.contains("adaptive") => Some(Shape::Adaptive),
        Shape::Budget | Shape::Adaptive if about_thinking => Some(Shape::Plain),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
