//! Rounds of tools in a life: every call has one result, whoever was killed between them (I5).

use serde_json::json;
use tidegate_core::run::RunStatus;
use tidegate_core::store::{HistoryQuery, RunStore, SessionStore};
use tidegate_core::tool::ToolOutcome;
use tidegate_core::transcript::{NewMessage, Part, StopReason, ToolCallPart, ToolResultPart};
use tidegate_protocol::RunId;
use tidegate_store::SqliteStore;

use crate::child::{Acked, acknowledged};
use crate::values::{finish, key};

fn call(id: &str) -> ToolCallPart {
    ToolCallPart {
        id: id.into(),
        name: "exec".into(),
        arguments: json!({ "command": ["date"] }),
    }
}

/// What the model said: it calls two tools.
fn round() -> NewMessage {
    let end = finish(&["r1"], RunStatus::Ok, "I look.");
    let mut message = end.message.unwrap();
    message.id = "r1-round".into();
    message.stop = Some(StopReason::ToolUse);
    let calls = ["c1", "c2"].map(|id| Part::ToolCall(call(id)));
    message.parts.extend(calls);
    message
}

/// Two calls of the run `r1`, and the result of the first.
pub(crate) async fn call_tools(store: &SqliteStore) {
    let run = RunId::new("r1");
    assert!(store.go_on(&run, round()).await.unwrap());
    acknowledged("call c1 c2");
    let part = ToolResultPart::of(&call("c1"), ToolOutcome::text("noon"));
    let result = NewMessage::tool_result("r1-c1".into(), part, 3, run.clone());
    assert!(store.go_on(&run, result).await.unwrap());
    acknowledged("result c1");
}

/// What holds after the start that follows a kill.
pub(crate) async fn every_call_has_one_result(store: &SqliteStore, point: &str, acked: &Acked) {
    let query = HistoryQuery {
        before: None,
        limit: 100,
        max_bytes: usize::MAX,
    };
    let said = store.history(&key("a"), query).await.unwrap().messages;
    let (mut called, mut brought) = (Vec::new(), Vec::new());
    for message in &said {
        called.extend(message.body.tool_calls().map(|call| call.id.clone()));
        for result in message.body.tool_results() {
            brought.push(result.call_id.clone());
            let cut_off = result.call_id == "c2" || !acked.contains("result c1");
            assert!(!result.interrupted || cut_off, "{point}: a result was lost");
        }
    }
    assert_eq!(called, brought, "{point}");
    let renewed = acked.contains("reset") || point.starts_with("reset");
    let lost = acked.contains("call c1 c2") && !renewed && called.is_empty();
    assert!(!lost, "{point}: what the model said was lost");
}
