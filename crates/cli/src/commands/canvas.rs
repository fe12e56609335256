//! `tidegate canvas`: what the agent shows beside a conversation.

use serde_json::json;
use tidegate_protocol::Scope;
use tidegate_protocol::api::canvas::{CanvasOpen, CanvasOpenParams, CanvasOpenResult};

use super::browser::show;
use super::connection::Context;
use crate::args::{CanvasOpenArgs, CanvasPathArgs, Globals};
use crate::exit::Exit;
use crate::output::Failure;

/// How long the address lives, for people.
const LIFE: &str = "It works until ten minutes after its last use, for an hour at most. What is pressed there is told \
    to nobody: for that, open the canvas beside the conversation (tidegate dashboard).";

/// Opens the pages of a session's canvas in a window of their own.
pub(crate) async fn open(args: &CanvasOpenArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    // This connection ends before anybody looks at it.
    let opened = ask(&context, &args.session, Scope::Read, Some(true)).await?;
    let (screen, url) = (&context.screen, &opened.url);
    if screen.json {
        let told = json!({ "url": url, "expiresAtMs": opened.expires_at_ms });
        screen.say(&told.to_string())?;
    } else if screen.out_is_terminal {
        let words = if !args.no_open && show(url) {
            "Opening the canvas. If nothing happens, open"
        } else {
            "Open"
        };
        let (url, hint) = (screen.out().cyan(url), screen.out().dim(LIFE));
        screen.say(&format!("{words} this address:\n\n  {url}\n\n{hint}"))?;
    } else {
        screen.say(url)?;
    }
    Ok(Exit::Done)
}

/// Tells the folder of a session's canvas.
pub(crate) async fn path(args: &CanvasPathArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    // The folder is told to whoever may administer.
    let opened = ask(&context, &args.session, Scope::Admin, None).await?;
    let folder = opened.folder.ok_or_else(|| {
        Failure::new(
            Exit::Denied,
            "the gateway tells this device no folder".to_owned(),
        )
        .next("ask with the owner's secret, on the gateway's machine")
    })?;
    let screen = &context.screen;
    if screen.json {
        screen.say(&json!({ "folder": folder }).to_string())?;
    } else {
        screen.say(&folder)?;
    }
    Ok(Exit::Done)
}

async fn ask(
    context: &Context,
    session: &str,
    scope: Scope,
    keep: Option<bool>,
) -> anyhow::Result<CanvasOpenResult> {
    let mut gateway = context.connect(&[scope]).await?;
    let params = CanvasOpenParams {
        session_key: session.to_owned(),
        view: None,
        keep,
    };
    let opened = context.call::<CanvasOpen>(&mut gateway, &params).await?;
    gateway.close().await;
    Ok(opened)
}
