//! `tidegate node status`.

use tidegate_node::{Phase, Status};

use super::entry::{home, unusable};
use crate::args::Globals;
use crate::exit::Exit;
use crate::output::{Failure, Screen, one_line};

/// Says what the node host of this user is doing.
///
/// # Errors
/// None runs, or its files cannot be read.
pub(crate) fn run(globals: &Globals) -> anyhow::Result<Exit> {
    let screen = Screen::new(globals);
    let status = home(globals)?.status().map_err(unusable)?;
    let Some(status) = status else {
        return Err(Failure::new(Exit::Unreachable, "no node host runs here")
            .next("start one with `tidegate node run`, or `systemctl --user start tidegate-node`")
            .into());
    };
    if screen.json {
        screen.say(&serde_json::to_string(&status)?)?;
    } else {
        screen.say(&lines(&status))?;
    }
    Ok(Exit::Done)
}

fn lines(status: &Status) -> String {
    let phase = match status.phase {
        Phase::Starting => "starting",
        Phase::Connecting => "connecting",
        Phase::WaitingForApproval => "waiting for approval (`tidegate devices approve`)",
        Phase::Connected => "connected",
        Phase::Waiting => "waiting to try again",
        Phase::Stopping => "stopping",
    };
    let mut lines = vec![
        format!("node      {} (process {})", status.device_id, status.pid),
        format!("state     {phase}"),
    ];
    let gateway = status.gateway.as_deref();
    lines.extend(gateway.map(|url| format!("gateway   {url}")));
    let certificate = status.certificate.as_deref();
    lines.extend(certificate.map(|pin| format!("shows     {pin}")));
    let why = status.why.as_deref();
    lines.extend(why.map(|why| format!("because   {}", one_line(why, 200))));
    lines.push(format!("offers    {}", status.commands.join(", ")));
    lines.join("\n")
}
