//! What the command line says about the gateway.

use std::path::Path;

use tidegate_client::{Address, Auth, Credential, Error};

use crate::args::Globals;
use crate::config;
use crate::exit::Exit;
use crate::output::Failure;

/// What the command line says.
#[derive(Debug, Clone, Default)]
pub(super) struct Given {
    pub(super) address: Option<Address>,
    pub(super) auth: Auth,
    pub(super) from: Option<&'static str>,
}

/// Reads it. Dials nothing.
///
/// # Errors
/// An address is none, or a file with a secret cannot be read.
pub(super) fn given(globals: &Globals) -> Result<Given, Failure> {
    let from_file = |argument, path: &Path| {
        config::secrets::from_file(argument, path)
            .map(|secret| Credential::new(secret.expose()))
            .map_err(|why| Failure::new(Exit::Usage, why.to_string()))
    };
    let address = globals
        .url
        .as_deref()
        .map(Address::parse)
        .transpose()
        .map_err(|why| bad_url(&why))?;
    let (token, from) = match (&globals.token_file, &globals.token) {
        (Some(path), _) => (Some(from_file("--token-file", path)?), Some("--token-file")),
        (None, Some(token)) => (Some(Credential::new(token)), Some("--token")),
        (None, None) => (None, None),
    };
    let password = match &globals.password_file {
        Some(path) => Some(from_file("--password-file", path)?),
        None => None,
    };
    let from = from.or(password.as_ref().map(|_| "--password-file"));
    Ok(Given {
        address,
        auth: Auth {
            token,
            password,
            ..Auth::default()
        },
        from,
    })
}

fn bad_url(why: &Error) -> Failure {
    Failure::new(Exit::Usage, format!("--url: {why}"))
        .next("an address looks like ws://127.0.0.1:18789 or wss://gate.example.org:18789")
}
