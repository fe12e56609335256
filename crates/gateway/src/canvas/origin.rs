//! Where a browser finds a canvas: on the canvas's own port where the gateway is called by its own
//! port too, else on the port by which it is called, since of a tunnel or a proxy only that leads
//! here. A literal IPv6 address is no source in a policy of a page, so our page, called by one, can
//! frame nothing but its own port; a window of its own, and a node's, is on the canvas's port there too.

use std::sync::OnceLock;

use super::holder::Window;

/// The first name of the paths that we give.
pub(crate) const OURS: &str = "__tidegate__";

/// The ports of this gateway.
#[derive(Debug, Default)]
pub(super) struct Ports(OnceLock<Known>);

#[derive(Debug)]
struct Known {
    gateway: Vec<u16>,
    canvas: Option<u16>,
}

impl Ports {
    /// Says on which ports is listened. Only the first word counts.
    pub(super) fn set(&self, gateway: Vec<u16>, canvas: Option<u16>) {
        let _ = self.0.set(Known { gateway, canvas });
    }

    /// The authority of the canvas for somebody who calls the gateway by this Host.
    pub(super) fn canvas(&self, host: &str, window: Window) -> String {
        let nameable = |name: &str| window == Window::Own || !name.starts_with('[');
        let own = self.0.get().and_then(|known| {
            let (name, port) = split(host).filter(|(name, _)| nameable(name))?;
            let canvas = known.canvas?;
            known
                .gateway
                .contains(&port)
                .then(|| format!("{name}:{canvas}"))
        });
        own.unwrap_or_else(|| host.to_owned())
    }

    /// What our page, called by this Host, may frame: canvases and nothing else.
    pub(super) fn frames(&self, host: &str, tls: bool) -> String {
        if host.starts_with('[') {
            return "'self'".to_owned();
        }
        let scheme = if tls { "https" } else { "http" };
        let canvas = self.canvas(host, Window::Framed);
        let all = if canvas == host {
            vec![canvas]
        } else {
            vec![canvas, host.to_owned()]
        };
        let all: Vec<_> = all
            .iter()
            .map(|authority| format!("{scheme}://{authority}/{OURS}/cap/"))
            .collect();
        all.join(" ")
    }

    /// The authorities of pages that may frame the canvas at this Host.
    pub(super) fn framing(&self, host: &str) -> Vec<String> {
        let Some((known, (name, port))) = self.0.get().zip(split(host)) else {
            return Vec::new();
        };
        if known.canvas != Some(port) || name.starts_with('[') {
            return Vec::new();
        }
        known
            .gateway
            .iter()
            .map(|port| format!("{name}:{port}"))
            .collect()
    }
}

/// Name and port of `name:port`.
fn split(host: &str) -> Option<(&str, u16)> {
    let (name, port) = host.rsplit_once(':')?;
    Some((name, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_by_its_own_port_the_other_port_is_known_to_lead_here() {
        let ports = Ports::default();
        let framed = |host: &str| ports.canvas(host, Window::Framed);
        assert_eq!(framed("127.0.0.1:18789"), "127.0.0.1:18789");
        ports.set(vec![18_789, 18_790], Some(18_793));
        for (host, canvas) in [
            ("127.0.0.1:18789", "127.0.0.1:18793"),
            ("localhost:18790", "localhost:18793"),
            ("[::1]:18790", "[::1]:18790"),
            ("localhost:28789", "localhost:28789"),
            ("gate.example", "gate.example"),
            ("127.0.0.1:18793", "127.0.0.1:18793"),
        ] {
            assert_eq!(framed(host), canvas);
        }
        assert_eq!(
            ports.framing("localhost:18793"),
            ["localhost:18789", "localhost:18790"]
        );
        assert!(ports.framing("localhost:18789").is_empty());
        assert!(ports.framing("[::1]:18793").is_empty());
        // A window of its own is framed by nobody, so nobody must name it.
        let alone = |host: &str| ports.canvas(host, Window::Own);
        assert_eq!(alone("[::1]:18790"), "[::1]:18793");
        assert_eq!(alone("[::1]:28789"), "[::1]:28789");
        assert_eq!(alone("localhost:18790"), "localhost:18793");
    }
}
