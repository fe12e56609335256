//! `tidegate trace`: where a message went.

use tidegate_protocol::Scope;
use tidegate_protocol::api::delivery::{MessagesTraceParams, MessagesTraceResult};

use super::connection::Context;
use crate::args::{Globals, TraceArgs};
use crate::exit::Exit;
use crate::output::{self, Failure};

/// Ends well only if the message is known.
pub(crate) async fn run(args: &TraceArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let params = MessagesTraceParams {
        id: args.id.clone(),
    };
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Read]).await?;
    let params = serde_json::to_value(params)?;
    let payload = context
        .raw(&gateway, "messages.trace", Some(&params))
        .await?;
    gateway.close().await;
    let screen = &context.screen;
    let found: MessagesTraceResult = context.read(&payload, "messages.trace")?;
    if screen.json {
        screen.payload(&payload)?;
    }
    if found.messages.is_empty() {
        let what = format!("no message is known by {:?}", args.id);
        return Err(Failure::new(Exit::Failed, what)
            .next("give the network's id of the message, the run, or the name in `tidegate outbox list`; a message of somebody who is not let in is not kept")
            .into());
    }
    if !screen.json {
        screen.say(&output::trace(screen, &found))?;
    }
    Ok(Exit::Done)
}
