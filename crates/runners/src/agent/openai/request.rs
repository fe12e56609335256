//! A turn as a request for a chat completion.

use serde_json::{Map, Value, json};
use tidegate_core::runner::{ThinkingLevel, Turn};
use tidegate_core::tool::ToolSpec;
use tidegate_core::transcript::ToolCallPart;

use crate::agent::dialect::{Asked, refuses_tools};
use crate::agent::history::{BEGINNING, Brought, Said, Words, begins_with_agent, conversation};
use crate::agent::pictures::{Picture, Pictures};

/// What a server said it does not understand.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one refusal, independent of the others"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    no_stream_options: bool,
    no_effort: bool,
    other_limit: bool,
    no_tools: bool,
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
    let specs = turn.tools.specs();
    let tools = !shape.no_tools && !specs.is_empty();
    if tools {
        body.insert("tools".into(), specs.iter().map(offered).collect());
    }
    body.insert(
        "messages".into(),
        Value::Array(messages(turn, asked.pictures, tools)),
    );
    Value::Object(body)
}

fn offered(spec: &ToolSpec) -> Value {
    json!({
        "type": "function",
        "function": {
            "name": spec.name,
            "description": spec.description,
            "parameters": spec.input_schema,
        },
    })
}

fn messages(turn: &Turn, pictures: &Pictures, tools: bool) -> Vec<Value> {
    let said = conversation(&turn.history, tools);
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
    for said in &said {
        match said {
            Said::User(words) => {
                messages.push(json!({ "role": "user", "content": content(words, pictures) }));
            }
            Said::Agent(words) => messages.push(agent(words, pictures, tools)),
            Said::Tools(brought) => messages.extend(results(brought, pictures)),
        }
    }
    messages
}

fn agent(words: &Words<'_>, pictures: &Pictures, tools: bool) -> Value {
    let calls: Vec<Value> = words.calls().filter(|_| tools).map(call).collect();
    let content = content(words, pictures);
    if calls.is_empty() {
        return json!({ "role": "assistant", "content": content });
    }
    let content = Some(content).filter(|content| *content != json!(""));
    json!({ "role": "assistant", "content": content, "tool_calls": calls })
}

fn call(call: &ToolCallPart) -> Value {
    let arguments = match &call.arguments {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    json!({
        "id": call.id,
        "type": "function",
        "function": { "name": call.name, "arguments": arguments },
    })
}

/// A message for each result. This dialect takes pictures from a person only, so they follow in a
/// message that says what they are.
fn results(brought: &[Brought<'_>], pictures: &Pictures) -> Vec<Value> {
    let words = |one: &Brought<'_>| json!({ "role": "tool", "tool_call_id": one.call.id, "content": one.words() });
    let mut messages: Vec<Value> = brought.iter().map(words).collect();
    let shown = brought.iter().filter(|_| pictures.are_shown());
    let shown: Vec<Value> = shown
        .flat_map(|one| one.pictures().map(|(mime, data)| image(mime, data)))
        .collect();
    if !shown.is_empty() {
        let text = "(The pictures that the tools brought.)";
        let mut content = vec![json!({ "type": "text", "text": text })];
        content.extend(shown);
        messages.push(json!({ "role": "user", "content": content }));
    }
    messages
}

/// Words alone as they are, which every server understands; with pictures in parts.
fn content(said: &Words<'_>, pictures: &Pictures) -> Value {
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
    image(picture.mime, &picture.base64)
}

fn image(mime: &str, data: &str) -> Value {
    let url = format!("data:{mime};base64,{data}");
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
    } else if refuses_tools(refusal) {
        Shape {
            no_tools: true,
            ..shape
        }
    } else {
        return None;
    };
    (smaller != shape).then_some(smaller)
}

#[cfg(test)]
mod tests;
