//! What is not started any more when a call was stopped. That programs run as they should is shown
//! where they are run: `tidegate-exec`.

use std::path::Path;

use tidegate_core::exec::{Place, Subject};
use tidegate_core::tool::{AskedFor, Doors, ToolContent, ToolProgress};
use tidegate_core::{SessionKey, SystemClock, SystemIds};
use tidegate_exec::WardenCommand;
use tidegate_protocol::AgentId;
use tokio_util::sync::CancellationToken;

use super::*;

/// Whoever is asked says yes, and the run is stopped in the same moment.
struct TooLate;

#[async_trait]
impl Doors for TooLate {
    async fn allow(&self, subject: Subject, asked_for: &AskedFor) -> Result<Cleared, String> {
        asked_for.stop.cancel();
        Ok(Cleared::decided(subject))
    }

    async fn nodes(&self) -> Result<Value, String> {
        Err("not asked for".into())
    }

    async fn node(&self, _node: &str) -> Result<Value, String> {
        Err("not asked for".into())
    }

    async fn on_node(&self, _errand: NodeErrand) -> Result<Value, String> {
        Err("not asked for".into())
    }
}

/// A tool whose wardens leave a trace.
fn tool(home: &Path) -> ExecTool {
    let warden = WardenCommand {
        program: "/bin/sh".into(),
        arguments: ["-c", "touch \"$0\""]
            .map(Into::into)
            .into_iter()
            .chain([home.join("started").into_os_string()])
            .collect(),
    };
    let ids: Arc<SystemIds> = Arc::new(SystemIds);
    let executor = Executor::new(Place::Gateway, home.to_owned(), warden, ids.clone());
    let executor = Arc::new(executor);
    let clock = Arc::new(SystemClock);
    let processes = Processes::new(Arc::clone(&executor), clock, ids);
    ExecTool::new(executor, Arc::new(processes))
}

#[tokio::test]
async fn what_was_allowed_too_late_is_not_started() {
    let home = tempfile::tempdir().unwrap();
    for background in [false, true] {
        let tool = tool(home.path());
        let arguments = json!({ "command": ["true"], "background": background });
        let call = ToolCall {
            id: "c1".into(),
            run_id: None,
            session_key: SessionKey::stored("main"),
            agent: AgentId::new("main"),
            home: None,
            arguments: arguments.as_object().unwrap().clone(),
            stop: CancellationToken::new(),
            progress: ToolProgress::default(),
            doors: Arc::new(TooLate),
        };
        let outcome = tool.call(call).await;
        let text = match outcome.content.first() {
            Some(ToolContent::Text { text }) => text.as_str(),
            _ => "",
        };
        assert_eq!(text, "it was not run: the call was stopped", "{background}");
        assert!(outcome.is_error);
        tool.executor.close().await;
        assert!(!home.path().join("started").exists(), "{background}");
    }
}
