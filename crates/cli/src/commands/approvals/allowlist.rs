//! Single entries of the rules.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::Value;
use tidegate_client::fresh_id;
use tidegate_core::exec::{ApprovalsFile, Entry, Input, Place, Subject};
use tidegate_core::{Clock, SystemClock, SystemIds};
use tidegate_exec::{Executor, Request, WardenCommand};
use tidegate_protocol::Scope;
use tidegate_protocol::api::approvals::ExecApprovalsFile;

use super::policy::{read, write};
use crate::args::{AllowlistAddArgs, AllowlistRemoveArgs, Globals};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output::{self, Failure};

pub(crate) async fn entries(globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let there = read(&context, &mut gateway).await?;
    gateway.close().await;
    let screen = &context.screen;
    let lists = &there.file.agents;
    if screen.json {
        let lists: BTreeMap<_, _> = lists
            .iter()
            .map(|(agent, rules)| (agent, &rules.allowlist))
            .collect();
        screen.say(&serde_json::to_string(&lists)?)?;
    } else {
        screen.say(&output::allowlist(screen, lists))?;
    }
    Ok(Exit::Done)
}

/// Looks at the program here, so it must be the machine where it would run.
pub(crate) async fn add(args: &AllowlistAddArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    if !context.target.address.is_loopback() {
        let what = "an entry holds the hash of a program, which is looked at here: add it on the gateway's own machine";
        return Err(Failure::new(Exit::Usage, what.to_owned())
            .next("tidegate approvals approve ID --always")
            .into());
    }
    let subject = look(args).await?;
    let entry = Entry::remember(&subject, fresh_id(), SystemClock.now_ms()).map_err(|why| {
        Failure::new(Exit::Failed, why.to_string()).next("tidegate approvals --watch")
    })?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let there = read(&context, &mut gateway).await?;
    let mut rules: ApprovalsFile = convert(&there.file)?;
    rules.allow(&args.agent, entry);
    write(&context, &mut gateway, convert(&rules)?, there.hash).await?;
    gateway.close().await;
    let screen = &context.screen;
    if !screen.json {
        screen.say(&format!(
            "from now on {} runs without asking, with exactly these arguments in {}",
            subject.executable.path, subject.cwd.path
        ))?;
    }
    Ok(Exit::Done)
}

pub(crate) async fn remove(args: &AllowlistRemoveArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let mut there = read(&context, &mut gateway).await?;
    let gone = take_away(&mut there.file, &args.entry);
    if gone == 0 {
        let what = format!("no entry has the id or pattern {:?}", args.entry);
        return Err(Failure::new(Exit::Failed, what)
            .next("tidegate approvals allowlist list")
            .into());
    }
    write(&context, &mut gateway, there.file, there.hash).await?;
    gateway.close().await;
    if !context.screen.json {
        context.screen.say(&format!("{gone} taken away"))?;
    }
    Ok(Exit::Done)
}

/// Takes away the entry with this id, or those without one that have this pattern.
fn take_away(file: &mut ExecApprovalsFile, name: &str) -> usize {
    let mut gone = 0;
    for rules in file.agents.values_mut() {
        let before = rules.allowlist.len();
        rules.allowlist.retain(|entry| {
            let field = |key: &str| entry.get(key).and_then(Value::as_str);
            field("id").or_else(|| field("pattern")) != Some(name)
        });
        gone += before - rules.allowlist.len();
    }
    gone
}

/// What these words would run, here and now. Nothing is run.
async fn look(args: &AllowlistAddArgs) -> anyhow::Result<Subject> {
    let here = std::env::current_dir().context("this directory cannot be read")?;
    let cwd = args.cwd.as_deref().unwrap_or(Path::new("."));
    let cwd = here.join(cwd).canonicalize();
    let cwd = cwd.context("the directory of the command cannot be read")?;
    let executor = Executor::new(
        Place::Gateway,
        here,
        WardenCommand::this_binary(),
        Arc::new(SystemIds),
    );
    let request = Request {
        argv: args.argv.clone(),
        cwd: Some(cwd.to_string_lossy().into_owned()),
        environment: BTreeMap::new(),
        input: Input::None,
    };
    let looked = executor.look(request).await;
    executor.close().await;
    looked.map_err(|why| {
        Failure::new(Exit::Failed, why.to_string())
            .next("tidegate approvals allowlist add -- PROGRAM ARGUMENTS")
            .into()
    })
}

/// The same rules in the other form.
fn convert<T: serde::de::DeserializeOwned>(rules: &impl serde::Serialize) -> anyhow::Result<T> {
    serde_json::from_value(serde_json::to_value(rules)?).context("the rules cannot be read")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_is_named_by_its_id_and_one_without_by_its_pattern() {
        let file = || -> ExecApprovalsFile {
            let lists = json!({
                "main": { "allowlist": [{ "id": "1", "pattern": "/bin/a" }, { "pattern": "/bin/a" }] },
                "*": { "ask": "always", "allowlist": [{ "pattern": "/bin/b" }] },
            });
            serde_json::from_value(json!({ "version": 1, "agents": lists })).unwrap()
        };
        for (name, gone) in [("1", 1), ("/bin/a", 1), ("/bin/b", 1), ("/bin/c", 0)] {
            let mut rules = file();
            assert_eq!(take_away(&mut rules, name), gone, "{name}");
            let left: usize = rules.agents.values().map(|one| one.allowlist.len()).sum();
            assert_eq!(left, 3 - gone, "{name}");
        }
    }
}
