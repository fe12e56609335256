//! Where a gateway is.

use std::net::IpAddr;

use tokio_tungstenite::tungstenite::http::Uri;

use crate::error::{Error, ErrorKind, Phase};

/// The port of a gateway when an address names none.
pub const DEFAULT_PORT: u16 = 18789;

/// The address of a gateway, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    tls: bool,
    host: String,
    port: u16,
    path: String,
}

impl Address {
    /// Reads `ws://host[:port][/path]`, or the same with `wss://` for TLS.
    ///
    /// # Errors
    /// Another scheme, no host, or a user name.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = |why: &str| Error::new(Phase::Address, ErrorKind::Address(why.to_owned()));
        let uri: Uri = text
            .trim()
            .parse()
            .map_err(|_| bad("this is not an address"))?;
        let tls = match uri.scheme_str() {
            Some("ws") => false,
            Some("wss") => true,
            Some(_) | None => return Err(bad("an address begins with ws:// or wss://")),
        };
        let authority = uri
            .authority()
            .ok_or_else(|| bad("the address names no host"))?;
        if authority.as_str().contains('@') {
            return Err(bad("a user name or secret has no place in an address"));
        }
        let host = authority
            .host()
            .trim_start_matches('[')
            .trim_end_matches(']');
        if host.is_empty() {
            return Err(bad("the address names no host"));
        }
        // The parser takes "host:" and "host:99999" and then knows no port.
        let named = authority
            .as_str()
            .rsplit_once(':')
            .filter(|(_, port)| !port.contains(']'));
        let port = match (authority.port_u16(), named) {
            (Some(port), _) if port != 0 => port,
            (None, None) => DEFAULT_PORT,
            _ => return Err(bad("a port is a number from 1 to 65535")),
        };
        Ok(Self {
            tls,
            host: host.to_ascii_lowercase(),
            port,
            path: uri.path().to_owned(),
        })
    }

    /// The address of a port of this host, without TLS.
    pub fn loopback(port: u16) -> Self {
        Self {
            tls: false,
            host: "127.0.0.1".to_owned(),
            port,
            path: "/".to_owned(),
        }
    }

    /// The same place, with TLS.
    #[must_use]
    pub fn with_tls(self) -> Self {
        Self { tls: true, ..self }
    }

    /// Whether it is dialled with TLS, and never without.
    pub const fn is_tls(&self) -> bool {
        self.tls
    }

    /// The host: a name or an address, without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// `host:port`, with brackets where they are needed.
    pub fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// What a credential belongs to: `ws://host:port`, or `wss://host:port`.
    pub fn origin(&self) -> String {
        let scheme = if self.tls { "wss" } else { "ws" };
        format!("{scheme}://{}", self.authority())
    }

    /// The gateway's page: `http://host:port`, or `https://host:port`.
    pub fn page(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.authority())
    }

    /// The whole address.
    pub fn url(&self) -> String {
        format!("{}{}", self.origin(), self.path)
    }

    /// Whether this is a loopback address of this host, or `localhost`, which is only ever dialled
    /// at loopback addresses.
    pub fn is_loopback(&self) -> bool {
        self.is_localhost() || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    pub(crate) fn is_localhost(&self) -> bool {
        self.host == "localhost"
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path == "/" {
            f.write_str(&self.origin())
        } else {
            f.write_str(&self.url())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn addresses_are_taken_apart() {
        for (text, origin, loopback) in [
            ("ws://127.0.0.1:18789", "ws://127.0.0.1:18789", true),
            ("ws://127.0.0.1", "ws://127.0.0.1:18789", true),
            ("ws://127.9.9.9:1/", "ws://127.9.9.9:1", true),
            ("ws://LocalHost:5/x?y=1#z", "ws://localhost:5", true),
            ("wss://localhost", "wss://localhost:18789", true),
            ("wss://Gate.example:5/x", "wss://gate.example:5", false),
            ("ws://[::1]:9", "ws://[::1]:9", true),
            ("ws://[::1]", "ws://[::1]:18789", true),
            ("ws://example.org:80", "ws://example.org:80", false),
            (
                "ws://127.0.0.1.example.org",
                "ws://127.0.0.1.example.org:18789",
                false,
            ),
            (
                "ws://localhost.example.org",
                "ws://localhost.example.org:18789",
                false,
            ),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(
                (address.origin().as_str(), address.is_loopback()),
                (origin, loopback),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_reason() {
        for (text, why) in [
            ("https://a", "begins with ws:// or wss://"),
            ("http://a", "begins with ws://"),
            ("127.0.0.1:18789", "begins with ws://"),
            ("", "not an address"),
            ("ws://me:secret@a", "no place in an address"),
            ("ws://a:0", "a port is a number"),
            ("ws://a:99999", "a port is a number"),
            ("ws://a:", "a port is a number"),
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains("secret@"), "{error}");
        }
    }
}
