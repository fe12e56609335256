//! `tidegate node status`.

use tidegate_node::{Home, Phase, Status};

use super::entry::home_found;
use super::unit;
use super::words::{join_again, program, unusable};
use crate::args::Globals;
use crate::exit::Exit;
use crate::output::{Failure, Screen, one_line};

/// Says what the node host of this user is doing.
///
/// # Errors
/// None runs, or its files cannot be read.
pub(crate) fn run(globals: &Globals) -> anyhow::Result<Exit> {
    let screen = Screen::new(globals);
    let home = home_found(globals)?;
    let running = home.as_ref().map(Home::status).transpose();
    let Some(status) = running.map_err(unusable)?.flatten() else {
        return Err(none(globals, home.as_ref())?.into());
    };
    if screen.json {
        screen.say(&serde_json::to_string(&status)?)?;
    } else {
        screen.say(&lines(&status))?;
    }
    Ok(Exit::Done)
}

/// None runs; if the last one was not let in any more, starting it again would not help.
fn none(globals: &Globals, home: Option<&Home>) -> Result<Failure, Failure> {
    let last = home.map(Home::last_status).transpose();
    let last = last.map_err(unusable)?.flatten();
    let none = "no node host runs here";
    let out = last.as_ref().and_then(|last| match last.phase {
        Phase::PutOut => Some((last, "the gateway put it out")),
        Phase::NotLetIn => Some((last, "the gateway did not let it in")),
        _ => None,
    });
    Ok(match out {
        Some((last, what)) => {
            let why = one_line(last.why.as_deref().unwrap_or_default(), 200);
            Failure::new(Exit::Unreachable, format!("{none}: {what} ({why})"))
                .next(join_again(globals))
                .elsewhere()
        }
        None => Failure::new(Exit::Unreachable, none)
            .next(format!(
                "start one with `{} node run`, or `systemctl --user start {}`",
                program(globals),
                unit::name(globals.profile.as_deref())
            ))
            .elsewhere(),
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
        Phase::NotLetIn => "not let in by the gateway",
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
