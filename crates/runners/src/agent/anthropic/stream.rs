//! The events of a message.

use serde_json::Value;
use tidegate_core::transcript::{StopReason, Usage};

use crate::agent::dialect::{CallPiece, Delta, Fault, Reader, status_of};

/// Reads one answer.
#[derive(Debug, Default)]
pub(crate) struct Events {
    stop: Option<StopReason>,
    done: bool,
    usage: Option<Usage>,
}

impl Reader for Events {
    fn read(&mut self, name: &str, data: &str) -> Result<Vec<Delta>, Fault> {
        let event: Value = serde_json::from_str(data).map_err(|_| Fault::Unreadable)?;
        let kind = event.get("type").and_then(Value::as_str).unwrap_or(name);
        match kind {
            "message_start" => {
                self.count(event.pointer("/message/usage"));
                Ok(vec![Delta::Alive])
            }
            "content_block_start" => {
                let mut deltas = vec![Delta::NewPart];
                deltas.extend(begun_call(&event).map(Delta::Call));
                deltas.extend(
                    event
                        .get("content_block")
                        .map(read_delta)
                        .into_iter()
                        .flatten(),
                );
                Ok(deltas)
            }
            "content_block_delta" if event.pointer("/delta/partial_json").is_some() => {
                Ok(vec![Delta::Call(CallPiece {
                    at: block(&event),
                    arguments: word(&event, "/delta/partial_json"),
                    ..CallPiece::default()
                })])
            }
            "content_block_delta" => Ok(event
                .get("delta")
                .map(read_delta)
                .filter(|deltas| !deltas.is_empty())
                .unwrap_or_else(|| vec![Delta::Alive])),
            "message_delta" => {
                self.count(event.get("usage"));
                match event.pointer("/delta/stop_reason").and_then(Value::as_str) {
                    None => {}
                    Some("refusal") => return Err(Fault::Refused),
                    Some("max_tokens" | "model_context_window_exceeded") => {
                        self.stop = Some(StopReason::Length);
                    }
                    Some("tool_use") => self.stop = Some(StopReason::ToolUse),
                    // Whatever else ends an answer ends it in order.
                    Some(_) => self.stop = Some(StopReason::Stop),
                }
                Ok(vec![Delta::Alive])
            }
            "message_stop" => {
                self.done = true;
                Ok(Vec::new())
            }
            "error" => {
                let status = status_of(event.get("error").unwrap_or(&event));
                Err(Fault::Reported {
                    status,
                    body: data.to_owned(),
                })
            }
            // `ping`, the end of a block, and whatever is added later.
            _ if event.is_object() => Ok(vec![Delta::Alive]),
            _ => Err(Fault::Unreadable),
        }
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

impl Events {
    /// Takes over the counts that are there: the last one of each is the final one.
    fn count(&mut self, counts: Option<&Value>) {
        let Some(counts) = counts.filter(|counts| counts.is_object()) else {
            return;
        };
        let usage = self.usage.get_or_insert_default();
        let take = |field: &str, into: &mut u64| {
            if let Some(count) = counts.get(field).and_then(Value::as_u64) {
                *into = count;
            }
        };
        take("input_tokens", &mut usage.input);
        take("output_tokens", &mut usage.output);
        take("cache_read_input_tokens", &mut usage.cache_read);
        take("cache_creation_input_tokens", &mut usage.cache_write);
    }
}

fn block(event: &Value) -> u64 {
    event.get("index").and_then(Value::as_u64).unwrap_or(0)
}

fn word(event: &Value, place: &str) -> String {
    let word = event.pointer(place).and_then(Value::as_str);
    word.unwrap_or_default().to_owned()
}

/// The call that begins with a block. Some servers send its arguments at once.
fn begun_call(event: &Value) -> Option<CallPiece> {
    if word(event, "/content_block/type") != "tool_use" {
        return None;
    }
    let input = event
        .pointer("/content_block/input")
        .and_then(Value::as_object);
    let input = input.filter(|fields| !fields.is_empty());
    Some(CallPiece {
        at: block(event),
        id: word(event, "/content_block/id"),
        name: word(event, "/content_block/name"),
        arguments: input.map_or_else(String::new, |fields| {
            Value::Object(fields.clone()).to_string()
        }),
    })
}

/// The words of a block or of a delta.
fn read_delta(delta: &Value) -> Vec<Delta> {
    let words = |field: &str| {
        delta
            .get(field)
            .and_then(Value::as_str)
            .filter(|words| !words.is_empty())
            .map(str::to_owned)
    };
    let text = words("text").map(Delta::Text);
    let thinking = words("thinking").map(Delta::Thinking);
    let proof = words("signature").map(Delta::Proof);
    thinking.into_iter().chain(proof).chain(text).collect()
}

#[cfg(test)]
mod tests;
