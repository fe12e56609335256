//! Which addresses, and taking them.

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::path::Path;

use crate::config::Bind;
use crate::own_addresses;

/// How often a free port is looked for that is free on every address.
const PORT_TRIES: usize = 20;

/// Ports that were taken.
pub(super) struct Bound {
    /// One listener for each address.
    pub(super) listeners: Vec<TcpListener>,
    /// Whether others can reach it.
    pub(super) exposed: bool,
}

/// An address that could not be had.
pub(super) struct Taken {
    pub(super) address: SocketAddr,
    pub(super) error: std::io::Error,
}

const LOOPBACK: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::LOCALHOST),
    IpAddr::V6(Ipv6Addr::LOCALHOST),
];

/// The addresses that a kind of binding means. A single outer address is joined by loopback, so
/// that the commands of this host find the gateway where they always do.
pub(super) fn addresses(bind: Bind, custom: Option<&str>) -> Vec<IpAddr> {
    let every = vec![IpAddr::V4(Ipv4Addr::UNSPECIFIED)];
    match bind {
        Bind::Lan => every,
        Bind::Auto if in_container() => every,
        Bind::Loopback | Bind::Auto => LOOPBACK.to_vec(),
        Bind::Tailnet => with_loopback(own_addresses::tailnet_address().map(IpAddr::V4)),
        Bind::Custom => with_loopback(custom.and_then(|host| host.parse().ok())),
    }
}

fn with_loopback(outer: Option<IpAddr>) -> Vec<IpAddr> {
    match outer {
        Some(any) if any.is_unspecified() => vec![any],
        Some(outer) if !outer.is_loopback() => [vec![outer], LOOPBACK.to_vec()].concat(),
        _ => LOOPBACK.to_vec(),
    }
}

/// Docker, Podman, Kubernetes: there, loopback is out of everybody's reach.
fn in_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"]
        .iter()
        .any(|path| Path::new(path).exists())
        || std::env::var_os("KUBERNETES_SERVICE_HOST").is_some()
}

/// Listens on every address with one port; port 0 finds one that is free on all. Listeners that
/// were handed on are used where they fit.
pub(super) fn bind(
    addresses: &[IpAddr],
    port: u16,
    inherited: &mut Vec<TcpListener>,
) -> Result<Vec<TcpListener>, Taken> {
    let mut tries = if port == 0 { PORT_TRIES } else { 1 };
    loop {
        tries -= 1;
        match bind_once(addresses, port, inherited) {
            Err(taken) if tries > 0 && taken.error.kind() == ErrorKind::AddrInUse => {}
            done => return done,
        }
    }
}

fn bind_once(
    addresses: &[IpAddr],
    port: u16,
    inherited: &mut Vec<TcpListener>,
) -> Result<Vec<TcpListener>, Taken> {
    let mut port = port;
    let mut listeners = Vec::new();
    for ip in addresses {
        let address = SocketAddr::new(*ip, port);
        match take(inherited, address).map_or_else(|| TcpListener::bind(address), Ok) {
            Ok(listener) => {
                if port == 0 {
                    port = listener.local_addr().map_or(0, |address| address.port());
                }
                listeners.push(listener);
            }
            // A host without IPv6 still has a gateway.
            Err(error) if ip.is_ipv6() && !listeners.is_empty() && is_missing(&error) => {}
            Err(error) => return Err(Taken { address, error }),
        }
    }
    Ok(listeners)
}

fn is_missing(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::AddrNotAvailable | ErrorKind::Unsupported
    ) || error.raw_os_error() == Some(rustix::io::Errno::AFNOSUPPORT.raw_os_error())
}

fn take(inherited: &mut Vec<TcpListener>, address: SocketAddr) -> Option<TcpListener> {
    let fits = |listener: &TcpListener| {
        listener.local_addr().is_ok_and(|own| {
            own.ip() == address.ip() && (address.port() == 0 || own.port() == address.port())
        })
    };
    let at = inherited.iter().position(fits)?;
    Some(inherited.swap_remove(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_port_on_every_address() {
        let listeners = bind(&addresses(Bind::Loopback, None), 0, &mut Vec::new())
            .ok()
            .unwrap();
        let ports: Vec<_> = listeners
            .iter()
            .map(|l| l.local_addr().unwrap().port())
            .collect();
        assert!(ports.iter().all(|port| *port == ports[0]), "{ports:?}");
        let taken = bind(&LOOPBACK, ports[0], &mut Vec::new()).err().unwrap();
        assert_eq!(taken.error.kind(), ErrorKind::AddrInUse);
        let mut inherited = listeners;
        let again = bind(&LOOPBACK, ports[0], &mut inherited).ok().unwrap();
        assert!(inherited.is_empty() && again.len() == ports.len());
    }

    #[test]
    fn kinds_of_binding() {
        assert_eq!(addresses(Bind::Loopback, None), LOOPBACK);
        assert_eq!(
            addresses(Bind::Lan, None),
            [IpAddr::V4(Ipv4Addr::UNSPECIFIED)]
        );
        assert_eq!(addresses(Bind::Custom, Some("192.0.2.1")).len(), 3);
        assert_eq!(addresses(Bind::Custom, Some("0.0.0.0")).len(), 1);
    }
}
