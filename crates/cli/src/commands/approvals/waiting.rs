//! What waits for a decision.

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_client::Reconnecting;
use tidegate_protocol::Scope;
use tidegate_protocol::api::approvals::{
    ExecApprovalAsked, ExecApprovalGet, ExecApprovalGetParams, ExecApprovalList,
    ExecApprovalListParams, ExecApprovalListResult,
};

use crate::args::{ApprovalArgs, ApprovalsListArgs, Globals};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output;

/// What shows the ids.
pub(super) const LIST: &str = "tidegate approvals list";
/// Between two looks with `--watch`: short against the two minutes that a question waits.
const LOOK: Duration = Duration::from_secs(1);

pub(crate) async fn list(args: &ApprovalsListArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Approvals]).await?;
    if args.watch {
        watch(&context, &mut gateway).await?;
    } else {
        let list = look(&context, &mut gateway).await?;
        let screen = &context.screen;
        if screen.json {
            screen.say(&serde_json::to_string(&list)?)?;
        } else {
            screen.say(&output::waiting_commands(screen, &list.0))?;
        }
    }
    gateway.close().await;
    Ok(Exit::Done)
}

/// Shows each question once; it ends with the gateway, or with the reader.
async fn watch(context: &Context, gateway: &mut Reconnecting) -> anyhow::Result<()> {
    let screen = &context.screen;
    let mut seen = BTreeSet::new();
    loop {
        let open = look(context, gateway).await?.0;
        for one in &open {
            if seen.contains(&one.id) {
                continue;
            }
            screen.say(&told(context, one)?)?;
        }
        seen = open.into_iter().map(|one| one.id).collect();
        tokio::time::sleep(LOOK).await;
    }
}

fn told(context: &Context, one: &ExecApprovalAsked) -> serde_json::Result<String> {
    if context.screen.json {
        serde_json::to_string(one)
    } else {
        Ok(output::waiting_command(&context.screen, one) + "\n")
    }
}

async fn look(
    context: &Context,
    gateway: &mut Reconnecting,
) -> anyhow::Result<ExecApprovalListResult> {
    let params = ExecApprovalListParams {};
    Ok(context.call::<ExecApprovalList>(gateway, &params).await?)
}

pub(crate) async fn show(args: &ApprovalArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Approvals]).await?;
    let params = ExecApprovalGetParams {
        id: args.id.clone(),
    };
    let found = context.call::<ExecApprovalGet>(&mut gateway, &params).await;
    let found = found.map_err(|why| why.or_next(LIST))?;
    gateway.close().await;
    let screen = &context.screen;
    if screen.json {
        screen.say(&serde_json::to_string(&found)?)?;
    } else {
        screen.say(&output::one_command(screen, &found))?;
    }
    Ok(Exit::Done)
}
