//! `process`: what `exec` started in the background, of this session only.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};
use tidegate_core::SessionKey;
use tidegate_core::tool::{RESULT_TEXT_CHARS, Tool, ToolCall, ToolOutcome, ToolSpec};
use tidegate_exec::{Cursor, Listed, ProcessError, Processes};

use super::arguments::read;
use super::report;

/// Bytes of each output in one answer.
const READ_BYTES: usize = RESULT_TEXT_CHARS / 2 - 500;
/// The longest that something new is waited for.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// Reads, types into and ends background processes.
pub struct ProcessTool {
    processes: Arc<Processes>,
    /// Up to where each was read; only of those that still are in the table.
    read: Mutex<BTreeMap<String, Cursor>>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "lowercase", deny_unknown_fields)]
enum Asked {
    List {},
    Poll {
        id: String,
        #[serde(default, rename = "waitMs")]
        wait_ms: u64,
    },
    Write {
        id: String,
        text: String,
        #[serde(default)]
        end: bool,
    },
    Kill {
        id: String,
    },
}

impl ProcessTool {
    /// Of this table.
    pub const fn new(processes: Arc<Processes>) -> Self {
        Self {
            processes,
            read: Mutex::new(BTreeMap::new()),
        }
    }

    fn list(&self, owner: &str) -> ToolOutcome {
        let rows: Vec<Value> = self.processes.list(owner).iter().map(row).collect();
        ToolOutcome::json(json!({ "processes": rows }))
    }

    async fn poll(
        &self,
        call: &ToolCall,
        id: &str,
        wait_ms: u64,
    ) -> Result<ToolOutcome, ProcessError> {
        let owner = call.session_key.as_str();
        let from = self.cursor(id);
        let at_most = Duration::from_millis(wait_ms).min(WAIT_MAX);
        let news = tokio::select! {
            news = self.processes.wait(owner, id, from, READ_BYTES, at_most) => news?,
            () = call.stop.cancelled() => self.processes.read(owner, id, from, READ_BYTES)?,
        };
        self.remember(owner, id, news.cursor);
        let text = report::news(&news);
        Ok(ToolOutcome::text(text).with_details(json!({ "runs": news.outcome.is_none() })))
    }

    fn write(
        &self,
        owner: &str,
        id: &str,
        text: String,
        end: bool,
    ) -> Result<ToolOutcome, ProcessError> {
        if !text.is_empty() {
            self.processes.write(owner, id, text.into_bytes())?;
        }
        if end {
            self.processes.close_input(owner, id)?;
        }
        Ok(ToolOutcome::text(
            "It was typed; poll to see what it does with it.",
        ))
    }

    async fn kill(&self, owner: &str, id: &str) -> Result<ToolOutcome, ProcessError> {
        let finished = self.processes.stop(owner, id).await?;
        let outcome = report::finished(&finished);
        Ok(ToolOutcome {
            is_error: false,
            ..outcome
        })
    }

    fn cursor(&self, id: &str) -> Cursor {
        let read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.get(id).copied().unwrap_or_default()
    }

    fn remember(&self, owner: &str, id: &str, cursor: Cursor) {
        let listed = self.processes.list(owner);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(id.to_owned(), cursor);
        // Ids are never used again: what was read longest ago of a process that is gone goes too.
        if read.len() > CURSORS {
            read.retain(|id, _| listed.iter().any(|row| row.id == *id));
        }
    }
}

/// Processes whose reading is remembered; beyond, those of other sessions begin anew.
const CURSORS: usize = 256;

fn row(listed: &Listed) -> Value {
    json!({
        "id": listed.id,
        "command": listed.argv,
        "startedAtMs": listed.started_at_ms,
        "state": listed.outcome.map_or_else(|| "runs".to_owned(), report::ending),
    })
}

#[async_trait]
impl Tool for ProcessTool {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "process",
            description: "The programs that `exec` started in the background in this conversation: list \
                them, poll what they wrote since you last looked, write to those that were started \
                interactive, kill them.",
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["action"],
                "properties": {
                    "action": { "type": "string", "enum": ["list", "poll", "write", "kill"] },
                    "id": { "type": "string", "description": "The process; not for list." },
                    "waitMs": { "type": "integer", "minimum": 0, "maximum": 60000, "description": "poll: how long to wait for something new." },
                    "text": { "type": "string", "description": "write: what to type; a line ends with \\n." },
                    "end": { "type": "boolean", "description": "write: nothing more is typed after it." },
                },
            }),
        }
    }

    async fn call(&self, call: ToolCall) -> ToolOutcome {
        let asked: Asked = match read(&call.arguments) {
            Ok(asked) => asked,
            Err(outcome) => return outcome,
        };
        let owner = call.session_key.as_str();
        let done = match asked {
            Asked::List {} => Ok(self.list(owner)),
            Asked::Poll { id, wait_ms } => self.poll(&call, &id, wait_ms).await,
            Asked::Write { id, text, end } => self.write(owner, &id, text, end),
            Asked::Kill { id } => self.kill(owner, &id).await,
        };
        done.unwrap_or_else(|error| ToolOutcome::error(error.to_string()))
    }

    fn session_over(&self, session: &SessionKey) {
        self.processes.stop_all(session.as_str());
    }
}
