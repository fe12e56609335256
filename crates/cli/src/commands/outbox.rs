//! `tidegate outbox`: messages that could not be delivered, and what a person does about them.

use serde_json::Value;
use tidegate_protocol::api::delivery::{
    OutboxDrop, OutboxListParams, OutboxListResult, OutboxLot, OutboxPartParams, OutboxRetry,
};
use tidegate_protocol::{AccountId, ChannelId, Scope};

use super::connection::Context;
use crate::args::{Globals, OutboxListArgs, OutboxPartArgs};
use crate::exit::Exit;
use crate::output::{self, Failure, Screen};

pub(crate) async fn list(args: &OutboxListArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let lot = if args.open {
        OutboxLot::Open
    } else {
        OutboxLot::Dead
    };
    let params = OutboxListParams {
        state: Some(lot),
        channel: args.channel.clone().map(ChannelId::new),
        account_id: args.account.clone().map(AccountId::new),
        limit: Some(args.limit),
    };
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Read]).await?;
    let params = serde_json::to_value(params)?;
    let payload = context.raw(&gateway, "outbox.list", Some(&params)).await?;
    let page = |screen: &Screen, list: &OutboxListResult| output::outbox(screen, list, lot);
    context.show(&payload, "outbox.list", page)?;
    gateway.close().await;
    Ok(Exit::Done)
}

/// Tries messages again.
pub(crate) async fn retry(args: &OutboxPartArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let mut done = Vec::new();
    for letter in &args.letters {
        let params = named(letter);
        let answer = context.call::<OutboxRetry>(&mut gateway, &params).await?;
        done.push((letter.as_str(), answer.retried));
    }
    gateway.close().await;
    tell(&context, &done, "is tried again", "retried")
}

/// Drops messages.
pub(crate) async fn discard(args: &OutboxPartArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let mut done = Vec::new();
    for letter in &args.letters {
        let params = named(letter);
        let answer = context.call::<OutboxDrop>(&mut gateway, &params).await?;
        done.push((letter.as_str(), answer.dropped));
    }
    gateway.close().await;
    tell(&context, &done, "is dropped", "dropped")
}

/// A number is one of `outbox list`; everything else is an id.
fn named(letter: &str) -> OutboxPartParams {
    let no = letter.parse().ok();
    OutboxPartParams {
        no,
        id: no.is_none().then(|| letter.to_owned()),
    }
}

/// Numbers as numbers, ids as words.
fn values(letters: &[&str]) -> Vec<Value> {
    let value = |letter: &&str| {
        let no = letter.parse::<u64>();
        no.map_or_else(|_| Value::from(*letter), Value::from)
    };
    letters.iter().map(value).collect()
}

fn tell(context: &Context, done: &[(&str, bool)], words: &str, key: &str) -> anyhow::Result<Exit> {
    let screen = &context.screen;
    let letters = |yes: bool| {
        let of = done.iter().filter(move |(_, was)| *was == yes);
        of.map(|(letter, _)| *letter).collect::<Vec<&str>>()
    };
    let (did, missed) = (letters(true), letters(false));
    if screen.json {
        let (did, missed_values) = (values(&did), values(&missed));
        let told =
            serde_json::json!({ "ok": missed.is_empty(), key: did, "notDead": missed_values });
        screen.say(&told.to_string())?;
    } else {
        for letter in &did {
            screen.say(&format!("{letter} {words}"))?;
        }
    }
    if missed.is_empty() {
        return Ok(Exit::Done);
    }
    let what = format!("not among those that were given up: {}", missed.join(", "));
    Err(Failure::new(Exit::Failed, what)
        .next("tidegate outbox list")
        .into())
}
