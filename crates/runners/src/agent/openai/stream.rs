//! The chunks of a chat completion, as OpenAI sends them and as the others do: usage in a last
//! chunk without choices, no `[DONE]`, `content: null`, errors in mid-stream.

use serde_json::Value;
use tidegate_core::transcript::{StopReason, Usage};

use crate::agent::dialect::{CallPiece, Delta, Fault, Reader, status_of};

/// Reads one answer.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    stop: Option<StopReason>,
    done: bool,
    usage: Option<Usage>,
}

impl Reader for Chunks {
    fn read(&mut self, _name: &str, data: &str) -> Result<Vec<Delta>, Fault> {
        if data.trim() == "[DONE]" {
            self.done = true;
            return Ok(Vec::new());
        }
        if data.trim().is_empty() {
            return Ok(vec![Delta::Alive]);
        }
        let chunk: Value = serde_json::from_str(data).map_err(|_| Fault::Unreadable)?;
        if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
            return Err(Fault::Reported {
                status: status_of(error),
                body: data.to_owned(),
            });
        }
        if let Some(usage) = chunk.get("usage").filter(|usage| usage.is_object()) {
            self.usage = Some(read_usage(usage));
        }
        let Some(choices) = chunk.get("choices").and_then(Value::as_array) else {
            // Some servers add events of their own; what is no object at all is no chunk.
            return if chunk.is_object() {
                Ok(vec![Delta::Alive])
            } else {
                Err(Fault::Unreadable)
            };
        };
        let Some(choice) = choices.first() else {
            return Ok(vec![Delta::Alive]);
        };
        let deltas = read_delta(choice.get("delta").unwrap_or(&Value::Null));
        match choice.get("finish_reason").and_then(Value::as_str) {
            None | Some("") => {}
            Some("content_filter") => return Err(Fault::Refused),
            Some("length") => self.stop = Some(StopReason::Length),
            Some("tool_calls" | "function_call") => self.stop = Some(StopReason::ToolUse),
            // Whatever else ends an answer ends it in order.
            Some(_) => self.stop = Some(StopReason::Stop),
        }
        Ok(if deltas.is_empty() {
            vec![Delta::Alive]
        } else {
            deltas
        })
    }

    fn stop(&self) -> Option<StopReason> {
        self.stop.or(self.done.then_some(StopReason::Stop))
    }

    fn finished(&self) -> bool {
        self.done
    }

    fn usage(&self) -> Option<Usage> {
        self.usage
    }
}

fn read_delta(delta: &Value) -> Vec<Delta> {
    let words = |field: &str| {
        delta
            .get(field)
            .and_then(text)
            .filter(|text| !text.is_empty())
    };
    let mut deltas = Vec::new();
    if let Some(thinking) = words("reasoning_content").or_else(|| words("reasoning")) {
        deltas.push(Delta::Thinking(thinking));
    }
    deltas.extend(
        ["content", "refusal"]
            .into_iter()
            .filter_map(words)
            .map(Delta::Text),
    );
    let calls = delta.get("tool_calls").and_then(Value::as_array);
    let calls = calls.into_iter().flatten().zip(0..);
    deltas.extend(calls.map(|(call, at)| Delta::Call(read_call(call, at))));
    deltas
}

/// A piece of a call. Servers that send a call whole may leave its number out: then its place counts.
fn read_call(call: &Value, place: u64) -> CallPiece {
    let word = |place: &str| {
        let word = call.pointer(place).and_then(Value::as_str);
        word.unwrap_or_default().to_owned()
    };
    let arguments = match call.pointer("/function/arguments") {
        Some(Value::Object(fields)) => Value::Object(fields.clone()).to_string(),
        _ => word("/function/arguments"),
    };
    CallPiece {
        at: call.get("index").and_then(Value::as_u64).unwrap_or(place),
        id: word("/id"),
        name: word("/function/name"),
        arguments,
    }
}

/// Words, plain or in typed parts.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => Some(
            parts
                .iter()
                .filter_map(|part| part.get("text").and_then(Value::as_str))
                .collect(),
        ),
        _ => None,
    }
}

fn read_usage(usage: &Value) -> Usage {
    let count = |place: &str| usage.pointer(place).and_then(Value::as_u64).unwrap_or(0);
    let cache_read = count("/prompt_tokens_details/cached_tokens");
    Usage {
        input: count("/prompt_tokens").saturating_sub(cache_read),
        output: count("/completion_tokens"),
        cache_read,
        cache_write: 0,
    }
}

#[cfg(test)]
mod tests;
