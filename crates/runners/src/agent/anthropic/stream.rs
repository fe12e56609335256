//! The events of a message.

use serde_json::Value;
use tidegate_core::transcript::{StopReason, Usage};

use crate::agent::dialect::{Delta, Fault, Reader, status_of};

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
                deltas.extend(
                    event
                        .get("content_block")
                        .map(read_delta)
                        .into_iter()
                        .flatten(),
                );
                Ok(deltas)
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
                    // No tools are offered, so whatever else ends an answer ends it in order.
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
