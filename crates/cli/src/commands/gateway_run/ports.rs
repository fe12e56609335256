//! Taking the ports: what must hold before, and what to say when they are taken.

use std::net::{IpAddr, TcpListener};

use tidegate_core::Secret;

use super::listeners::{self, Bound, Taken};
use super::{rival, screen};
use crate::config::{Config, Loaded};
use crate::exit::Exit;
use crate::output::Failure;
use crate::{force, lock};

/// Letters of a token that may be shown to the network.
const MIN_TOKEN_CHARS: usize = 32;
/// Letters of a password that may be asked for over the network.
const MIN_PASSWORD_CHARS: usize = 12;

/// Ports that were taken.
pub(super) struct Ports {
    pub(super) bound: Bound,
    /// The page's own.
    pub(super) webchat: Vec<TcpListener>,
    /// The canvases' own.
    pub(super) canvas: Vec<TcpListener>,
}

/// Takes the ports. Nothing was made before this.
pub(super) async fn listen(
    loaded: &Loaded,
    force: bool,
    mut inherited: Vec<TcpListener>,
) -> anyhow::Result<Ports> {
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
    let canvas = canvas(&loaded.config, &addresses, port_of(&main), &mut inherited);
    Ok(Ports {
        bound: Bound {
            listeners: main,
            exposed,
        },
        webchat,
        canvas,
    })
}

/// The one port of all these.
pub(super) fn port_of(listeners: &[TcpListener]) -> u16 {
    let address = listeners.first().and_then(|one| one.local_addr().ok());
    address.map_or(0, |address| address.port())
}

/// The port of canvases. Without it they are on the gateway's, which is no reason not to start.
fn canvas(
    config: &Config,
    addresses: &[IpAddr],
    gateway: u16,
    inherited: &mut Vec<TcpListener>,
) -> Vec<TcpListener> {
    if !config.canvas_host.enabled {
        return Vec::new();
    }
    // Where the gateway took any free port, any free port is as good.
    let beside = if config.gateway.port == 0 { 0 } else { gateway };
    let port = config.canvas_host.port_beside(beside);
    listeners::bind(addresses, port, inherited).unwrap_or_else(|taken| {
        let Taken { address, error } = taken;
        screen::warn(&format!(
            "canvases have no port of their own, they are on the gateway's: {address}: {error}; canvasHost.port chooses another"
        ));
        Vec::new()
    })
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
        return Failure::new(Exit::Config, format!("cannot listen on {address}: {error}")).next(
            "choose another address or port: `tidegate gateway --bind loopback --port 18790`",
        );
    }
    if let Some(holder) = lock::holder(&loaded.state_dir) {
        return rival::at_work(&loaded.state_dir, Some(holder));
    }
    let port = address.port();
    let found = force::holders(port, &loaded.state_dir);
    let who = match found.as_deref() {
        Some([first, ..]) => format!(" by {first}"),
        Some([]) => " by a program of another user".to_owned(),
        None => String::new(),
    };
    let end = if forced {
        String::new()
    } else {
        format!(", or end that program: `tidegate gateway --port {port} --force`")
    };
    Failure::new(Exit::Config, format!("port {port} is in use{who}")).next(format!(
        "choose another port: `tidegate gateway --port {}`{end}",
        port.saturating_add(10)
    ))
}
