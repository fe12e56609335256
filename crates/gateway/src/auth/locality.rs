//! Where a request comes from: Host and Origin, checked before anything else, and whether the
//! peer is this very machine with nobody in between.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Headers of a proxy, by name and by beginning: with any of them the peer's address is not the
/// client's.
const FORWARDING: [&str; 7] = [
    "forwarded",
    "via",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "true-client-ip",
    "x-original-forwarded-for",
];
const FORWARDING_FAMILIES: [&str; 6] = [
    "x-forwarded",
    "cf-",
    "tailscale-",
    "fly-",
    "x-envoy-",
    "x-amzn-",
];

fn is_forwarding(name: &str) -> bool {
    FORWARDING.contains(&name)
        || FORWARDING_FAMILIES
            .iter()
            .any(|family| name.starts_with(family))
}

/// What was found out about a request's way here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Locality {
    /// The peer of the socket.
    pub(crate) addr: IpAddr,
    /// Loopback, and no proxy in between.
    pub(crate) direct_loopback: bool,
    /// Whether a browser's page made the request.
    pub(crate) page: Page,
    /// The Host header: how the client calls us.
    pub(crate) called: String,
}

/// The page that made a request, by its Origin header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Page {
    /// None.
    None,
    /// Our own.
    Own,
    /// One that the owner listed: it may talk to us, and that is all.
    Listed,
}

/// What we are called, and whose pages may talk to us.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'k> {
    /// Lower-case host names.
    pub(crate) hosts: &'k BTreeSet<String>,
    /// Origins beside our own.
    pub(crate) origins: &'k BTreeSet<String>,
    /// Whether we speak TLS: then a page that came in the clear is not our own.
    pub(crate) tls: bool,
}

impl Known<'_> {
    /// Whose page this is; none if it is nobody's that we know. In the clear we may stand behind
    /// something that speaks TLS for us.
    fn page(self, host: &str, origin: &str) -> Option<Page> {
        let own = |scheme: &str| origin.strip_prefix(scheme) == Some(host);
        if own("https://") || (!self.tls && own("http://")) {
            return Some(Page::Own);
        }
        self.origins.contains(origin).then_some(Page::Listed)
    }
}

/// Why a request is refused before it is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The Host header is missing, double, or not in the list.
    Host(String),
    /// The Origin header is of somebody else.
    Origin(String),
}

/// Checks Host and Origin of a request.
pub(crate) fn check(
    headers: &HeaderMap,
    peer: SocketAddr,
    known: Known<'_>,
) -> Result<Locality, Refused> {
    let host = only(headers, &HOST).ok_or_else(|| Refused::Host(String::new()))?;
    let name = host_name(host).ok_or_else(|| Refused::Host(host.to_owned()))?;
    if !known.hosts.contains(&name) {
        return Err(Refused::Host(host.to_owned()));
    }
    let page = if headers.contains_key(ORIGIN) {
        let origin = only(headers, &ORIGIN).unwrap_or("more than one Origin header");
        let page = known.page(host, origin);
        page.ok_or_else(|| Refused::Origin(origin.to_owned()))?
    } else {
        Page::None
    };
    let addr = peer.ip().to_canonical();
    let forwarded = headers.keys().any(|name| is_forwarding(name.as_str()));
    Ok(Locality {
        addr,
        direct_loopback: addr.is_loopback() && !forwarded,
        page,
        called: host.to_ascii_lowercase(),
    })
}

fn only<'h>(headers: &'h HeaderMap, name: &axum::http::HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

/// The lower-case name of `name[:port]`, with the brackets of an IPv6 address.
fn host_name(host: &str) -> Option<String> {
    let (name, port) = match host.rfind(':') {
        Some(colon) if !host.ends_with(']') => host.split_at_checked(colon)?,
        _ => (host, ""),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    let port_is_good = digits.chars().all(|c| c.is_ascii_digit()) && digits.len() <= 5;
    let bare_v6 = name.contains(':') && !(name.starts_with('[') && name.ends_with(']'));
    let good =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    (port_is_good && !bare_v6 && !name.is_empty() && name.chars().all(good))
        .then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn look(pairs: &[(&'static str, &str)]) -> Result<Locality, Refused> {
        look_as(false, pairs)
    }

    fn look_as(tls: bool, pairs: &[(&'static str, &str)]) -> Result<Locality, Refused> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let hosts = ["127.0.0.1", "localhost", "[::1]"]
            .map(str::to_owned)
            .into();
        let origins = ["https://gate.example".to_owned()].into();
        let known = Known {
            hosts: &hosts,
            origins: &origins,
            tls,
        };
        check(&headers, ([127, 0, 0, 1], 5555).into(), known)
    }

    #[test]
    fn an_unknown_or_odd_host_is_refused_on_any_port() {
        for host in [
            "rebind.example:18789",
            "127.0.0.1.evil",
            "",
            "localhost:99999999",
            "::1",
            "local host",
            "127.0.0.1@evil",
        ] {
            assert!(
                matches!(look(&[("host", host)]), Err(Refused::Host(_))),
                "{host}"
            );
        }
        for host in ["127.0.0.1:18789", "localhost", "LOCALHOST:1", "[::1]:18789"] {
            assert!(look(&[("host", host)]).is_ok(), "{host}");
        }
        assert!(look(&[("host", "localhost"), ("host", "localhost")]).is_err());
        assert!(look(&[]).is_err());
    }

    #[test]
    fn a_foreign_origin_is_refused_and_our_own_passes() {
        let with = |origin: &str| look(&[("host", "localhost:18789"), ("origin", origin)]);
        for origin in [
            "https://evil.example",
            "null",
            "",
            "http://localhost:18789.evil.example",
            "http://localhost:18789@evil",
            "HTTP://LOCALHOST:18789",
            "http://localhost:9999",
            "http://127.0.0.1:18789",
            "http://localhost:18789/",
        ] {
            assert!(matches!(with(origin), Err(Refused::Origin(_))), "{origin}");
        }
        let page = |origin: &str| with(origin).unwrap().page;
        assert_eq!(page("http://localhost:18789"), Page::Own);
        assert_eq!(page("https://localhost:18789"), Page::Own);
        assert_eq!(page("https://gate.example"), Page::Listed);
        let twice = look(&[
            ("host", "localhost"),
            ("origin", "http://localhost"),
            ("origin", "http://localhost"),
        ]);
        assert!(twice.is_err());
    }

    #[test]
    fn over_tls_a_page_that_came_in_the_clear_is_not_ours() {
        let with = |origin: &str| look_as(true, &[("host", "localhost:18789"), ("origin", origin)]);
        assert_eq!(with("https://localhost:18789").unwrap().page, Page::Own);
        let clear = "http://localhost:18789";
        assert_eq!(with(clear), Err(Refused::Origin(clear.to_owned())));
    }

    #[test]
    fn any_forwarding_header_ends_directness() {
        assert!(look(&[("host", "localhost")]).unwrap().direct_loopback);
        for header in
            FORWARDING
                .into_iter()
                .chain(["x-forwarded-for", "cf-ray", "tailscale-user-login"])
        {
            assert!(
                !look(&[("host", "localhost"), (header, "127.0.0.1")])
                    .unwrap()
                    .direct_loopback,
                "{header}"
            );
        }
    }
}
