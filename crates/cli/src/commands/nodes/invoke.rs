//! `nodes invoke`: sends a machine a command and shows what it answers.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_client::idempotency_key;
use tidegate_protocol::api::nodes::{NodeInvokeParams, NodeInvokeResult};
use tidegate_protocol::{IdempotencyKey, Scope, command};

use super::found::{found, nodes};
use super::refused::explained;
use crate::args::{Globals, NodesInvokeArgs};
use crate::commands::call::params as params_of;
use crate::commands::connection::{Context, client};
use crate::exit::Exit;
use crate::output::{one_line, with_spinner};

/// Longer than the machine may take, so that the gateway says how it ended.
const GRACE: Duration = Duration::from_secs(5);

pub(crate) async fn invoke(args: &NodesInvokeArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let params = args.params.as_deref().map(params_of).transpose()?;
    let (gateway, list) = nodes(&context, &scopes(&args.command)).await?;
    let node = found(&list, &args.node)?.clone();
    let params = NodeInvokeParams {
        node_id: node.node_id.clone(),
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
        .map_err(|why| explained(context.failure(&why, &args.command), &why, &node, args))?;
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

/// What a command needs, and seeing which machines there are.
fn scopes(name: &str) -> Vec<Scope> {
    let declared = command::all().into_iter().find(|spec| spec.name == name);
    vec![declared.map_or(Scope::Write, |spec| spec.scope)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_asks_for_what_it_needs_and_no_more() {
        assert_eq!(scopes("system.which"), [Scope::Write]);
        assert_eq!(scopes("system.execApprovals.set"), [Scope::Admin]);
        assert_eq!(scopes("their.own"), [Scope::Write]);
    }
}
