//! A turn as a request for a message.

use serde_json::{Map, Value, json};
use tidegate_core::runner::{ThinkingLevel, Turn};
use tidegate_core::tool::ToolSpec;
use tidegate_core::transcript::{Message, NewMessage, Part, ToolCallPart};

use crate::agent::dialect::{Asked, refuses_tools};
use crate::agent::history::{BEGINNING, Brought, Said, Words, begins_with_agent, conversation};
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
    /// Neither: it takes no tools.
    Bare,
}

/// The body of the request.
pub(crate) fn body(asked: &Asked<'_>, turn: &Turn, shape: Shape) -> Value {
    let mut max_tokens = asked.max_output_tokens.unwrap_or(DEFAULT_MAX_TOKENS);
    let mut body = Map::new();
    body.insert("model".into(), json!(turn.model));
    body.insert("stream".into(), json!(true));
    let thinks = match (shape, turn.thinking) {
        (Shape::Plain | Shape::Bare, _) | (_, ThinkingLevel::Off) => false,
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
    let specs = turn.tools.specs();
    let tools = shape != Shape::Bare && !specs.is_empty();
    if tools {
        body.insert("tools".into(), specs.iter().map(offered).collect());
    }
    let history = Told {
        asked,
        thinks,
        tools,
    };
    body.insert(
        "messages".into(),
        Value::Array(history.messages(&turn.history)),
    );
    Value::Object(body)
}

fn offered(spec: &ToolSpec) -> Value {
    json!({
        "name": spec.name,
        "description": spec.description,
        "input_schema": spec.input_schema,
    })
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

/// How the conversation is told.
struct Told<'a> {
    asked: &'a Asked<'a>,
    thinks: bool,
    tools: bool,
}

impl Told<'_> {
    fn messages(&self, history: &[Message]) -> Vec<Value> {
        let said = conversation(history, self.tools);
        let first =
            begins_with_agent(&said).then(|| json!({ "role": "user", "content": BEGINNING }));
        let rest = said.iter().map(|said| match said {
            Said::User(words) => {
                json!({ "role": "user", "content": content(words, self.asked.pictures) })
            }
            Said::Agent(words) => json!({ "role": "assistant", "content": self.blocks(words) }),
            Said::Tools(brought) => {
                json!({ "role": "user", "content": brought.iter().map(|one| self.result(one)).collect::<Value>() })
            }
        });
        joined(first.into_iter().chain(rest))
    }

    fn blocks(&self, said: &Words<'_>) -> Vec<Value> {
        let of_message = |message: &&NewMessage| {
            // Only whoever made a proof can read it, and only a turn that thinks may carry one.
            let maker = message.maker.as_ref();
            let own = maker.is_some_and(|maker| {
                maker.provider == self.asked.provider && maker.api == Api::Anthropic.as_str()
            });
            let block = move |part: &Part| match part {
                Part::Text { text } if text.trim().is_empty() => None,
                Part::Text { text } => Some(json!({ "type": "text", "text": text })),
                Part::Thinking {
                    thinking,
                    signature: Some(proof),
                } if own && self.thinks => {
                    Some(json!({ "type": "thinking", "thinking": thinking, "signature": proof }))
                }
                Part::ToolCall(call) if self.tools => Some(tool_use(call)),
                Part::Thinking { .. } | Part::File(_) | Part::ToolCall(_) | Part::ToolResult(_) => {
                    None
                }
            };
            message
                .parts
                .iter()
                .filter_map(block)
                .collect::<Vec<Value>>()
        };
        said.0.iter().flat_map(of_message).collect()
    }

    fn result(&self, brought: &Brought<'_>) -> Value {
        let words = brought.words();
        let mut content = Vec::new();
        if !words.trim().is_empty() {
            content.push(json!({ "type": "text", "text": words }));
        }
        if self.asked.pictures.are_shown() {
            content.extend(brought.pictures().map(|(mime, data)| image(mime, data)));
        }
        json!({
            "type": "tool_result",
            "tool_use_id": brought.call.id,
            "content": content,
            "is_error": brought.is_error(),
        })
    }
}

fn tool_use(call: &ToolCallPart) -> Value {
    let empty = json!({});
    let input = Some(&call.arguments).filter(|arguments| arguments.is_object());
    json!({
        "type": "tool_use",
        "id": call.id,
        "name": call.name,
        "input": input.unwrap_or(&empty),
    })
}

/// A person who speaks right after tools speaks in the same message: the sides take turns.
fn joined(messages: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for mut message in messages {
        let same = |last: &Value| last.get("role") == message.get("role");
        let Some(last) = all.last_mut().filter(|last| same(last)) else {
            all.push(message);
            continue;
        };
        let more = message.get_mut("content").map(Value::take);
        if let (Some(Value::Array(blocks)), Some(more)) = (last.get_mut("content"), more) {
            blocks.extend(in_blocks(more));
        }
    }
    all
}

fn in_blocks(content: Value) -> Vec<Value> {
    match content {
        Value::Array(blocks) => blocks,
        text => vec![json!({ "type": "text", "text": text })],
    }
}

/// What a person said: words alone as they are, with pictures in blocks, pictures first as the
/// vendor advises.
fn content(said: &Words<'_>, pictures: &Pictures) -> Value {
    let text = said.text(pictures);
    let shown = said.pictures(pictures);
    if shown.is_empty() {
        return json!(text);
    }
    let words = (!text.is_empty()).then(|| json!({ "type": "text", "text": text }));
    shown.into_iter().map(shown_block).chain(words).collect()
}

fn shown_block(picture: &Picture) -> Value {
    image(picture.mime, &picture.base64)
}

fn image(media_type: &str, data: &str) -> Value {
    json!({
        "type": "image",
        "source": { "type": "base64", "media_type": media_type, "data": data },
    })
}

/// Asks for thinking in another way, or not, if the refusal is about thinking; offers no tools if it
/// is about those.
pub(crate) fn smaller(shape: Shape, refusal: &str) -> Option<Shape> {
    let about_thinking = ["thinking", "output_config", "effort"]
        .iter()
        .any(|word| refusal.contains(word));
    match shape {
        Shape::Budget if about_thinking && refusal.contains("adaptive") => Some(Shape::Adaptive),
        Shape::Budget | Shape::Adaptive if about_thinking => Some(Shape::Plain),
        Shape::Budget | Shape::Adaptive | Shape::Plain if refuses_tools(refusal) => {
            Some(Shape::Bare)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
