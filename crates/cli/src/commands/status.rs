//! `tidegate status`: the gateway, its page, its agent and its recent sessions.

use tidegate_protocol::Scope;
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::health::{Health, HealthParams, Status, StatusSummary};

use super::connection::{Context, client};
use crate::args::Globals;
use crate::exit::Exit;
use crate::output::{self, Reached};

pub(crate) async fn run(globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Read]).await?;
    let client = client(&gateway)?;
    let screen = &context.screen;
    if screen.json {
        screen.payload(&context.raw(&gateway, "status", None).await?)?;
    } else {
        let (none, cached) = (NoParams {}, HealthParams::default());
        let (status, health) =
            tokio::join!(client.call::<Status>(&none), client.call::<Health>(&cached));
        let status: StatusSummary = status.map_err(|why| context.failure(&why, "status"))?;
        let reached = Reached {
            address: &context.target.address,
            certificate: client.certificate(),
            hello: client.hello(),
            status: &status,
            health: health.as_ref().ok(),
        };
        screen.say(&output::status(screen, &reached))?;
    }
    gateway.close().await;
    Ok(Exit::Done)
}
