//! The names under which this gateway may be addressed (DECISIONS D12).

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use tidegate_gateway::SetupAddress;

use crate::config::model::GatewayConfig;
use crate::own_addresses::own_addresses;

/// Host names that a Host header may carry; the port is free.
pub(crate) fn allowed(config: &GatewayConfig, bound: &[SocketAddr]) -> BTreeSet<String> {
    let mut hosts: BTreeSet<String> = ["127.0.0.1", "localhost", "[::1]"]
        .map(str::to_owned)
        .into();
    let beyond = bound.iter().any(|address| !address.ip().is_loopback());
    if beyond {
        hosts.extend(bound.iter().map(|address| as_host(address.ip())));
        hosts.extend(own_addresses().into_iter().map(|v4| v4.to_string()));
        let name = super::machine::host_name().to_lowercase();
        let short = name.split('.').next().unwrap_or_default().to_owned();
        hosts.extend([format!("{short}.local"), short, name]);
    }
    hosts.extend(config.public_url.as_deref().and_then(host_of_url));
    hosts
}

/// Where a setup code sends a device: the public address, else the first address that is not this
/// machine's alone, else that one.
pub(super) fn setup(config: &GatewayConfig, bound: &[SocketAddr], encrypted: bool) -> SetupAddress {
    let scheme = if encrypted { "wss" } else { "ws" };
    if let Some(url) = config.public_url.as_deref() {
        let url = url.trim_end_matches('/');
        let url = match url.split_once("://") {
            Some(("https", rest)) => format!("wss://{rest}"),
            Some(("http", rest)) => format!("ws://{rest}"),
            _ => url.to_owned(),
        };
        return SetupAddress {
            url,
            source: "gateway.publicUrl".to_owned(),
        };
    }
    let beyond = bound.iter().find(|address| !address.ip().is_loopback());
    let port = bound.first().map_or(0, SocketAddr::port);
    let host = match beyond {
        Some(address) if address.ip().is_unspecified() => own_addresses()
            .iter()
            .find(|own| !own.is_loopback())
            .map_or_else(|| "127.0.0.1".to_owned(), ToString::to_string),
        Some(address) => as_host(address.ip()),
        None => "127.0.0.1".to_owned(),
    };
    SetupAddress {
        url: format!(
            "{scheme}://{host}:{}",
            beyond.map_or(port, SocketAddr::port)
        ),
        source: "gateway.bind".to_owned(),
    }
}

/// Origins of pages that may talk to the gateway besides its own.
pub(super) fn origins(config: &GatewayConfig) -> BTreeSet<String> {
    let listed = config
        .control_ui
        .allowed_origins
        .iter()
        .map(|origin| origin.trim_end_matches('/').to_owned());
    let public = config
        .public_url
        .as_deref()
        .map(|url| url.trim_end_matches('/').to_owned());
    listed.chain(public).collect()
}

fn as_host(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    }
}

/// The host of `scheme://host[:port][/…]`.
fn host_of_url(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = if authority.starts_with('[') {
        authority.split_inclusive(']').next()?
    } else {
        authority.split(':').next()?
    };
    (!host.is_empty()).then(|| host.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_knows_loopback_names_only() {
        let hosts = allowed(&GatewayConfig::default(), &["127.0.0.1:1".parse().unwrap()]);
        assert_eq!(
            hosts,
            ["127.0.0.1", "[::1]", "localhost"]
                .map(str::to_owned)
                .into()
        );
    }

    #[test]
    fn a_setup_code_leads_to_the_address_that_others_can_reach() {
        let of = |bound: &[&str], encrypted| {
            let bound: Vec<SocketAddr> = bound.iter().map(|one| one.parse().unwrap()).collect();
            setup(&GatewayConfig::default(), &bound, encrypted).url
        };
        assert_eq!(of(&["127.0.0.1:7"], false), "ws://127.0.0.1:7");
        assert_eq!(of(&["127.0.0.1:7", "10.1.2.3:7"], true), "wss://10.1.2.3:7");
        let public = GatewayConfig {
            public_url: Some("https://gate.example/".into()),
            ..Default::default()
        };
        let found = setup(&public, &[], false);
        assert_eq!(
            (found.url.as_str(), found.source.as_str()),
            ("wss://gate.example", "gateway.publicUrl")
        );
    }

    #[test]
    fn the_public_url_gives_a_host_and_an_origin() {
        let config = GatewayConfig {
            public_url: Some("https://Gate.example:8443/".into()),
            ..Default::default()
        };
        assert!(allowed(&config, &[]).contains("gate.example"));
        assert!(origins(&config).contains("https://Gate.example:8443"));
        assert_eq!(host_of_url("http://[::1]:80/x").as_deref(), Some("[::1]"));
        assert_eq!(host_of_url("nonsense"), None);
    }
}
