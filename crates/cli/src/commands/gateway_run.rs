//! `tidegate gateway`: runs the daemon in the foreground.
//!
//! The order is the point (F15): read the configuration, take the port, and only then touch what
//! others could see: state directory, lock, first configuration file, secret, log. What fails
//! before the end of this file fails with exit code 78: a supervisor must not try again.

mod listeners;
mod ports;
mod rival;
mod screen;

use std::sync::Arc;

use tidegate_core::{Clock, Secret, SystemClock, SystemIds};
use tidegate_gateway::Tls;
use tokio_util::sync::CancellationToken;

use crate::args::{GatewayRunArgs, Globals};
use crate::compose::{self, Daemon};
use crate::config::env::Environment;
use crate::config::{Bind, FileState, Loaded, LogLevel, Overrides, load, paths};
use crate::exit::Exit;
use crate::lifecycle::{self, Invocation};
use crate::logging::{self, LogFile, LogOptions};
use crate::output::{Failure, Screen};
use crate::{lock, owner_token, state_dir, tls_files, workspaces};
use listeners::Bound;
use ports::{Ports, listen};
pub(crate) use screen::Ready;

/// Runs the gateway until a signal stops it.
///
/// # Errors
/// It could not start, or serving failed.
pub(crate) async fn run(globals: &Globals, args: &GatewayRunArgs) -> anyhow::Result<Exit> {
    let invocation = Invocation::current()?;
    let inherited = lifecycle::inherited_listeners();
    lifecycle::harden();
    if args.token.is_some() {
        screen::warn(
            "--token: other users of this host can see it in the list of processes; --token-file hides it",
        );
    }
    let overrides = overrides(globals, args)?;
    // Before the configuration in it: that another user's cannot be read is not what is wrong.
    state_dir::refuse_foreign(&paths::state_dir(&overrides, &Environment::of_process())?)?;
    let loaded = load(&overrides)?;
    let Ports {
        bound,
        webchat,
        canvas,
    } = listen(&loaded, args.force, inherited).await?;
    let screen = Screen::new(globals);
    let start = prepare(loaded, args.verbose, &bound)?;

    let listeners: Vec<_> = bound
        .listeners
        .iter()
        .chain(&webchat)
        .chain(&canvas)
        .map(std::net::TcpListener::try_clone)
        .collect::<Result<_, _>>()?;
    let mut kept = Some(listeners);
    let stop = CancellationToken::new();
    let log = start.log.clone();
    let level = start.loaded.config.logging.level;
    let ports = Ports {
        bound,
        webchat,
        canvas,
    };
    let served = serve(start, ports, screen, stop.clone());
    let supervised = lifecycle::supervise(served, &stop, |restart| {
        tracing::info!(target: "tidegate::lifecycle", restart, "stopping");
        // Kept open only to be handed on: else who comes now would wait for nobody.
        if !restart {
            kept = None;
        }
    });
    let ended = tokio::select! {
        ended = supervised => ended?,
        never = lifecycle::at_each_user2(level_switch(log.clone(), level)) => match never? {},
    };
    let dropped = log.dropped();
    tracing::info!(target: "tidegate::lifecycle", clean = ended.result.is_some(), dropped, "stopped");
    log.flush();
    match ended.result {
        Some(result) => result?,
        None => return Ok(Exit::Failed),
    }
    match kept.filter(|_| ended.restart) {
        None => Ok(Exit::Done),
        Some(_) if lifecycle::supervised() => Ok(Exit::Temporary),
        Some(listeners) => Err(invocation.again(&listeners).into()),
    }
}

fn overrides(globals: &Globals, args: &GatewayRunArgs) -> anyhow::Result<Overrides> {
    let bind = args.bind.as_deref().map(str::parse::<Bind>).transpose();
    let bind =
        bind.map_err(|expected| Failure::new(Exit::Usage, format!("--bind: expected {expected}")))?;
    Ok(Overrides {
        profile: globals.profile.clone(),
        port: args.port,
        bind,
        token: args.token.clone().map(Secret::new),
        token_file: args.token_file.clone(),
        password_file: args.password_file.clone(),
        allow_unconfigured: args.allow_unconfigured,
        for_daemon: true,
        ..Overrides::default()
    })
}

/// What serving needs.
struct Start {
    loaded: Loaded,
    owner_token: Secret<String>,
    tls: Option<Tls>,
    made: Vec<String>,
    log: LogFile,
    _lock: lock::StateLock,
}

/// State directory, lock, configuration file, secret, log: in this order.
fn prepare(loaded: Loaded, verbose: bool, bound: &Bound) -> anyhow::Result<Start> {
    let mut made = Vec::new();
    let prepared = state_dir::prepare(&loaded.state_dir)?;
    if prepared.created {
        made.push(format!("{} (state directory)", loaded.state_dir.display()));
    }
    let port = ports::port_of(&bound.listeners);
    let lock = lock::acquire(&loaded.state_dir, port).map_err(rival::refused)?;
    match loaded.write_first_file() {
        Ok(false) => {}
        Ok(true) => made.push(format!("{} (configuration)", loaded.config_path.display())),
        Err(error) => screen::warn(&format!(
            "{} was not written: {error}",
            loaded.config_path.display()
        )),
    }
    made.extend(workspaces::prepare(&loaded.workspaces)?);
    let owner_token = if let Some(token) = &loaded.secrets.token {
        token.clone()
    } else {
        let (token, new) = owner_token::ensure(&loaded.state_dir, &SystemIds)?;
        if new {
            let path = loaded.state_dir.join(owner_token::FILE_NAME);
            made.push(format!("{} (the owner's secret)", path.display()));
        }
        token
    };
    let tls = prepare_tls(&loaded, bound, &mut made)?;
    let log = start_log(&loaded, &owner_token, verbose)?;
    tell(&loaded, &prepared.notices, bound.exposed);
    Ok(Start {
        loaded,
        owner_token,
        tls,
        made,
        log,
        _lock: lock,
    })
}

