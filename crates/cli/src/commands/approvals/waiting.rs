//! What waits for a decision, and what got one.

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_client::Reconnecting;
use tidegate_core::approval::ID_BEGINNING;
use tidegate_core::{Clock, SystemClock};
use tidegate_protocol::Scope;
use tidegate_protocol::api::approvals::{
    EXEC_APPROVAL_HISTORY_MAX, ExecApprovalAsked, ExecApprovalGet, ExecApprovalGetParams,
    ExecApprovalGetResult, ExecApprovalHistory, ExecApprovalHistoryParams,
    ExecApprovalHistoryResult, ExecApprovalList, ExecApprovalListParams, ExecApprovalListResult,
};

use crate::args::{ApprovalArgs, ApprovalsListArgs, Globals};
use crate::commands::connection::Context;
use crate::commands::meant::begins;
use crate::exit::Exit;
use crate::output::{self, Failure};

/// What shows the ids.
pub(super) const LIST: &str = "tidegate approvals list";
/// What shows the ids, those of questions that ended too, and how much of one to say.
pub(super) const SHOWN: &str = "say at least the first 8 characters of an id; what waits: `tidegate \
    approvals list`; what ended: `tidegate approvals list --ended`";
/// Between two looks with `--watch`: short against the two minutes that a question waits.
const LOOK: Duration = Duration::from_secs(1);

pub(crate) async fn list(args: &ApprovalsListArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Approvals]).await?;
    let screen = &context.screen;
    if args.watch {
        watch(&context, &mut gateway).await?;
    } else if args.ended {
        let list = history(&context, &mut gateway).await?;
        if screen.json {
            screen.say(&serde_json::to_string(&list)?)?;
        } else {
            screen.say(&output::ended_questions(screen, &list.ended, now_ms()))?;
        }
    } else {
        let list = look(&context, &mut gateway).await?;
        if screen.json {
            screen.say(&serde_json::to_string(&list)?)?;
        } else {
            screen.say(&output::questions(screen, &list.0, now_ms()))?;
        }
    }
    gateway.close().await;
    Ok(Exit::Done)
}

fn now_ms() -> u64 {
    SystemClock.now_ms()
}

/// The newest that ended.
pub(super) async fn history(
    context: &Context,
    gateway: &mut Reconnecting,
) -> Result<ExecApprovalHistoryResult, Failure> {
    let params = ExecApprovalHistoryParams {
        limit: Some(EXEC_APPROVAL_HISTORY_MAX),
        before: None,
    };
    context.call::<ExecApprovalHistory>(gateway, &params).await
}

/// The question that was meant, by its id or the beginning of it; also one that ended.
pub(super) async fn named(
    context: &Context,
    gateway: &mut Reconnecting,
    meant: &str,
) -> Result<ExecApprovalGetResult, Failure> {
    let of = |id: &str| ExecApprovalGetParams { id: id.to_owned() };
    let why = match context.call::<ExecApprovalGet>(gateway, &of(meant)).await {
        Ok(found) => return Ok(found),
        Err(why) => why.or_next(SHOWN),
    };
    let Ok(list) = history(context, gateway).await else {
        return Err(why);
    };
    match only(list.ended.iter().map(|one| one.asked.id.as_str()), meant) {
        Some(id) => context.call::<ExecApprovalGet>(gateway, &of(id)).await,
        None => Err(why),
    }
}

/// The only one of these that begins so.
fn only<'i>(ids: impl Iterator<Item = &'i str>, meant: &str) -> Option<&'i str> {
    let mut found = ids.filter(|id| begins(id, meant, ID_BEGINNING));
    match (found.next(), found.next()) {
        (Some(id), None) => Some(id),
        _ => None,
    }
}

/// Shows each question once; it ends with the gateway, or with the reader.
async fn watch(context: &Context, gateway: &mut Reconnecting) -> anyhow::Result<()> {
    let screen = &context.screen;
    if !screen.json {
        screen.note(&screen.hint("All of one: tidegate approvals show ID"));
        screen.say(&output::questions_head(screen))?;
    }
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
        Ok(output::question_line(&context.screen, one, now_ms()))
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
    let found = named(&context, &mut gateway, &args.id).await?;
    gateway.close().await;
    let screen = &context.screen;
    if screen.json {
        screen.say(&serde_json::to_string(&found)?)?;
    } else {
        screen.say(&output::one_command(screen, &found))?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_is_named_by_the_beginning_that_the_list_shows() {
        let ids = ["6c7cd23f-1", "6d314e13-2", "6d314e13-3"];
        let of = |meant: &str| only(ids.into_iter(), meant);
        assert_eq!(of("6c7cd23f"), Some("6c7cd23f-1"));
        assert_eq!(of("6d314e13"), None, "two begin so");
        assert_eq!(of("6c7cd23"), None, "too little");
        assert!(SHOWN.contains(&format!("first {ID_BEGINNING} characters")));
    }
}
