//! A turn as a request for a chat completion.

use serde_json::{Map, Value, json};
use tidegate_core::runner::{ThinkingLevel, Turn};
use tidegate_core::transcript::Speaker;

use crate::agent::dialect::Asked;
use crate::agent::history::{BEGINNING, Said, begins_with_agent, conversation};
use crate::agent::pictures::{Picture, Pictures};

/// What a server said it does not understand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    no_stream_options: bool,
    no_effort: bool,
    other_limit: bool,
}

/// The body of the request.
pub(crate) fn body(asked: &Asked<'_>, turn: &Turn, shape: Shape) -> Value {
    let mut body = Map::new();
    body.insert("model".into(), json!(turn.model));
    body.insert("stream".into(), json!(true));
    if !shape.no_stream_options {
        body.insert("stream_options".into(), json!({ "include_usage": true }));
    }
    if let Some(limit) = asked.max_output_tokens {
        // OpenAI refuses the old word for its newer models, most others know only that one.
        let new_word = asked.original != shape.other_limit;
        body.insert(
            if new_word {
                "max_completion_tokens"
            } else {
                "max_tokens"
            }
            .into(),
            json!(limit),
        );
    }
    if let Some(effort) = effort(turn.thinking).filter(|_| !shape.no_effort) {
        body.insert("reasoning_effort".into(), json!(effort));
    }
    body.insert(
        "messages".into(),
        Value::Array(messages(turn, asked.pictures)),
    );
    Value::Object(body)
}

fn messages(turn: &Turn, pictures: &Pictures) -> Vec<Value> {
    let said = conversation(&turn.history);
    let mut messages = Vec::new();
    if let Some(prompt) = turn
        .system_prompt
        .as_deref()
        .filter(|prompt| !prompt.trim().is_empty())
    {
        messages.push(json!({ "role": "system", "content": prompt }));
    }
    if begins_with_agent(&said) {
        messages.push(json!({ "role": "user", "content": BEGINNING }));
    }
    messages.extend(said.iter().map(|said| {
        let role = match said.speaker {
            Speaker::User => "user",
            Speaker::Assistant => "assistant",
        };
        json!({ "role": role, "content": content(said, pictures) })
    }));
    messages
}

/// Words alone as they are, which every server understands; with pictures in parts.
fn content(said: &Said<'_>, pictures: &Pictures) -> Value {
    let text = said.text(pictures);
    let shown = said.pictures(pictures);
    if shown.is_empty() {
        return json!(text);
    }
    let words = (!text.is_empty()).then(|| json!({ "type": "text", "text": text }));
    words
        .into_iter()
        .chain(shown.into_iter().map(block))
        .collect()
}

fn block(picture: &Picture) -> Value {
    let url = format!("data:{};base64,{}", picture.mime, picture.base64);
    json!({ "type": "image_url", "image_url": { "url": url } })
}

const fn effort(level: ThinkingLevel) -> Option<&'static str> {
    match level {
        ThinkingLevel::Off => None,
        ThinkingLevel::Minimal => Some("minimal"),
        ThinkingLevel::Low => Some("low"),
        ThinkingLevel::Medium => Some("medium"),
        ThinkingLevel::High | ThinkingLevel::XHigh => Some("high"),
    }
}

/// Leaves out what the refusal names; nothing if it names nothing of the kind.
pub(crate) fn smaller(shape: Shape, refusal: &str) -> Option<Shape> {
    let smaller = if refusal.contains("stream_options") {
        Shape {
            no_stream_options: true,
            ..shape
        }
    } else if refusal.contains("reasoning_effort") {
        Shape {
            no_effort: true,
            ..shape
        }
    } else if refusal.contains("max_completion_tokens")
        || refusal.contains("'max_tokens' is not supported")
    {
        Shape {
            other_limit: true,
            ..shape
        }
    } else {
        return None;
    };
    (smaller != shape).then_some(smaller)
}

#[cfg(test)]
mod tests;
