//! The gateway of this user on this host.

use std::net::IpAddr;

use tidegate_client::{Address, Credential};

use super::Shown;
use crate::config::provenance::Source;
use crate::config::{Bind, Loaded};
use crate::owner_token::OwnerTokenError;
use crate::{lock, owner_token};

/// The gateway of this user on this host.
#[derive(Debug, Clone)]
pub(super) struct Own {
    /// Where. Port 0: it takes any free one, and none runs.
    pub(super) address: Address,
    /// Who said so.
    pub(super) chosen: String,
    /// The secret of the configuration.
    pub(super) configured: Option<Shown>,
    /// The secret of the owner's file.
    pub(super) owner: Option<Shown>,
}

/// Where it is, and what lets us in. `read_owner`: also the owner's file.
///
/// # Errors
/// The owner's file cannot be used.
pub(super) fn own(loaded: &Loaded, read_owner: bool) -> Result<Own, OwnerTokenError> {
    let gateway = &loaded.config.gateway;
    let (port, mut chosen) = port(loaded);
    let mut address = Address::loopback(port);
    if gateway.bind == Bind::Custom
        && let Some(host) = gateway
            .custom_bind_host
            .as_deref()
            .and_then(|host| host.parse::<IpAddr>().ok())
        && !host.is_unspecified()
    {
        let host = if host.is_ipv6() {
            format!("[{host}]")
        } else {
            host.to_string()
        };
        address = Address::parse(&format!("ws://{host}:{port}")).unwrap_or(address);
        chosen.push_str(", host: gateway.customBindHost");
    }
    if gateway.tls.enabled {
        address = address.with_tls();
    }
    let configured = loaded.secrets.token.as_ref().map(|secret| Shown {
        secret: Credential::new(secret.expose()),
        from: format!(
            "gateway.auth.token, {}",
            loaded.provenance.source("gateway.auth.token")
        ),
    });
    let owner = if read_owner && address.is_loopback() {
        owner_token::read(&loaded.state_dir)?.map(|secret| Shown {
            secret: Credential::new(secret.expose()),
            from: loaded
                .state_dir
                .join(owner_token::FILE_NAME)
                .display()
                .to_string(),
        })
    } else {
        None
    };
    Ok(Own {
        address,
        chosen,
        configured,
        owner,
    })
}

/// The port, and who says so: the environment, the gateway that runs, else the configuration. The
/// file alone says where the next one will listen.
fn port(loaded: &Loaded) -> (u16, String) {
    let configured = loaded.config.gateway.port;
    let source = loaded.provenance.source("gateway.port");
    let said = matches!(source, Source::Env(_)) && configured != 0;
    let running = if said {
        None
    } else {
        lock::holder(&loaded.state_dir)
    };
    match running.and_then(|holder| Some((holder.port?, holder.pid))) {
        Some((port, pid)) => (port, format!("port: the gateway that runs, process {pid}")),
        None => (configured, format!("port: {source}")),
    }
}
