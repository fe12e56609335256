//! `tidegate gateway`: runs the daemon in the foreground.
//!
//! The order is the point (F15): read the configuration, take the port, and only then touch what
//! others could see: state directory, lock, first configuration file, secret, log. What fails
//! before the end of this file fails with exit code 78: a supervisor must not try again.

mod listeners;
mod screen;

use std::sync::Arc;

use tidegate_core::{Secret, SystemClock, SystemIds};
use tokio_util::sync::CancellationToken;

use crate::args::{GatewayRunArgs, Globals};
use crate::compose::{self, Daemon};
use crate::config::{Bind, Config, FileState, Loaded, LogLevel, Overrides, env::Environment, load};
use crate::exit::Exit;
use crate::lifecycle::{self, Invocation};
use crate::logging::{self, LogFile, LogOptions};
use crate::output::Failure;
use crate::{force, lock, owner_token, state_dir};
use listeners::{Bound, Taken};
pub(crate) use screen::Ready;

/// Letters of a token that may be shown to the network.
const MIN_TOKEN_CHARS: usize = 32;
/// Letters of a password that may be asked for over the network.
const MIN_PASSWORD_CHARS: usize = 12;

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
    let loaded = load(&overrides(globals, args)?)?;
    let (bound, webchat) = listen(&loaded, args.force, inherited).await?;
    let start = prepare(loaded, args.verbose, bound.exposed)?;

    let listeners: Vec<_> = bound
        .listeners
        .iter()
        .chain(&webchat)
        .map(std::net::TcpListener::try_clone)
        .collect::<Result<_, _>>()?;
    let mut kept = Some(listeners);
    let stop = CancellationToken::new();
    let log = start.log.clone();
    let level = start.loaded.config.logging.level;
    let served = serve(start, bound, webchat, stop.clone());
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

/// Takes the ports. Nothing was made before this.
async fn listen(
    loaded: &Loaded,
    force: bool,
    mut inherited: Vec<std::net::TcpListener>,
) -> anyhow::Result<(Bound, Vec<std::net::TcpListener>)> {
    let gateway = &loaded.config.gateway;
    let addresses = listeners::addresses(gateway.bind, gateway.custom_bind_host.as_deref());
    let exposed = addresses.iter().any(|address| !address.is_loopback());
    if exposed {
        strong_enough(&loaded.config, loaded)?;
    }
    let webchat_port = loaded.config.webchat.port;
    if force {
        let mut tell = |line: String| screen::warn(&line);
        for port in [Some(gateway.port), webchat_port].into_iter().flatten() {
            let freed = force::free_port(port, &loaded.state_dir, &mut tell).await;
            freed.map_err(|error| Failure::new(Exit::Config, error.to_string()))?;
        }
    }
    let taken = |taken: Taken| -> anyhow::Error { in_use(&taken, loaded, force).into() };
    let main = listeners::bind(&addresses, gateway.port, &mut inherited).map_err(taken)?;
    let webchat = match webchat_port {
        Some(port) => listeners::bind(&addresses, port, &mut inherited).map_err(taken)?,
        None => Vec::new(),
    };
    Ok((
        Bound {
            listeners: main,
            exposed,
        },
        webchat,
    ))
}

/// What others can reach must not be guessed. The secret that the gateway makes is strong.
fn strong_enough(config: &Config, loaded: &Loaded) -> Result<(), Failure> {
    let short = |key: &str, secret: Option<&Secret<String>>, least: usize| {
        let chars = secret.map_or(usize::MAX, |secret| secret.expose().chars().count());
        (chars < least).then(|| {
            let what = format!(
                "the gateway does not listen beyond this host (gateway.bind is {}) with a {key} of fewer than {least} characters",
                config.gateway.bind
            );
            Failure::new(Exit::Config, what)
                .next("take a longer one, or leave gateway.auth out: the gateway makes a strong secret itself")
        })
    };
    let token = short("token", loaded.secrets.token.as_ref(), MIN_TOKEN_CHARS);
    let password = short(
        "password",
        loaded.secrets.password.as_ref(),
        MIN_PASSWORD_CHARS,
    );
    token.or(password).map_or(Ok(()), Err)
}

/// Who has the port, and what to do.
fn in_use(taken: &Taken, loaded: &Loaded, forced: bool) -> Failure {
    let Taken { address, error } = taken;
    if error.kind() != std::io::ErrorKind::AddrInUse {
        return Failure::new(Exit::Config, format!("cannot listen on {address}: {error}"))
            .next("choose another address or port: tidegate gateway --bind loopback --port 18790");
    }
    let port = address.port();
    let found = force::holders(port, &loaded.state_dir);
    let who = match found.as_deref() {
        Some([first, ..]) => format!(" by {first}"),
        Some([]) => " by a program of another user".to_owned(),
        None => String::new(),
    };
    let ours = found
        .as_deref()
        .and_then(<[_]>::first)
        .is_some_and(force::Holder::is_tidegate);
    let talk = if ours {
        "it works already: tidegate gateway health; "
    } else {
        ""
    };
    let end = if forced {
        ""
    } else {
        ", or end that program: tidegate gateway --force"
    };
    Failure::new(Exit::Config, format!("port {port} is in use{who}")).next(format!(
        "{talk}choose another port: tidegate gateway --port {}{end}",
        port.saturating_add(10)
    ))
}

/// What serving needs.
struct Start {
    loaded: Loaded,
    owner_token: Secret<String>,
    made: Vec<String>,
    log: LogFile,
    _lock: lock::StateLock,
}

/// State directory, lock, configuration file, secret, log: in this order.
fn prepare(loaded: Loaded, verbose: bool, exposed: bool) -> anyhow::Result<Start> {
    let mut made = Vec::new();
    let prepared = state_dir::prepare(&loaded.state_dir)?;
    if prepared.created {
        made.push(format!("{} (state directory)", loaded.state_dir.display()));
    }
    let lock = lock::acquire(&loaded.state_dir)?;
    match loaded.write_first_file() {
        Ok(false) => {}
        Ok(true) => made.push(format!("{} (configuration)", loaded.config_path.display())),
        Err(error) => screen::warn(&format!(
            "{} was not written: {error}",
            loaded.config_path.display()
        )),
    }
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
    let log = start_log(&loaded, &owner_token, verbose)?;
    tell(&loaded, &prepared.notices, exposed);
    Ok(Start {
        loaded,
        owner_token,
        made,
        log,
        _lock: lock,
    })
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
    for warning in &loaded.warnings {
        tracing::warn!(target: "tidegate::config", key = warning.path, "{}", warning.message);
    }
    for notice in notices {
        tracing::warn!(target: "tidegate::state", "{notice}");
    }
    if exposed {
        let port = loaded.config.gateway.port;
        tracing::warn!(
            target: "tidegate::listen",
            "the gateway can be reached beyond this host and its traffic is not encrypted; safer is --bind loopback and a tunnel: ssh -L {port}:127.0.0.1:{port} THIS-HOST"
        );
    }
}

async fn serve(
    start: Start,
    bound: Bound,
    webchat: Vec<std::net::TcpListener>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let Start {
        loaded,
        owner_token,
        made,
        log,
        _lock,
    } = start;
    let lines = screen::Lines::new(&loaded, made, &bound.listeners, &webchat, &log);
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
        owner_token,
        password,
        log,
        stop,
        ready,
    };
    compose::serve(daemon).await
}
