//! What the running gateway is asked: how the accounts are, who we are on the networks, and to
//! give one up.

use std::time::Duration;

use tidegate_protocol::api::channels::{
    ChannelsLogout, ChannelsLogoutParams, ChannelsStatusParams, ChannelsStatusResult,
};
use tidegate_protocol::{AccountId, ChannelId, Scope};

use crate::args::{ChannelsAskArgs, ChannelsTestArgs, Globals};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output::{self, Failure, clean};

pub(crate) async fn list(globals: &Globals) -> anyhow::Result<Exit> {
    status(globals, ChannelsStatusParams::default(), |screen, all| {
        (output::channels(screen, all), Exit::Done)
    })
    .await
}

/// Ends well only if every network that was asked knows us.
pub(crate) async fn test(args: &ChannelsTestArgs, globals: &Globals) -> anyhow::Result<Exit> {
    // A little less than this program waits for the gateway, so that its answer comes in time.
    let within = Duration::from_millis(globals.timeout_ms).mul_f32(0.8);
    let params = ChannelsStatusParams {
        probe: Some(true),
        timeout_ms: Some(u64::try_from(within.as_millis())?.max(1_000)),
        channel: args.channel.clone().map(ChannelId::new),
    };
    status(globals, params, |screen, all| {
        let (page, well) = output::channel_probes(screen, all);
        (page, if well { Exit::Done } else { Exit::Failed })
    })
    .await
}

async fn status(
    globals: &Globals,
    params: ChannelsStatusParams,
    show: impl FnOnce(&output::Screen, &ChannelsStatusResult) -> (String, Exit),
) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Read]).await?;
    let params = serde_json::to_value(params)?;
    let payload = context
        .raw(&gateway, "channels.status", Some(&params))
        .await?;
    let screen = &context.screen;
    let all: ChannelsStatusResult = context.read(&payload, "channels.status")?;
    let (page, exit) = show(screen, &all);
    if screen.json {
        screen.payload(&payload)?;
    } else {
        screen.say(&page)?;
    }
    gateway.close().await;
    Ok(exit)
}

pub(crate) async fn logout(args: &ChannelsAskArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let params = ChannelsLogoutParams {
        channel: ChannelId::new(args.channel.clone()),
        account_id: args.account.clone().map(AccountId::new),
    };
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let done = context
        .call::<ChannelsLogout>(&mut gateway, &params)
        .await?;
    gateway.close().await;
    context.done(&done, || {
        let account = format!("{} on {}", done.account_id, done.channel);
        let cleared = if done.cleared {
            ", and its secret is deleted"
        } else {
            ""
        };
        format!("{} is signed out{cleared}", clean(&account))
    })?;
    match &done.remains_in {
        None => Ok(Exit::Done),
        Some(place) => Err(Failure::new(
            Exit::Failed,
            format!(
                "its secret is still there, where this program deletes nothing: {}",
                clean(place)
            ),
        )
        .next("take it away there, or the next start signs in again")
        .into()),
    }
}
