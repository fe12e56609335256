//! The canvas on a node: shown there, and pictured.

use serde_json::{Value, json};
use tidegate_core::canvas::{Canvas, CanvasView, OnNode};
use tidegate_core::tool::{NodeErrand, ToolCall, ToolOutcome};
use tidegate_protocol::api::commands::canvas::{
    CanvasA2uiPush, CanvasA2uiReset, CanvasPresent, CanvasSnapshot,
};
use tidegate_protocol::{Command, DeviceId};

use super::told;
use crate::tools::nodes::shown;

/// A picture of what a node shows; the node's own rules decide.
pub(super) async fn snapshot(call: &ToolCall, node: String) -> ToolOutcome {
    let picture = send::<CanvasSnapshot>(call, &node, json!({ "format": "png" })).await;
    picture.map_or_else(ToolOutcome::error, shown)
}

/// Shows the session's canvas on a node.
pub(super) async fn present(
    canvas: &dyn Canvas,
    call: &ToolCall,
    view: CanvasView,
    node: String,
) -> ToolOutcome {
    let done = show(canvas, call, view, &node).await;
    done.map_or_else(ToolOutcome::error, |()| {
        ToolOutcome::text(format!(
            "{node} shows the canvas of this conversation, until its connection ends."
        ))
    })
}

async fn show(
    canvas: &dyn Canvas,
    call: &ToolCall,
    view: CanvasView,
    node: &str,
) -> Result<(), String> {
    // By its id from here on: a name may become another's meanwhile.
    let known = call.doors.node(node).await?;
    let id = known.get("id").and_then(Value::as_str).unwrap_or(node);
    let device = DeviceId::new(id);
    let shown = canvas.on_node(&call.session_key, view, &device).await;
    match shown.map_err(|error| told(&error))? {
        OnNode::Page { url } => {
            send::<CanvasPresent>(call, id, json!({ "url": url })).await?;
        }
        OnNode::Surfaces { messages } if messages.is_empty() => {
            return Err("there are no surfaces to show: a2ui_push comes first".to_owned());
        }
        OnNode::Surfaces { messages } => {
            send::<CanvasA2uiReset>(call, id, json!({})).await?;
            send::<CanvasA2uiPush>(call, id, json!({ "messages": messages })).await?;
        }
    }
    Ok(())
}

async fn send<C: Command>(call: &ToolCall, node: &str, params: Value) -> Result<Value, String> {
    let errand = NodeErrand {
        node: node.to_owned(),
        command: C::SPEC.name.to_owned(),
        params,
        timeout: None,
        asked_for: call.asked_for(),
    };
    call.doors.on_node(errand).await
}