/// The certificate, made for the names of the bound addresses if there is none.
fn prepare_tls(
    loaded: &Loaded,
    bound: &Bound,
    made: &mut Vec<String>,
) -> Result<Option<Tls>, Failure> {
    let addresses: Vec<_> = bound
        .listeners
        .iter()
        .filter_map(|listener| listener.local_addr().ok())
        .collect();
    let gateway = &loaded.config.gateway;
    let names = compose::allowed_hosts(gateway, &addresses);
    let now = SystemClock.now_ms();
    let prepared = tls_files::prepare(&gateway.tls, &loaded.state_dir, names, now)?;
    Ok(prepared.map(|prepared| {
        made.extend(
            prepared
                .made
                .map(|path| format!("{} (certificate, with its key)", path.display())),
        );
        prepared.tls
    }))
}

fn start_log(
    loaded: &Loaded,
    owner_token: &Secret<String>,
    verbose: bool,
) -> anyhow::Result<LogFile> {
    let configured = loaded
        .config
        .logging
        .file
        .as_deref()
        .and_then(|path| Environment::of_process().rooted(path));
    let mut secrets = loaded.secrets.all();
    secrets.push(owner_token.clone());
    let options = LogOptions {
        target: logging::target(&loaded.state_dir, configured),
        level: loaded.config.logging.level,
        verbose,
        secrets,
        clock: Arc::new(SystemClock),
    };
    let log = logging::start(options).map_err(|error| {
        Failure::new(Exit::Config, format!("the log cannot be written: {error}"))
    })?;
    // One line, without what the panic says: that may be content.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic
            .location()
            .map_or_else(String::new, ToString::to_string);
        let thread = std::thread::current().name().unwrap_or("?").to_owned();
        tracing::error!(target: "tidegate::panic", at, thread, "a bug ended this piece of work");
    }));
    Ok(log)
}

/// Between the configured level and `debug`, and back.
fn level_switch(log: LogFile, configured: LogLevel) -> impl FnMut() {
    let mut more = false;
    move || {
        more = !more;
        log.set_level(if more { LogLevel::Debug } else { configured });
        tracing::warn!(target: "tidegate::log", more, "the level of the log was switched by SIGUSR2");
    }
}

/// The first lines of the log: what is wrong or odd.
fn tell(loaded: &Loaded, notices: &[String], exposed: bool) {
    if let FileState::LastKnownGood { problem } = &loaded.source {
        tracing::error!(target: "tidegate::config", "{problem}");
    }
    for issue in &loaded.issues {
        tracing::error!(target: "tidegate::config", key = issue.path, "{}", issue.message);
    }
    for warning in &loaded.warnings {
        tracing::warn!(target: "tidegate::config", key = warning.path, "{}", warning.message);
    }
    for notice in notices {
        tracing::warn!(target: "tidegate::state", "{notice}");
    }
    if let Some(problem) = compose::fence::problem(loaded) {
        tracing::warn!(target: "tidegate::exec", "{problem}");
    }
    if exposed && !loaded.config.gateway.tls.enabled {
        let port = loaded.config.gateway.port;
        tracing::warn!(
            target: "tidegate::listen",
            "the gateway can be reached beyond this host and its traffic is not encrypted; safer is gateway.tls.enabled, or --bind loopback and a tunnel: ssh -L {port}:127.0.0.1:{port} THIS-HOST"
        );
    }
}

async fn serve(
    start: Start,
    ports: Ports,
    screen: Screen,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let Ports {
        bound,
        webchat,
        canvas,
    } = ports;
    let Start {
        loaded,
        owner_token,
        tls,
        made,
        log,
        _lock,
    } = start;
    let lines = screen::Lines::new(
        &loaded,
        made,
        &bound.listeners,
        &webchat,
        tls.as_ref(),
        &log,
        screen,
    )
    .with_canvas(&canvas, tls.is_some());
    let good = loaded.clone();
    let ready = Box::new(move |ready: Ready| {
        if let Err(error) = good.remember_good() {
            tracing::warn!(target: "tidegate::config", %error, "no copy of the configuration could be kept");
        }
        lines.print(&ready);
        lifecycle::notify_ready();
    });
    let password = loaded.secrets.password.clone();
    let listeners = bound.listeners;
    let daemon = Daemon {
        loaded,
        listeners,
        webchat_listeners: webchat,
        canvas_listeners: canvas,
        owner_token,
        password,
        tls,
        log,
        stop,
        ready,
    };
    compose::serve(daemon).await
}
