//! Which gateway, and what to show it.
//!
//! Address: `--url`, else this user's own gateway, at the port of the environment, of the one that
//! runs, of the file, or the default. Secret: `--token` or `--token-file`, else what is configured, else the owner's file.
//! What is configured and the owner's file belong to the own gateway and go nowhere else
//! (SECURITY T01): another address gets what was given for it on the command line, or the token
//! that this very address gave to this device before.

mod given;
mod own;
mod pinned;

use std::fmt;
use std::path::{Path, PathBuf};

use tidegate_client::{Address, Auth, Credential, DeviceIdentity, TokenCache};
use tidegate_protocol::Role;

use crate::args::Globals;
use crate::config::env::Environment;
use crate::config::{self, Overrides};
use crate::exit::Exit;
use crate::listener;
use crate::output::Failure;
use crate::trust::Expected;
use given::{Given, given};
use own::{Own, own};
use pinned::pinned;

/// A secret, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) secret: Credential,
    pub(crate) from: String,
}

/// Which gateway, and what to show it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Where.
    pub(crate) address: Address,
    /// Why there.
    pub(crate) chosen: String,
    /// Whether this is the gateway of this user on this host.
    pub(crate) own: bool,
    /// What to show.
    pub(crate) auth: Auth,
    /// Where that came from.
    pub(crate) credential: Option<String>,
    /// What to show if that is refused: the owner's own secret, at the own gateway only.
    pub(crate) fallback: Option<Shown>,
    /// Where the device's key is, if a device is to be shown.
    pub(crate) device_in: Option<PathBuf>,
    /// Which certificate is accepted, where the address wants TLS.
    pub(crate) expected: Expected,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.address, self.chosen)?;
        if let Some(from) = &self.credential {
            write!(f, "; secret: {from}")?;
        }
        f.write_str(")")
    }
}

/// Finds out where to go. Reads files; dials nothing.
///
/// # Errors
/// An argument or the configuration is of no use, or there is nothing to show.
pub(crate) fn find(globals: &Globals) -> anyhow::Result<Target> {
    let given = given(globals)?;
    let overrides = Overrides {
        profile: globals.profile.clone(),
        // Then the configured one need not be found, which may cost a program's run.
        token: given
            .auth
            .token
            .as_ref()
            .or(given.auth.password.as_ref())
            .map(|token| tidegate_core::Secret::new(token.expose().to_owned())),
        ..Overrides::default()
    };
    if let Some(address) = &given.address
        && !given.auth.is_empty()
    {
        // Nothing of the configuration is needed, so it may be broken or missing.
        let state_dir = config::load::state_dir(&overrides, &Environment::of_process()).ok();
        let target = foreign(address.clone(), &given, state_dir.as_deref())?;
        // But a pin in it counts, where it can be read.
        let loaded = target
            .address
            .is_tls()
            .then(|| config::load(&overrides).ok())
            .flatten();
        return Ok(pinned(
            target,
            globals,
            loaded.as_ref(),
            state_dir.as_deref(),
        )?);
    }
    let loaded = config::load(&overrides)?;
    let own = own(&loaded, given.auth.is_empty())?;
    let target = decide(&given, &own, &loaded.state_dir)?;
    if target.own && given.auth.is_empty() {
        listener::refuse_strangers(&target.address, &loaded.state_dir)?;
    }
    Ok(pinned(
        target,
        globals,
        Some(&loaded),
        Some(&loaded.state_dir),
    )?)
}

