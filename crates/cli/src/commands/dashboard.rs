//! `tidegate dashboard`: a link that signs one browser in, once (DECISIONS D10).

use serde_json::json;
use tidegate_core::{Clock, SystemClock};
use tidegate_protocol::Scope;
use tidegate_protocol::api::connect::{DashboardLink, NoParams};

use super::browser::show;
use super::connection::Context;
use crate::args::{DashboardArgs, Globals};
use crate::exit::Exit;
use crate::output::duration;

pub(crate) async fn run(args: &DashboardArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let context = Context::new(globals)?;
    let mut gateway = context.connect(&[Scope::Admin]).await?;
    let link = context
        .call::<DashboardLink>(&mut gateway, &NoParams {})
        .await?;
    // In the fragment, which no browser sends anywhere.
    let url = format!("{}/#code={}", context.target.address.page(), link.code);
    let screen = &context.screen;
    if screen.json {
        screen.say(&json!({ "url": url, "expiresAtMs": link.expires_at_ms }).to_string())?;
    } else if screen.out_is_terminal {
        let left = duration(
            link.expires_at_ms
                .saturating_sub(SystemClock.now_ms())
                .div_ceil(1_000)
                * 1_000,
        );
        let opened = !args.no_open && show(&url);
        let words = if opened {
            "Opening the page. If nothing happens, open"
        } else {
            "Open"
        };
        let hint = screen
            .out()
            .dim(&format!("The link works once, within {left}."));
        screen.say(&format!(
            "{words} this link:\n\n  {}\n\n{hint}",
            screen.out().cyan(&url)
        ))?;
    } else {
        screen.say(&url)?;
    }
    gateway.close().await;
    Ok(Exit::Done)
}
