//! `tidegate health`: a look at the gateway. It ends well whenever the gateway answers; `.ok` of
//! `--json` tells whether something needs attention.

use tidegate_core::{Clock, SystemClock};
use tidegate_protocol::Scope;
use tidegate_protocol::api::health::HealthSummary;

use super::connection::Context;
use crate::args::Globals;
use crate::exit::Exit;
use crate::output;

pub(crate) async fn run(globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Read]).await?;
    let payload = context.raw(&gateway, "health", None).await?;
    context.show(&payload, "health", |screen, health: &HealthSummary| {
        output::health(screen, health, SystemClock.now_ms())
    })?;
    gateway.close().await;
    Ok(Exit::Done)
}