/// The rules.
fn decide(given: &Given, own: &Own, state_dir: &Path) -> Result<Target, Failure> {
    if let Some(address) = &given.address
        && !same(address, &own.address)
    {
        if same(&address.clone().with_tls(), &own.address) {
            return Err(speaks_tls(address, &own.address));
        }
        return foreign(address.clone(), given, Some(state_dir));
    }
    if own.address.port() == 0 {
        return Err(none_runs(own, state_dir));
    }
    let chosen = if given.address.is_some() {
        "--url, the own gateway"
    } else {
        &own.chosen
    };
    let mut target = Target {
        address: own.address.clone(),
        chosen: chosen.to_owned(),
        own: true,
        auth: given.auth.clone(),
        credential: given.from.map(ToOwned::to_owned),
        fallback: None,
        // The owner on the gateway's own host needs no device (DECISIONS D9).
        device_in: (!own.address.is_loopback()).then(|| state_dir.to_owned()),
        expected: Expected::default(),
    };
    if !given.auth.is_empty() {
        return Ok(target);
    }
    let (first, fallback) = match (&own.configured, &own.owner) {
        (Some(first), owner) => (
            first,
            owner.as_ref().filter(|owner| owner.secret != first.secret),
        ),
        (None, Some(owner)) => (owner, None),
        (None, None) => return Err(no_secret_yet(own, state_dir)),
    };
    target.auth.token = Some(first.secret.clone());
    target.credential = Some(first.from.clone());
    target.fallback = fallback.cloned();
    Ok(target)
}

/// Another gateway: what was given for it, or what it gave to this device.
fn foreign(address: Address, given: &Given, state_dir: Option<&Path>) -> Result<Target, Failure> {
    let device_in = state_dir
        .filter(|_| !address.is_loopback())
        .map(ToOwned::to_owned);
    let mut credential = given.from.map(ToOwned::to_owned);
    if given.auth.is_empty() {
        let known = device_in
            .as_deref()
            .is_some_and(|state_dir| has_token(state_dir, &address));
        if !known {
            return Err(Failure::new(Exit::Denied, format!("there is no secret for {address}"))
                .next("give the secret of that gateway with --token-file; the secret of this host's own gateway is never sent elsewhere"));
        }
        credential = Some("the token that it gave to this device".to_owned());
    }
    Ok(Target {
        address,
        chosen: "--url".to_owned(),
        own: false,
        auth: given.auth.clone(),
        credential,
        fallback: None,
        device_in,
        expected: Expected::default(),
    })
}

/// Looks without making a key.
fn has_token(state_dir: &Path, address: &Address) -> bool {
    let made = state_dir.join(tidegate_client::identity::FILE).exists();
    let device = made
        .then(|| DeviceIdentity::load_or_create(state_dir).ok())
        .flatten();
    let tokens = TokenCache::in_state_dir(state_dir);
    device.is_some_and(|device| tokens.token(&device, address, Role::Operator).is_some())
}

/// The same gateway: `localhost` is a name for the loopback address that we listen on. Another
/// loopback address is not: any user of the host may listen there.
fn same(address: &Address, own: &Address) -> bool {
    let host = |address: &Address| match address.host() {
        "localhost" => "127.0.0.1".to_owned(),
        other => other.to_owned(),
    };
    address.is_tls() == own.is_tls() && address.port() == own.port() && host(address) == host(own)
}

/// Our own gateway, under an address that it does not answer.
fn speaks_tls(address: &Address, own: &Address) -> Failure {
    Failure::new(
        Exit::Usage,
        format!("{address} speaks TLS: it is this host's own gateway"),
    )
    .next(format!("write --url {own}, or leave --url out"))
}

/// Nobody knows the port: it is taken anew at each start.
fn none_runs(own: &Own, state_dir: &Path) -> Failure {
    let what = format!(
        "no gateway runs with the state directory {}, and its port is any free one ({})",
        state_dir.display(),
        own.chosen
    );
    Failure::new(Exit::Unreachable, what).next(
        "start it with `tidegate gateway`; for a gateway elsewhere give --url and --token-file",
    )
}

fn no_secret_yet(own: &Own, state_dir: &Path) -> Failure {
    let (what, next) = if own.address.is_loopback() {
        let dir = state_dir.display();
        (
            format!("the gateway has not run here yet: there is no secret in {dir}"),
            "start it with `tidegate gateway`; for a gateway elsewhere give --url and --token-file",
        )
    } else {
        let what = format!("there is no secret for {}", own.address);
        (what, "set gateway.auth.token, or give --token-file")
    };
    let place = format!("{} ({})", own.address, own.chosen);
    Failure {
        place: Some(place),
        ..Failure::new(Exit::Unreachable, what).next(next)
    }
}

#[cfg(test)]
mod tests;
