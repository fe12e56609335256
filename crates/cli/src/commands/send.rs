//! `tidegate gateway send`: one message, delivered once however often it had to be tried.

use tidegate_client::idempotency_key;
use tidegate_protocol::Scope;
use tidegate_protocol::api::send::{SendMessage, SendParams};

use super::connection::{Context, text_argument};
use crate::args::{Globals, SendArgs};
use crate::exit::Exit;
use crate::output::clean;

pub(crate) async fn run(args: &SendArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let params = SendParams {
        to: args.to.clone(),
        message: text_argument("--message", &args.message)?,
        idempotency_key: idempotency_key(),
        media_url: None,
        media_urls: (!args.media_urls.is_empty()).then(|| args.media_urls.clone()),
        gif_playback: None,
        channel: args.channel.clone(),
        account_id: None,
        session_key: None,
    };
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Write, Scope::Read]).await?;
    let sent = context.call::<SendMessage>(&mut gateway, &params).await?;
    let screen = &context.screen;
    if screen.json {
        screen.say(&serde_json::to_string(&sent)?)?;
    } else {
        let to = format!("{} on {}", clean(&sent.chat_id), clean(&sent.channel));
        let id = screen
            .out()
            .dim(&format!("(message {})", clean(&sent.message_id)));
        screen.say(&format!("Sent to {to} {id}"))?;
    }
    gateway.close().await;
    Ok(Exit::Done)
}
