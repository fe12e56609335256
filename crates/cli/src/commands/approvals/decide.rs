//! A decision at the terminal.

use tidegate_protocol::Scope;
use tidegate_protocol::api::approvals::{
    ExecApprovalGet, ExecApprovalGetParams, ExecApprovalResolve, ExecApprovalResolveParams,
};

use crate::args::{ApprovalArgs, ApproveArgs, Globals};
use crate::commands::connection::Context;
use crate::exit::Exit;
use crate::output;

use super::waiting::LIST;

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
    let named = ExecApprovalGetParams { id: id.to_owned() };
    let found = context.call::<ExecApprovalGet>(&mut gateway, &named).await;
    let found = found.map_err(|why| why.or_next(LIST))?;
    let params = ExecApprovalResolveParams {
        id: found.asked.id.clone(),
        decision: decision.to_owned(),
    };
    let done = context
        .call::<ExecApprovalResolve>(&mut gateway, &params)
        .await;
    let done = done.map_err(|why| why.or_next(LIST))?;
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
