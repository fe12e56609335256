//! `exec`: runs one program, here or on a node, after the rules or a person said yes to exactly that.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use tidegate_core::exec::Cleared;
use tidegate_core::tool::{NodeErrand, Tool, ToolCall, ToolOutcome, ToolSpec};
use tidegate_exec::{Cursor, Executor, Processes, Running, Scripts};

use super::arguments::read;
use super::report;
use super::request::{Asked, Host};

/// Bytes of each output that whoever watches is shown at once.
const SHOWN_BYTES: usize = 4_000;
/// Time for a node beside the program's own.
const NODE_SLACK: Duration = Duration::from_secs(10);

/// Runs programs.
pub struct ExecTool {
    executor: Arc<Executor>,
    processes: Arc<Processes>,
}

impl ExecTool {
    /// With this executor; what runs in the background is kept in this table.
    pub const fn new(executor: Arc<Executor>, processes: Arc<Processes>) -> Self {
        Self {
            executor,
            processes,
        }
    }

    async fn here(&self, call: &ToolCall, asked: &Asked) -> Result<ToolOutcome, String> {
        let request = asked.request(call.home.as_deref());
        let subject = self.executor.look(request).await;
        let subject = subject.map_err(|error| error.to_string())?;
        let cleared = call.doors.allow(subject, &call.asked_for()).await?;
        if call.stop.is_cancelled() {
            return Err("it was not run: the call was stopped".to_owned());
        }
        if asked.background {
            self.in_background(call, asked, cleared).await
        } else {
            self.in_foreground(call, asked, cleared).await
        }
    }

    async fn in_background(
        &self,
        call: &ToolCall,
        asked: &Asked,
        cleared: Cleared,
    ) -> Result<ToolOutcome, String> {
        let owner = call.session_key.as_str();
        let (stdin, deadline) = (asked.stdin(), asked.deadline());
        let started = self
            .processes
            .start(owner, cleared, Scripts::Sealed, stdin, deadline)
            .await;
        let id = started.map_err(|error| error.to_string())?;
        let text = format!(
            "It runs in the background as process {id}, for at most {} s. The tool `process` reads, \
             types and ends it.",
            deadline.as_secs()
        );
        Ok(ToolOutcome::text(text).with_details(json!({ "processId": id })))
    }

    async fn in_foreground(
        &self,
        call: &ToolCall,
        asked: &Asked,
        cleared: Cleared,
    ) -> Result<ToolOutcome, String> {
        let started = self
            .executor
            .start(cleared, Scripts::Sealed, asked.stdin(), asked.deadline())
            .await;
        let running = started.map_err(|error| error.to_string())?;
        let finished = tokio::select! {
            finished = running.finished() => finished,
            never = show(&running, call) => match never {},
            () = call.stop.cancelled() => {
                running.stop();
                running.finished().await
            }
        };
        Ok(report::finished(&finished))
    }

    async fn on_node(&self, call: &ToolCall, asked: &Asked) -> Result<ToolOutcome, String> {
        let deadline = asked.deadline();
        let mut params = Map::new();
        params.insert("command".into(), json!(asked.argv()));
        if let Some(cwd) = &asked.cwd {
            params.insert("cwd".into(), json!(cwd));
        }
        if !asked.env.is_empty() {
            params.insert("env".into(), json!(asked.env));
        }
        let ms = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
        params.insert("timeoutMs".into(), json!(ms));
        params.insert("agentId".into(), json!(call.agent.as_str()));
        params.insert("sessionKey".into(), json!(call.session_key.as_str()));
        let errand = NodeErrand {
            node: asked.node.clone().unwrap_or_default(),
            command: "system.run".to_owned(),
            params: Value::Object(params),
            timeout: Some(deadline + NODE_SLACK),
            asked_for: call.asked_for(),
        };
        let answer = call.doors.on_node(errand).await?;
        Ok(report::on_node(&answer))
    }
}

/// Shows what it has written, for as long as it runs.
async fn show(running: &Running, call: &ToolCall) -> std::convert::Infallible {
    let mut cursor = Cursor::default();
    loop {
        let news = running.news(cursor, SHOWN_BYTES).await;
        if news.cursor == cursor {
            return std::future::pending().await;
        }
        cursor = news.cursor;
        let shown = [&news.stdout.bytes, &news.stderr.bytes];
        let shown = shown.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        call.progress.tell(shown.concat());
    }
}

#[async_trait]
impl Tool for ExecTool {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "exec",
            description: "Runs one program and gives its exit code and its output. Give the command as \
                a list: the program, then its arguments, each as it is; no shell reads it. A command \
                as one text is read by /bin/sh, and a person must allow it each time. Depending on \
                the owner's rules a person is asked first; if they say no, do not try the same in \
                another way. It begins in your workspace. Long work goes into the background.",
            input_schema: json!({
                "type": "object",
                "additionalProperties": false,
                "required": ["command"],
                "properties": {
                    "command": {
                        "anyOf": [
                            { "type": "array", "items": { "type": "string" }, "minItems": 1 },
                            { "type": "string" },
                        ],
                        "description": "The program and its arguments, or a text for /bin/sh.",
                    },
                    "cwd": { "type": "string", "description": "Where it runs; relative to your workspace." },
                    "env": {
                        "type": "object",
                        "additionalProperties": { "type": "string" },
                        "description": "Variables beside the few that every program gets.",
                    },
                    "input": { "type": "string", "description": "What it reads from its standard input." },
                    "timeoutMs": { "type": "integer", "minimum": 1, "description": "120000 if not said; at most 1200000, more only in the background." },
                    "background": { "type": "boolean", "description": "Do not wait for it; `process` reads and ends it." },
                    "interactive": { "type": "boolean", "description": "With background: `process` may type into it." },
                    "host": { "type": "string", "enum": ["gateway", "node"], "description": "The machine; gateway if not said." },
                    "node": { "type": "string", "description": "With host node: its id or name." },
                },
            }),
        }
    }

    async fn call(&self, call: ToolCall) -> ToolOutcome {
        let asked: Asked = match read(&call.arguments) {
            Ok(asked) => asked,
            Err(outcome) => return outcome,
        };
        if let Some(flaw) = asked.flaw() {
            return ToolOutcome::error(format!(
                "The arguments are wrong: {flaw}. Nothing was done."
            ));
        }
        let done = match asked.host {
            Host::Gateway => self.here(&call, &asked).await,
            Host::Node => self.on_node(&call, &asked).await,
        };
        done.unwrap_or_else(ToolOutcome::error)
    }
}

#[cfg(test)]
mod tests;
