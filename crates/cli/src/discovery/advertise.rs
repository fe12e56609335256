//! Telling the local network that there is a gateway.

use std::net::{IpAddr, SocketAddr};

use mdns_sd::{ServiceDaemon, ServiceInfo};

use super::hint::SERVICES;
use crate::config::model_network::MdnsMode;
use crate::own_addresses::own_addresses;

/// Characters of the host's name in the name of the instance: a DNS label has 63.
const NAME_CHARS: usize = 40;

/// What is told, while it lives. Dropping it takes everything back.
pub(crate) struct Advertised {
    daemon: ServiceDaemon,
}

impl Drop for Advertised {
    fn drop(&mut self) {
        // Its thread says goodbye to the network if there is time; nobody waits for that.
        let _ = self.daemon.shutdown();
    }
}

/// The gateway that is told of.
pub(crate) struct About<'a> {
    pub(crate) host: &'a str,
    pub(crate) port: u16,
    /// SHA-256 of the certificate, under TLS.
    pub(crate) fingerprint: Option<&'a str>,
}

/// Begins to tell. `None` where nothing shall be told, or nobody else could reach the gateway.
///
/// # Errors
/// The network cannot be spoken to.
pub(crate) fn advertise(
    mode: MdnsMode,
    host: &str,
    bound: &[SocketAddr],
    fingerprint: Option<&str>,
) -> Result<Option<Advertised>, mdns_sd::Error> {
    let addresses = reachable(bound);
    let port = bound.first().map(SocketAddr::port);
    let (Some(port), false, false) = (port, mode == MdnsMode::Off, addresses.is_empty()) else {
        return Ok(None);
    };
    let about = About {
        host,
        port,
        fingerprint,
    };
    let daemon = ServiceDaemon::new()?;
    let short = label(host);
    for service in SERVICES {
        let info = ServiceInfo::new(
            service,
            &format!("{short} (Tidegate)"),
            &format!("{short}.local."),
            &*addresses,
            port,
            &*hints(mode, &about),
        )?;
        daemon.register(info)?;
    }
    Ok(Some(Advertised { daemon }))
}

/// The addresses beyond this host; of a listener on every address, those that the host has now.
fn reachable(bound: &[SocketAddr]) -> Vec<IpAddr> {
    let any = bound.iter().any(|address| address.ip().is_unspecified());
    let mut found: Vec<IpAddr> = if any {
        own_addresses().into_iter().map(IpAddr::V4).collect()
    } else {
        bound.iter().map(SocketAddr::ip).collect()
    };
    found.retain(|ip| !ip.is_loopback());
    found
}

/// What others read: nothing that is secret, nothing that anybody should rely on.
fn hints(mode: MdnsMode, about: &About<'_>) -> Vec<(&'static str, String)> {
    let mut hints = vec![
        ("role", "gateway".to_owned()),
        ("transport", "gateway".to_owned()),
        ("gatewayPort", about.port.to_string()),
    ];
    if about.fingerprint.is_some() {
        hints.push(("gatewayTls", "1".to_owned()));
    }
    if mode == MdnsMode::Full {
        hints.push(("displayName", label(about.host)));
        hints.push(("lanHost", format!("{}.local", label(about.host))));
        let fingerprint = about.fingerprint.map(str::to_owned);
        hints.extend(fingerprint.map(|text| ("gatewayTlsSha256", text)));
    }
    hints
}

/// The first word of the host's name, as a label of DNS.
fn label(host: &str) -> String {
    let first = host.split('.').next().unwrap_or_default();
    let label: String = first
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(NAME_CHARS)
        .collect();
    if label.is_empty() {
        "gateway".to_owned()
    } else {
        label.to_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: About<'_> = About {
        host: "Böx.lan",
        port: 7,
        fingerprint: Some("ab"),
    };

    fn keys(mode: MdnsMode, about: &About<'_>) -> Vec<&'static str> {
        hints(mode, about).into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn little_is_told_unless_all_is_wanted() {
        let little = ["role", "transport", "gatewayPort", "gatewayTls"];
        assert_eq!(keys(MdnsMode::Minimal, &ABOUT), little);
        let plain = About {
            fingerprint: None,
            ..ABOUT
        };
        assert_eq!(keys(MdnsMode::Minimal, &plain), little[..3]);
        let all = hints(MdnsMode::Full, &ABOUT);
        assert_eq!(all.len(), 7);
        assert!(all.contains(&("gatewayTlsSha256", "ab".to_owned())));
        assert!(all.contains(&("lanHost", "bx.local".to_owned())));
        assert_eq!(label("…"), "gateway");
    }

    #[test]
    fn nothing_is_told_of_a_gateway_that_nobody_can_reach() {
        let loopback = ["127.0.0.1:7".parse().unwrap(), "[::1]:7".parse().unwrap()];
        let told = advertise(MdnsMode::Full, "box", &loopback, None).unwrap();
        assert!(told.is_none());
        let outer: [SocketAddr; 2] = ["192.0.2.7:7".parse().unwrap(), loopback[0]];
        assert_eq!(reachable(&outer), [outer[0].ip()]);
        let off = advertise(MdnsMode::Off, "box", &outer, None).unwrap();
        assert!(off.is_none());
    }
}
