//! What is told of a call while the turn goes on.

use tidegate_core::tool::ToolContent;
use tidegate_core::transcript::{ToolCallPart, ToolResultPart};
use tidegate_protocol::api::agent::{AgentEventData, AgentToolResult};

/// News that may wait to be told; who brings more waits.
pub(crate) const NEWS: usize = 64;

/// Characters of the output so far in one update: the end of it.
const SO_FAR_CHARS: usize = 4_000;

/// What happened to a call.
#[derive(Debug)]
pub(crate) enum ToolNews {
    /// It began.
    Began(ToolCallPart),
    /// It has something.
    Has(ToolCallPart, String),
    /// It ended.
    Ended(ToolResultPart),
}

impl ToolNews {
    /// As an update of the run.
    pub(crate) fn into_data(self) -> AgentEventData {
        let of = |phase: &str, name: String, id: String| AgentEventData {
            phase: Some(phase.to_owned()),
            name: Some(name),
            tool_call_id: Some(id),
            ..Default::default()
        };
        match self {
            Self::Began(call) => AgentEventData {
                args: Some(call.arguments),
                ..of("start", call.name, call.id)
            },
            Self::Has(call, so_far) => AgentEventData {
                partial_result: Some(end_of(&so_far)),
                ..of("update", call.name, call.id)
            },
            Self::Ended(result) => AgentEventData {
                is_error: Some(result.is_error),
                result: Some(AgentToolResult {
                    content: result.content.iter().map(shown).collect(),
                    details: result.details,
                }),
                ..of("result", result.name, result.call_id)
            },
        }
    }
}

fn end_of(text: &str) -> String {
    let skip = text.chars().count().saturating_sub(SO_FAR_CHARS);
    text.chars().skip(skip).collect()
}

/// A part for an event: a picture is fetched with the history, not sent to everyone.
fn shown(content: &ToolContent) -> serde_json::Value {
    match content {
        ToolContent::Text { text } => serde_json::json!({ "type": "text", "text": text }),
        ToolContent::Json { value } => {
            serde_json::json!({ "type": "text", "text": value.to_string() })
        }
        ToolContent::Image { mime, .. } => {
            serde_json::json!({ "type": "image", "mimeType": mime })
        }
    }
}
