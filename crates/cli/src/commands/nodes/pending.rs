//! `nodes pending`: commands that wait for machines that are away.

use tidegate_protocol::Scope;
use tidegate_protocol::api::nodes::{
    NodePendingCancel, NodePendingCancelParams, NodePendingListParams, NodePendingListResult,
};

use super::found::nodes;
use crate::args::{Globals, NodesPendingArgs};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output::{self, Failure, one_line};

pub(crate) async fn pending(args: &NodesPendingArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let screen = &context.screen;
    if let Some(id) = &args.cancel {
        let mut gateway = context.connect(&[Scope::Write]).await?;
        let params = NodePendingCancelParams { id: id.clone() };
        let answer = context
            .call::<NodePendingCancel>(&mut gateway, &params)
            .await?;
        gateway.close().await;
        if !answer.cancelled {
            let what = format!("nothing waits as {}", one_line(id, 64));
            return Err(Failure::new(Exit::Failed, what)
                .next("tidegate nodes pending")
                .into());
        }
        screen.say(if screen.json {
            "{\"ok\":true,\"cancelled\":true}"
        } else {
            "It does not wait any more."
        })?;
        return Ok(Exit::Done);
    }
    let (gateway, nodes) = nodes(&context, &[Scope::Read]).await?;
    let params = serde_json::to_value(NodePendingListParams::default())?;
    let payload = context
        .raw(&gateway, "node.pending.list", Some(&params))
        .await?;
    if screen.json {
        screen.payload(&payload)?;
    } else {
        let list: NodePendingListResult = context.read(&payload, "node.pending.list")?;
        screen.say(&output::waiting_for_nodes(screen, &list, &nodes))?;
    }
    gateway.close().await;
    Ok(Exit::Done)
}
