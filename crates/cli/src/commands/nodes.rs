//! `tidegate nodes`: machines that offer commands.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_client::{Reconnecting, idempotency_key};
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::nodes::{
    NodeInvokeParams, NodeInvokeResult, NodeList, NodeListResult, NodePendingCancel,
    NodePendingCancelParams, NodePendingListParams, NodePendingListResult, NodeRename,
    NodeRenameParams, NodeRow,
};
use tidegate_protocol::{IdempotencyKey, Scope, command};

use super::call;
use super::connection::{Context, client};
use crate::args::{Globals, NodeArgs, NodesInvokeArgs, NodesPendingArgs, NodesRenameArgs};
use crate::exit::Exit;
use crate::output::{self, Failure, one_line, with_spinner};

/// Shortest beginning of an id that names a machine.
const ID_CHARS: usize = 6;
/// Longer than the machine may take, so that the gateway says how it ended.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) async fn list(globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Read]).await?;
    let payload = context.raw(&gateway, "node.list", None).await?;
    if context.screen.json {
        context.screen.payload(&payload)?;
    } else {
        let list: NodeListResult = context.read(&payload, "node.list")?;
        context.screen.say(&output::nodes(&context.screen, &list))?;
    }
    gateway.close().await;
    Ok(Exit::Done)
}

pub(crate) async fn describe(args: &NodeArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let (gateway, list) = nodes(&context, &[Scope::Read]).await?;
    let node = found(&list, &args.node)?;
    let screen = &context.screen;
    if screen.json {
        screen.say(&serde_json::to_string_pretty(node)?)?;
    } else {
        screen.say(&output::node(screen, node, list.ts))?;
    }
    gateway.close().await;
    Ok(Exit::Done)
}

pub(crate) async fn rename(args: &NodesRenameArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let (mut gateway, list) = nodes(&context, &[Scope::Read, Scope::Pairing]).await?;
    let params = NodeRenameParams {
        node_id: found(&list, &args.node)?.node_id.clone(),
        display_name: args.name.clone(),
    };
    let answer = context.call::<NodeRename>(&mut gateway, &params).await?;
    gateway.close().await;
    let screen = &context.screen;
    if screen.json {
        screen.say(&serde_json::to_string(&answer)?)?;
    } else {
        let name = one_line(&answer.display_name, 128);
        screen.say(&format!("It is called {name} now."))?;
    }
    Ok(Exit::Done)
}

pub(crate) async fn invoke(args: &NodesInvokeArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let params = args.params.as_deref().map(call::params).transpose()?;
    let (gateway, list) = nodes(&context, &scopes(&args.command)).await?;
    let params = NodeInvokeParams {
        node_id: found(&list, &args.node)?.node_id.clone(),
        command: args.command.clone(),
        params: params.unwrap_or_else(|| json!({})),
        timeout_ms: Some(args.node_timeout),
        queue: args.queue.then_some(true),
        idempotency_key: args
            .key
            .clone()
            .map_or_else(idempotency_key, IdempotencyKey::new),
    };
    let params = serde_json::to_value(params)?;
    let patience = Duration::from_millis(args.node_timeout) + GRACE;
    let asking = client(&gateway)?.call_raw("node.invoke", Some(&params), patience, false);
    let payload = with_spinner(&context.screen, &args.command, asking)
        .await
        .map_err(|why| context.failure(&why, &args.command))?;
    gateway.close().await;
    let screen = &context.screen;
    if screen.json {
        screen.payload(&payload)?;
        return Ok(Exit::Done);
    }
    let answer: NodeInvokeResult = context.read(&payload, "node.invoke")?;
    match answer.queued {
        Some(queued) => screen.say(&format!(
            "The machine is away; the command waits for it as {}",
            one_line(&queued.id, 64)
        ))?,
        None if answer.payload == Value::Null => screen.say("Done.")?,
        None => screen.say(&serde_json::to_string_pretty(&answer.payload)?)?,
    }
    Ok(Exit::Done)
}

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

/// What a command needs, and seeing which machines there are.
fn scopes(name: &str) -> Vec<Scope> {
    let declared = command::all().into_iter().find(|spec| spec.name == name);
    vec![declared.map_or(Scope::Write, |spec| spec.scope)]
}

async fn nodes(
    context: &Context,
    scopes: &[Scope],
) -> Result<(Reconnecting, NodeListResult), Failure> {
    let mut gateway = context.connect(scopes).await?;
    let list = context.call::<NodeList>(&mut gateway, &NoParams {}).await?;
    Ok((gateway, list))
}

/// The machine that was meant: by its name, or by the beginning of its id.
fn found<'l>(list: &'l NodeListResult, meant: &str) -> Result<&'l NodeRow, Failure> {
    let is_meant = |row: &&NodeRow| {
        row.display_name.as_deref() == Some(meant)
            || row.node_id == meant
            || (meant.len() >= ID_CHARS && row.node_id.starts_with(meant))
    };
    let mut rows = list.nodes.iter().filter(is_meant);
    let failure = |what: String| Err(Failure::new(Exit::Usage, what).next("tidegate nodes"));
    let shown = one_line(meant, 64);
    match (rows.next(), rows.next()) {
        (Some(row), None) => Ok(row),
        (None, _) => failure(format!(
            "no node is called {shown:?} or has an id that begins so"
        )),
        (Some(_), Some(_)) => failure(format!(
            "{shown:?} may be several nodes: say more of the id"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, name: &str) -> NodeRow {
        NodeRow {
            node_id: id.into(),
            display_name: Some(name.into()),
            ..NodeRow::default()
        }
    }

    #[test]
    fn a_machine_is_meant_by_its_name_or_the_beginning_of_its_id() {
        let list = NodeListResult {
            ts: 0,
            nodes: vec![
                row("abcdef01", "Phone"),
                row("abcdef02", "Box"),
                row("n", "Box"),
            ],
        };
        let id = |meant: &str| found(&list, meant).ok().map(|row| row.node_id.as_str());
        assert_eq!(id("Phone"), Some("abcdef01"));
        assert_eq!(id("abcdef02"), Some("abcdef02"));
        assert_eq!(id("n"), Some("n"));
        for meant in ["Box", "abcdef", "abc", "phone", ""] {
            assert_eq!(id(meant), None, "{meant}");
        }
    }

    #[test]
    fn a_command_asks_for_what_it_needs_and_no_more() {
        assert_eq!(scopes("system.which"), [Scope::Write]);
        assert_eq!(scopes("system.execApprovals.set"), [Scope::Admin]);
        assert_eq!(scopes("their.own"), [Scope::Write]);
    }
}
