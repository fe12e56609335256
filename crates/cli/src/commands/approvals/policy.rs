//! The rules as a whole.

use std::io::Read;
use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use tidegate_client::Reconnecting;
use tidegate_protocol::Scope;
use tidegate_protocol::api::approvals::{
    ExecApprovalsFile, ExecApprovalsGet, ExecApprovalsGetParams, ExecApprovalsSet,
    ExecApprovalsSetParams, ExecApprovalsSnapshot,
};

use crate::args::{Globals, PolicySetArgs};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output::Failure;

/// The largest file of rules that is read, in bytes: what the gateway takes from a client of
/// protocol 3.
const FILE_MAX_BYTES: u64 = 512 * 1024;

/// What a file can hold: the rules, or all that `policy get --json` printed.
#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Snapshot(ExecApprovalsSnapshot),
    Rules(ExecApprovalsFile),
}

pub(crate) async fn get(globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let there = read(&context, &mut gateway).await?;
    gateway.close().await;
    let screen = &context.screen;
    if screen.json {
        screen.say(&serde_json::to_string(&there)?)?;
    } else {
        screen.say(&serde_json::to_string_pretty(&there.file)?)?;
        if !there.exists {
            screen.note("nobody set any rules yet: every command of an agent is asked about");
        }
    }
    Ok(Exit::Done)
}

pub(crate) async fn set(args: &PolicySetArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let (file, hash) = match given(&args.file)? {
        Given::Snapshot(snapshot) => (snapshot.file, Some(snapshot.hash)),
        Given::Rules(file) => (file, None),
    };
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let base_hash = match args.base_hash.clone().or(hash) {
        Some(hash) => hash,
        None => read(&context, &mut gateway).await?.hash,
    };
    write(&context, &mut gateway, file, base_hash).await?;
    gateway.close().await;
    if !context.screen.json {
        context.screen.say("the rules are set")?;
    }
    Ok(Exit::Done)
}

/// The rules as they are.
pub(super) async fn read(
    context: &Context,
    gateway: &mut Reconnecting,
) -> anyhow::Result<ExecApprovalsSnapshot> {
    let params = ExecApprovalsGetParams {};
    Ok(context.call::<ExecApprovalsGet>(gateway, &params).await?)
}

/// Sets the rules, and prints the answer as JSON if that is wanted.
pub(super) async fn write(
    context: &Context,
    gateway: &mut Reconnecting,
    file: ExecApprovalsFile,
    base_hash: String,
) -> anyhow::Result<()> {
    let params = ExecApprovalsSetParams {
        file,
        base_hash: Some(base_hash),
    };
    let done = context.call::<ExecApprovalsSet>(gateway, &params).await;
    let done = done.map_err(|why| why.or_next("tidegate approvals policy get --json"))?;
    if context.screen.json {
        context.screen.say(&serde_json::to_string(&done)?)?;
    }
    Ok(())
}

fn given(path: &Path) -> anyhow::Result<Given> {
    let mut text = String::new();
    let name = path.display();
    let read = if path == Path::new("-") {
        std::io::stdin()
            .take(FILE_MAX_BYTES)
            .read_to_string(&mut text)
    } else {
        std::fs::File::open(path)
            .and_then(|file| file.take(FILE_MAX_BYTES).read_to_string(&mut text))
    };
    read.with_context(|| format!("cannot read {name}"))?;
    serde_json::from_str(&text).map_err(|why| {
        let what = format!("{name} holds no rules: {why}");
        Failure::new(Exit::Usage, what)
            .next("tidegate approvals policy get")
            .into()
    })
}
