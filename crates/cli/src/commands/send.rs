//! `tidegate message send|poll` and `tidegate gateway send`: delivered once however often it had to
//! be tried.

use std::time::Duration;

use tidegate_client::idempotency_key;
use tidegate_protocol::Scope;
use tidegate_protocol::api::send::{PollMessage, PollParams, SendMessage, SendParams, SendResult};

use super::connection::{Context, text_argument};
use super::media;
use crate::args::{Globals, PollArgs, SendArgs};
use crate::exit::Exit;
use crate::output::{Failure, Screen, clean};

/// The gateway waits up to 25 s for the network before it says that it keeps the message.
const ANSWER: Duration = Duration::from_secs(30);
/// Answers of a poll, as the gateway takes them.
const POLL_OPTIONS: std::ops::RangeInclusive<usize> = 2..=12;

pub(crate) async fn run(args: &SendArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let links = media::links(&args.media)?;
    let params = SendParams {
        to: args.to.clone(),
        message: text_argument("--message", &args.message)?,
        idempotency_key: idempotency_key(),
        media_url: None,
        media_urls: (!links.is_empty()).then_some(links),
        gif_playback: None,
        channel: args.channel.clone(),
        account_id: args.account.clone(),
        thread_id: args.thread.clone(),
        session_key: None,
    };
    let context = Context::new(globals)?.patient(ANSWER);
    let mut gateway = context.connect(&[Scope::Write, Scope::Read]).await?;
    let sent = context.call::<SendMessage>(&mut gateway, &params).await?;
    tell(&context.screen, &sent)?;
    gateway.close().await;
    Ok(Exit::Done)
}

pub(crate) async fn poll(args: &PollArgs, globals: &Globals) -> anyhow::Result<Exit> {
    if !POLL_OPTIONS.contains(&args.options.len()) {
        let what = format!("a poll needs 2 to 12 answers, not {}", args.options.len());
        let next = "name each with --option, such as --option Yes --option No";
        return Err(Failure::new(Exit::Usage, what).next(next).into());
    }
    let params = PollParams {
        to: args.to.clone(),
        question: args.question.clone(),
        options: args.options.clone(),
        idempotency_key: idempotency_key(),
        max_selections: Some(args.most),
        duration_hours: args.hours,
        channel: Some(args.channel.clone()),
        account_id: args.account.clone(),
        thread_id: args.thread.clone(),
    };
    let context = Context::new(globals)?.patient(ANSWER);
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let sent = context.call::<PollMessage>(&mut gateway, &params).await?;
    tell(&context.screen, &sent)?;
    gateway.close().await;
    Ok(Exit::Done)
}

fn tell(screen: &Screen, sent: &SendResult) -> anyhow::Result<()> {
    if screen.json {
        screen.say(&serde_json::to_string(sent)?)?;
        return Ok(());
    }
    let place = sent.conversation().unwrap_or_default();
    let to = format!("{} on {}", clean(place), clean(&sent.channel));
    let id = clean(&sent.message_id);
    if sent.queued == Some(true) {
        screen.say(&format!("Kept for {to} until the network takes it"))?;
        screen.note(&screen.here(&format!("see how it goes with: tidegate trace {id}")));
    } else {
        let id = screen.out().dim(&format!("(message {id})"));
        screen.say(&format!("Sent to {to} {id}"))?;
    }
    Ok(())
}
