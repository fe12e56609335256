//! Nodes and what waits for them as they are shown, and how a command ends that was sent to one.

use serde_json::{Value, json};
use tidegate_core::node::{CallEnding, NotAllowed};
use tidegate_core::store::{CallState, NodeCall};
use tidegate_engine::{NodeError, NodeView};
use tidegate_protocol::api::nodes::{NOT_APPROVED, NodeRow, PendingCommand};
use tidegate_protocol::{ErrorCode, ErrorShape};

use crate::error::{ApiError, store};

/// When to try again, in milliseconds, while a node has too much to do.
const BUSY_RETRY_MS: u64 = 1_000;

/// A node, whether it is connected or not.
pub(super) fn row(view: NodeView) -> NodeRow {
    let facts = view.facts;
    NodeRow {
        node_id: view.id,
        display_name: facts.display_name,
        platform: facts.platform,
        version: facts.version,
        device_family: facts.device_family,
        model_identifier: facts.model_identifier,
        remote_ip: facts.remote_ip,
        caps: facts.caps.into_iter().collect(),
        commands: view.commands,
        blocked_commands: view.blocked,
        unapproved_commands: view.unapproved,
        permissions: facts.permissions,
        path_env: facts.path_env,
        connected_at_ms: view.connected_at_ms,
        waiting: Some(view.waiting).filter(|waiting| *waiting > 0),
        paired: view.paired,
        connected: view.connected_at_ms.is_some(),
    }
}

/// A command that waits for its node.
pub(super) fn pending(call: NodeCall) -> PendingCommand {
    let expires_at_ms = match &call.state {
        CallState::Waiting(waits) => waits.expires_at_ms,
        CallState::Sent | CallState::Ended(_) => call.at_ms,
    };
    PendingCommand {
        id: call.id,
        node_id: call.node.into_string(),
        command: call.command,
        queued_at_ms: call.at_ms,
        expires_at_ms,
    }
}

/// What a node answered, or why there is no answer, in the words of V3 8.3.
pub(in crate::methods) fn answered(
    command: &str,
    ending: &CallEnding,
) -> Result<(Value, Option<String>), ApiError> {
    let failed = |code: Option<&str>, message: &str| {
        let mut node_error = json!({ "message": message });
        if let (Some(code), Some(object)) = (code, node_error.as_object_mut()) {
            object.insert("code".into(), code.into());
        }
        let shape = ErrorShape::new(ErrorCode::Unavailable, message);
        Err(shape
            .with_details(json!({ "nodeError": node_error }))
            .into())
    };
    match ending {
        CallEnding::Answered {
            payload,
            payload_json,
        } => Ok((payload.clone(), payload_json.clone())),
        CallEnding::Failed { code, message } => failed(
            code.as_deref(),
            message.as_deref().unwrap_or("node invoke failed"),
        ),
        CallEnding::TimedOut => failed(Some("TIMEOUT"), "node invoke timed out"),
        CallEnding::Disconnected => Err(ErrorShape::new(
            ErrorCode::Unavailable,
            format!("Error: node disconnected ({command})"),
        )
        .into()),
        CallEnding::BadAnswer { why } => failed(
            Some("BAD_ANSWER"),
            &format!("the node's answer is none to {command}: {why}"),
        ),
        CallEnding::Cancelled => failed(Some("CANCELLED"), "node invoke cancelled"),
        CallEnding::Interrupted => failed(
            Some("INTERRUPTED"),
            "the gateway ended meanwhile: whether the node did it is not known",
        ),
        CallEnding::Expired => failed(Some("EXPIRED"), "the node did not come back in time"),
        CallEnding::NotKept => failed(
            Some("NOT_KEPT"),
            "it was done before; the answer was too large to be kept",
        ),
    }
}

/// Why a command was not sent.
pub(in crate::methods) fn refused(error: NodeError) -> ApiError {
    match error {
        NodeError::NotConnected => ErrorShape::new(ErrorCode::Unavailable, error.to_string())
            .with_details(json!({ "code": "NOT_CONNECTED" }))
            .into(),
        NodeError::NotAllowed {
            reason,
            ref command,
        } => {
            let (text, reason) = told(&error, reason);
            ErrorShape::invalid(text)
                .with_details(json!({ "reason": reason, "command": command }))
                .into()
        }
        NodeError::Invalid(_) | NodeError::KeyReused => ApiError::invalid(error.to_string()),
        NodeError::Busy(text) => ErrorShape::busy(text, BUSY_RETRY_MS).into(),
        NodeError::Store(source) => store(&source).into(),
    }
}

/// The message and `details.reason`: what V3 8.2 knows in its words; that nobody approved it in a
/// sentence, and a word for programs.
fn told(error: &NodeError, reason: NotAllowed) -> (String, String) {
    match reason {
        NotAllowed::NotApproved => (format!("{error}: {reason}"), NOT_APPROVED.to_owned()),
        NotAllowed::NotListed | NotAllowed::NotDeclared | NotAllowed::NothingDeclared => {
            (error.to_string(), reason.to_string())
        }
    }
}
