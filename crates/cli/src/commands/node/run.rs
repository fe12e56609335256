//! `tidegate node run`.

use std::sync::Arc;

use tidegate_core::{SystemClock, SystemIds};
use tidegate_exec::WardenCommand;
use tidegate_node::{HomeError, Host, Phase, Status};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::entry::{Entry, home};
use super::words::unusable;
use crate::args::{Globals, NodeRunArgs};
use crate::exit::Exit;
use crate::lifecycle;
use crate::output::Screen;

/// Runs the node host until a signal stops it.
///
/// # Errors
/// It could not start, or the gateway is not to be trusted.
pub(crate) async fn run(globals: &Globals, args: &NodeRunArgs) -> anyhow::Result<Exit> {
    lifecycle::harden();
    log(args.verbose);
    let screen = Screen::new(globals);
    alone(globals)?;
    let mut entry = Entry::of(globals, &args.entry)?;
    entry.warn(&screen);
    loop {
        let host = Host::open(
            entry.home.clone(),
            entry.access.clone(),
            WardenCommand::this_binary(),
            Arc::new(SystemClock),
            Arc::new(SystemIds),
        );
        let host = host.await.map_err(unusable)?;
        introduce(&screen, &host)?;
        let watching = tell_changes(&screen, host.watch());
        let stop = host.stopper();
        let ended = tokio::select! {
            ended = host.run() => ended,
            never = watching => match never? {},
            never = at_signals(&stop) => match never? {},
        };
        match ended {
            Ok(()) => return Ok(Exit::Done),
            Err(why) if entry.ask(&screen, &why)? => {}
            Err(why) => return Err(entry.failure(&why).into()),
        }
    }
}

/// Before anything is noted: what one host is told must not be the next start of another.
fn alone(globals: &Globals) -> anyhow::Result<()> {
    if home(globals)?.is_taken().map_err(unusable)? {
        return Err(unusable(HomeError::Taken).into());
    }
    Ok(())
}

fn log(verbose: bool) {
    let level = if verbose {
        tracing::Level::INFO
    } else {
        tracing::Level::WARN
    };
    let log = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_max_level(level);
    // One that is there already is as good.
    let _ = log.try_init();
}

fn introduce(screen: &Screen, host: &Host) -> anyhow::Result<()> {
    screen.say(&format!("node      {}", host.device_id()))?;
    screen.say(&format!("offers    {}", host.commands().join(", ")))?;
    for missing in host.missing() {
        screen.say(&format!("without   {}: {}", missing.what, missing.why))?;
    }
    Ok(())
}

/// Says each change once.
async fn tell_changes(
    screen: &Screen,
    mut status: watch::Receiver<Status>,
) -> anyhow::Result<std::convert::Infallible> {
    let mut said = String::new();
    loop {
        let line = words(&status.borrow_and_update());
        if let Some(line) = line.filter(|line| *line != said) {
            screen.say(&line)?;
            said = line;
        }
        if status.changed().await.is_err() {
            // The host is going, and its end is waited for elsewhere.
            std::future::pending::<()>().await;
        }
    }
}

fn words(status: &Status) -> Option<String> {
    let gateway = status.gateway.as_deref().unwrap_or_default();
    let why = status.why.as_deref().unwrap_or_default();
    match status.phase {
        // Why it ends is an error, which is said at the end.
        Phase::Starting | Phase::Connecting | Phase::PutOut | Phase::NotLetIn => None,
        Phase::Connected => Some(format!("connected {gateway}")),
        Phase::WaitingForApproval => Some(format!(
            "waiting   for approval: `tidegate devices approve` on the gateway ({gateway})"
        )),
        Phase::Waiting => Some(format!("waiting   {why}; trying again")),
        Phase::Stopping => Some("stopping".to_owned()),
    }
}

/// The first signal asks for a proper end, the second one ends the process as it is: whatever runs
/// under it ends with it.
async fn at_signals(stop: &CancellationToken) -> anyhow::Result<std::convert::Infallible> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    loop {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        if stop.is_cancelled() {
            anyhow::bail!("stopped before everything had ended");
        }
        stop.cancel();
    }
}
