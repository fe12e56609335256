//! `tidegate sessions`.

use tidegate_protocol::Scope;
use tidegate_protocol::api::sessions::{SessionsListParams, SessionsListResult};

use super::connection::Context;
use crate::args::{Globals, SessionsArgs};
use crate::exit::Exit;
use crate::output;

pub(crate) async fn run(args: &SessionsArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let params = SessionsListParams {
        limit: Some(args.limit),
        search: args.search.clone(),
        include_derived_titles: Some(true),
        include_last_message: Some(true),
        ..SessionsListParams::default()
    };
    let context = Context::new(globals)?;
    let gateway = context.connect(&[Scope::Read]).await?;
    let params = serde_json::to_value(params)?;
    let payload = context
        .raw(&gateway, "sessions.list", Some(&params))
        .await?;
    context.show(
        &payload,
        "sessions.list",
        |screen, list: &SessionsListResult| output::sessions(screen, list, args.search.as_deref()),
    )?;
    gateway.close().await;
    Ok(Exit::Done)
}
