//! `nodes`: the owner's other machines.

use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use tidegate_core::tool::{NodeErrand, Tool, ToolCall, ToolContent, ToolOutcome, ToolSpec};

use super::arguments::read;

/// The longest that a node is waited for.
const TIMEOUT_MAX: Duration = Duration::from_mins(5);

/// Lists, describes and invokes nodes.
#[derive(Debug, Clone, Copy, Default)]
pub struct NodesTool;

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase", deny_unknown_fields)]
enum Asked {
    List {},
    Describe {
        node: String,
    },
    Invoke {
        node: String,
        command: String,
        #[serde(default)]
        params: Value,
        #[serde(rename = "timeoutMs")]
        timeout_ms: Option<u64>,
    },
}

#[async_trait]
impl Tool for NodesTool {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "nodes",
            description: "The owner's other machines (phones, computers) that are connected as nodes: list \
                them, describe what one can do, invoke one of its commands. Programs on a node run \
                with `exec` and host node.",
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["action"],
                "properties": {
                    "action": { "type": "string", "enum": ["list", "describe", "invoke"] },
                    "node": { "type": "string", "description": "Its id or name; not for list." },
                    "command": { "type": "string", "description": "invoke: one of the commands that describe shows." },
                    "params": { "type": "object", "description": "invoke: what the command takes." },
                    "timeoutMs": { "type": "integer", "minimum": 1, "maximum": 300_000 },
                },
            }),
        }
    }

    async fn call(&self, call: ToolCall) -> ToolOutcome {
        let asked: Asked = match read(&call.arguments) {
            Ok(asked) => asked,
            Err(outcome) => return outcome,
        };
        let done = match asked {
            Asked::List {} => call.doors.nodes().await,
            Asked::Describe { node } => call.doors.node(&node).await,
            Asked::Invoke {
                node,
                command,
                params,
                timeout_ms,
            } => {
                let timeout = timeout_ms.map(|ms| Duration::from_millis(ms).min(TIMEOUT_MAX));
                let errand = NodeErrand {
                    node,
                    command,
                    params,
                    timeout,
                    asked_for: call.asked_for(),
                };
                call.doors.on_node(errand).await
            }
        };
        done.map_or_else(ToolOutcome::error, shown)
    }
}

/// A picture in an answer is shown as one (V3 8.5: `format`, `base64`).
pub(super) fn shown(answer: Value) -> ToolOutcome {
    let word = |field: &str| answer.get(field).and_then(Value::as_str);
    let mime = match word("format") {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        _ => return ToolOutcome::json(answer),
    };
    let Some(data) = word("base64").map(str::to_owned) else {
        return ToolOutcome::json(answer);
    };
    let mut rest = answer;
    if let Some(fields) = rest.as_object_mut() {
        fields.remove("base64");
    }
    let mut outcome = ToolOutcome::json(rest);
    outcome.content.push(ToolContent::Image {
        mime: mime.to_owned(),
        data,
    });
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_of_a_node_is_shown_and_not_spelt_out() {
        let outcome = shown(json!({ "format": "png", "base64": "QUJD", "width": 3 }));
        assert_eq!(
            outcome.content,
            [
                ToolContent::Json {
                    value: json!({ "format": "png", "width": 3 })
                },
                ToolContent::Image {
                    mime: "image/png".into(),
                    data: "QUJD".into()
                },
            ]
        );
        let film = json!({ "format": "mp4", "base64": "QUJD" });
        assert_eq!(
            shown(film.clone()).content,
            [ToolContent::Json { value: film }]
        );
    }
}
