//! `nodes list`, `nodes describe`, `nodes rename`.

use tidegate_protocol::Scope;
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::devices::DevicePairList;
use tidegate_protocol::api::nodes::{NodeRename, NodeRenameParams};

use super::found::{found, nodes};
use crate::args::{Globals, NodeArgs, NodesRenameArgs};
use crate::commands::connection::Context;
use crate::commands::devices::{allowed_to, rights_of_device};
use crate::exit::Exit;
use crate::output::{self, one_line};

pub(crate) async fn list(globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Read]).await?;
    let payload = context.raw(&gateway, "node.list", None).await?;
    context.show(&payload, "node.list", output::nodes)?;
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
    // A node is a device, and nobody changes one that may do more.
    let devices = context
        .call::<DevicePairList>(&mut gateway, &NoParams {})
        .await?;
    let mut devices = devices.paired.iter();
    let device = devices.find(|device| device.device_id.as_str() == params.node_id);
    let rights = device.map(rights_of_device).unwrap_or_default();
    let mut gateway = allowed_to(&context, gateway, &rights).await?;
    let answer = context.call::<NodeRename>(&mut gateway, &params).await?;
    gateway.close().await;
    context.done(&answer, || {
        let name = one_line(&answer.display_name, 64);
        format!("It is called {name} now.")
    })?;
    Ok(Exit::Done)
}
