//! `tidegate node status`.

use tidegate_node::{Home, Phase, Status};

use super::entry::{JOIN_AGAIN, home, unusable};
use crate::args::Globals;
use crate::exit::Exit;
use crate::output::{Failure, Screen, one_line};

/// Says what the node host of this user is doing.
///
/// # Errors
/// None runs, or its files cannot be read.
pub(crate) fn run(globals: &Globals) -> anyhow::Result<Exit> {
    let screen = Screen::new(globals);
    let home = home(globals)?;
    let Some(status) = home.status().map_err(unusable)? else {
        return Err(none(&home)?.into());
    };
    if screen.json {
        screen.say(&serde_json::to_string(&status)?)?;
    } else {
        screen.say(&lines(&status))?;
    }
    Ok(Exit::Done)
}

/// None runs; if the last one was put out, starting it again would not help.
fn none(home: &Home) -> Result<Failure, Failure> {
    let last = home.last_status().map_err(unusable)?;
    let put_out = last.filter(|last| last.phase == Phase::PutOut);
    let none = "no node host runs here";
    Ok(match put_out {
        Some(last) => {
            let why = one_line(last.why.as_deref().unwrap_or_default(), 200);
            Failure::new(
                Exit::Unreachable,
                format!("{none}: the gateway put it out ({why})"),
            )
            .next(JOIN_AGAIN)
            .elsewhere()
        }
        None => Failure::new(Exit::Unreachable, none)
            .next("start one with `tidegate node run`, or `systemctl --user start tidegate-node`"),
    })
}

fn lines(status: &Status) -> String {
    let phase = match status.phase {
        Phase::Starting => "starting",
        Phase::Connecting => "connecting",
        Phase::WaitingForApproval => "waiting for approval (`tidegate devices approve`)",
        Phase::Connected => "connected",
        Phase::Waiting => "waiting to try again",
        Phase::Stopping => "stopping",
        Phase::PutOut => "put out by the owner of the gateway",
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
