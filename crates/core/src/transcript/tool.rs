//! Calls of tools in a transcript, and what came of them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{NewMessage, Part, Speaker};
use crate::tool::{ToolContent, ToolOutcome};
use tidegate_protocol::RunId;

/// What a model asked a tool for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolCallPart {
    /// Unique in its run.
    pub id: String,
    /// The tool.
    pub name: String,
    /// The arguments: an object, or the text as it came if that was none.
    pub arguments: Value,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolResultPart {
    /// The id of the call.
    pub call_id: String,
    /// The tool.
    pub name: String,
    /// What it brought.
    pub content: Vec<ToolContent>,
    /// Whether it went wrong.
    #[serde(default)]
    pub is_error: bool,
    /// Whether it was given up: nobody knows what it did.
    #[serde(default)]
    pub interrupted: bool,
    /// Facts that the model is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

/// What stands for the outcome of a call that was given up.
pub const INTERRUPTED_CALL: &str =
    "The call was interrupted before it ended. It is not known what it has done.";

impl ToolResultPart {
    /// The result of a call that ended.
    pub fn of(call: &ToolCallPart, outcome: ToolOutcome) -> Self {
        let outcome = outcome.bounded();
        Self {
            call_id: call.id.clone(),
            name: call.name.clone(),
            content: outcome.content,
            is_error: outcome.is_error,
            interrupted: false,
            details: outcome.details,
        }
    }

    /// The result of a call that was given up.
    pub fn interrupted(call: &ToolCallPart) -> Self {
        Self {
            interrupted: true,
            ..Self::of(call, ToolOutcome::error(INTERRUPTED_CALL))
        }
    }

    /// What is told of it in words: the words, the values as JSON, a line for each picture.
    pub fn words(&self) -> String {
        let words = self.content.iter().map(|content| match content {
            ToolContent::Text { text } => text.clone(),
            ToolContent::Json { value } => value.to_string(),
            ToolContent::Image { mime, .. } => format!("[a picture: {mime}]"),
        });
        words.collect::<Vec<_>>().join("\n")
    }
}

impl NewMessage {
    /// What a tool brought to a run.
    pub fn tool_result(id: String, result: ToolResultPart, at_ms: u64, run_id: RunId) -> Self {
        Self {
            id,
            speaker: Speaker::Assistant,
            parts: vec![Part::ToolResult(result)],
            at_ms,
            run_id: Some(run_id),
            maker: None,
            usage: None,
            stop: None,
            error: None,
        }
    }

    /// The calls in it, in order.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCallPart> {
        self.parts.iter().filter_map(|part| match part {
            Part::ToolCall(call) => Some(call),
            _ => None,
        })
    }

    /// The results in it, in order.
    pub fn tool_results(&self) -> impl Iterator<Item = &ToolResultPart> {
        self.parts.iter().filter_map(|part| match part {
            Part::ToolResult(result) => Some(result),
            _ => None,
        })
    }
}

/// The calls of a run that have no result, from its messages, the newest first. Looks no further
/// than the newest message with calls: calls are carried out round by round.
pub fn open_calls<E>(
    newest_first: impl IntoIterator<Item = Result<Vec<Part>, E>>,
) -> Result<Vec<ToolCallPart>, E> {
    let mut ended = Vec::new();
    for parts in newest_first {
        let parts = parts?;
        let results = parts.iter().filter_map(|part| match part {
            Part::ToolResult(result) => Some(result.call_id.clone()),
            _ => None,
        });
        let before = ended.len();
        ended.extend(results);
        if ended.len() > before {
            continue;
        }
        let calls = parts.into_iter().filter_map(|part| match part {
            Part::ToolCall(call) if !ended.contains(&call.id) => Some(call),
            _ => None,
        });
        return Ok(calls.collect());
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use serde_json::json;

    use super::*;

    fn call(id: &str) -> ToolCallPart {
        ToolCallPart {
            id: id.into(),
            name: "exec".into(),
            arguments: json!({}),
        }
    }

    fn open(messages: Vec<Vec<Part>>) -> Vec<String> {
        let newest_first = messages.into_iter().rev().map(Ok::<_, Infallible>);
        let Ok(calls) = open_calls(newest_first);
        calls.into_iter().map(|call| call.id).collect()
    }

    #[test]
    fn a_call_is_open_until_its_result_is_stored() {
        let asked = vec![Part::ToolCall(call("a")), Part::ToolCall(call("b"))];
        let ended = |id: &str| vec![Part::ToolResult(ToolResultPart::interrupted(&call(id)))];
        let words = vec![Part::Text { text: "so".into() }];
        assert_eq!(open(vec![words.clone(), asked.clone()]), ["a", "b"]);
        assert_eq!(open(vec![asked.clone(), ended("a")]), ["b"]);
        assert!(open(vec![asked.clone(), ended("a"), ended("b")]).is_empty());
        assert!(open(vec![asked.clone(), ended("a"), ended("b"), words.clone()]).is_empty());
        assert!(open(vec![words]).is_empty());
        assert!(open(vec![]).is_empty());
    }
}
