//! `tidegate sessions`.

use serde_json::value::to_raw_value;
use tidegate_protocol::Scope;
use tidegate_protocol::api::sessions::{SessionsList, SessionsListParams};

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
    let mut gateway = context.connect(&[Scope::Read]).await?;
    let list = context.call::<SessionsList>(&mut gateway, &params).await?;
    let screen = &context.screen;
    if screen.json {
        screen.payload(&to_raw_value(&list)?)?;
    } else {
        screen.say(&output::sessions(screen, &list, args.search.as_deref()))?;
    }
    gateway.close().await;
    Ok(Exit::Done)
}
