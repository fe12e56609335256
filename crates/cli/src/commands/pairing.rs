//! `tidegate pairing`: people on chat networks who ask to be let in.

use tidegate_protocol::api::pairing::{
    ChannelsPairingApprove, ChannelsPairingApproveParams, ChannelsPairingDismiss,
    ChannelsPairingDismissParams, ChannelsPairingListResult, ChannelsSendersListResult,
    SendersParams,
};
use tidegate_protocol::{AccountId, ChannelId, Scope};

use super::connection::Context;
use crate::args::{Globals, PairingApproveArgs, PairingDismissArgs, PairingListArgs};
use crate::exit::Exit;
use crate::output::{self, Failure, one_line};

pub(crate) async fn list(args: &PairingListArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let (context, payload) = read(args, globals, "channels.pairing.list").await?;
    context.show::<ChannelsPairingListResult>(
        &payload,
        "channels.pairing.list",
        output::pairing_requests,
    )?;
    Ok(Exit::Done)
}

pub(crate) async fn senders(args: &PairingListArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let (context, payload) = read(args, globals, "channels.senders.list").await?;
    context.show::<ChannelsSendersListResult>(
        &payload,
        "channels.senders.list",
        output::senders,
    )?;
    Ok(Exit::Done)
}

async fn read(
    args: &PairingListArgs,
    globals: &Globals,
    method: &str,
) -> anyhow::Result<(Context, Box<serde_json::value::RawValue>)> {
    let params = SendersParams {
        channel: args.channel.clone().map(ChannelId::new),
        account_id: None,
    };
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Pairing]).await?;
    let params = serde_json::to_value(params)?;
    let payload = context.raw(&gateway, method, Some(&params)).await?;
    gateway.close().await;
    Ok((context, payload))
}

pub(crate) async fn approve(args: &PairingApproveArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let params = ChannelsPairingApproveParams {
        channel: ChannelId::new(args.channel.clone()),
        code: args.code.clone(),
        owner: args.owner.then_some(true),
    };
    let scopes: &[Scope] = if args.owner {
        &[Scope::Admin]
    } else {
        &[Scope::Pairing]
    };
    let context = Context::new(globals)?;
    let mut gateway = context.connect(scopes).await?;
    let done = context
        .call::<ChannelsPairingApprove>(&mut gateway, &params)
        .await?;
    gateway.close().await;
    context.done(&done, || {
        let sender = &done.sender;
        let who = sender.name.as_deref().unwrap_or(&sender.sender_id);
        let how = if sender.owner { " as the owner" } else { "" };
        format!(
            "{} ({}) on {} is let in{how}",
            one_line(who, 64),
            one_line(&sender.sender_id, 64),
            sender.channel
        )
    })?;
    Ok(Exit::Done)
}

pub(crate) async fn dismiss(args: &PairingDismissArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let params = ChannelsPairingDismissParams {
        channel: ChannelId::new(args.channel.clone()),
        account_id: args.account.clone().map(AccountId::new),
        sender_id: args.sender.clone(),
    };
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Pairing]).await?;
    let done = context
        .call::<ChannelsPairingDismiss>(&mut gateway, &params)
        .await?;
    gateway.close().await;
    let screen = &context.screen;
    if screen.json {
        screen.say(&serde_json::to_string(&done)?)?;
    }
    if !done.removed {
        let what = format!(
            "nobody with the id {:?} waits there or was let in",
            args.sender
        );
        return Err(Failure::new(Exit::Failed, what)
            .next("tidegate pairing senders")
            .into());
    }
    if !screen.json {
        screen.say(&format!("{} is not let in", one_line(&args.sender, 64)))?;
    }
    Ok(Exit::Done)
}
