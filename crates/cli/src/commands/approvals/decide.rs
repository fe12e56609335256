//! A decision at the terminal.

use tidegate_client::Reconnecting;
use tidegate_core::{Clock, SystemClock};
use tidegate_protocol::Scope;
use tidegate_protocol::api::approvals::{
    ExecApprovalGetResult, ExecApprovalResolve, ExecApprovalResolveParams,
};

use crate::args::{ApprovalArgs, ApproveArgs, Globals};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output::{self, Failure, age, ended, one_line};

use super::waiting::{LIST, history, named};

pub(crate) async fn approve(args: &ApproveArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let decision = if args.always {
        "allow-always"
    } else {
        "allow-once"
    };
    decide(&args.id, decision, globals).await
}

pub(crate) async fn deny(args: &ApprovalArgs, globals: &Globals) -> anyhow::Result<Exit> {
    decide(&args.id, "deny", globals).await
}

/// Decides, and shows what that was about.
async fn decide(id: &str, decision: &str, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Approvals]).await?;
    let found = named(&context, &mut gateway, id).await?;
    if found.outcome.0.is_some() {
        return Err(too_late(&context, &mut gateway, &found).await.into());
    }
    let params = ExecApprovalResolveParams {
        id: found.asked.id.clone(),
        decision: decision.to_owned(),
    };
    let done = context
        .call::<ExecApprovalResolve>(&mut gateway, &params)
        .await;
    let done = match done {
        Ok(done) => done,
        Err(why) => {
            // Somebody else may have been first, in this moment.
            let again = named(&context, &mut gateway, &params.id).await;
            return Err(match again {
                Ok(found) if found.outcome.0.is_some() => {
                    too_late(&context, &mut gateway, &found).await.into()
                }
                _ => why.or_next(LIST).into(),
            });
        }
    };
    gateway.close().await;
    let screen = &context.screen;
    if screen.json {
        let told = serde_json::json!({ "ok": done.ok, "id": params.id, "decision": decision });
        screen.say(&told.to_string())?;
    } else {
        screen.say(&output::waiting_command(screen, &found.asked))?;
        let word = match decision {
            "allow-once" => "allowed once",
            "allow-always" => "allowed, now and always exactly so",
            _ => "denied",
        };
        screen.say(&format!("\n{word}"))?;
    }
    Ok(Exit::Done)
}

/// The first decision counts: says which that was, whose and when.
async fn too_late(
    context: &Context,
    gateway: &mut Reconnecting,
    found: &ExecApprovalGetResult,
) -> Failure {
    let id = &found.asked.id;
    let ended_at = history(context, gateway).await.ok().and_then(|list| {
        let of = list.ended.into_iter().find(|one| one.asked.id == *id);
        of.map(|one| one.ended_at_ms)
    });
    let mut what = "this is over: ".to_owned();
    what.push_str(found.outcome.0.map_or("decided", ended));
    if let Some(by) = &found.resolved_by.0 {
        what.push_str(" by ");
        what.push_str(&one_line(by, 100));
    }
    if let Some(at_ms) = ended_at {
        what.push_str(", ");
        what.push_str(&age(at_ms, SystemClock.now_ms()));
    }
    Failure::new(Exit::Failed, what).next(
        "what waits: `tidegate approvals list`; what ended: `tidegate approvals list --ended`",
    )
}
