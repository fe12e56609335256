//! `tidegate gateway discover`: who in the local network says that there is a gateway.

use std::time::Duration;

use serde_json::json;

use crate::args::{DiscoverArgs, Globals};
use crate::discovery::{Hint, browse};
use crate::exit::Exit;
use crate::output::{Align, Column, Failure, Screen, table, with_spinner};

pub(crate) async fn run(args: &DiscoverArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let screen = Screen::new(globals);
    let time = Duration::from_millis(args.timeout_ms);
    let found = with_spinner(&screen, "listening for gateways", browse(time))
        .await
        .map_err(|why| {
            Failure::new(
                Exit::Unreachable,
                format!("the local network cannot be listened to: {why}"),
            )
        })?;
    if screen.json {
        let gateways: Vec<_> = found
            .iter()
            .map(|hint| json!({ "url": hint.url(), "trusted": false, "hints": hint }))
            .collect();
        screen.say(&json!({ "gateways": gateways }).to_string())?;
    } else if found.is_empty() {
        screen.say("Nobody in the local network says that there is a gateway. One tells it with discovery.mdns.mode: \"minimal\".")?;
    } else {
        screen.say(&page(&screen, found.iter()))?;
    }
    Ok(Exit::Done)
}

fn page<'h>(screen: &Screen, found: impl Iterator<Item = &'h Hint>) -> String {
    let columns = [
        Column("NAME", Align::Left),
        Column("HOST", Align::Left),
        Column("ADDRESS", Align::Left),
    ];
    let rows: Vec<_> = found
        .map(|hint| vec![hint.name.clone(), hint.host.clone(), hint.url()])
        .collect();
    let caution =
        "Anybody in the network can say this: compare the fingerprint before you trust one.";
    format!(
        "{}\n\n{}",
        table(screen, &columns, &rows),
        screen.out().dim(caution)
    )
}
