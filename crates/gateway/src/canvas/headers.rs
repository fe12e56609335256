//! What every answer of the canvas says to the browser (DECISIONS D16, SECURITY T36). An agent's page
//! has an origin of nobody, loads from its own capability alone and talks to nobody but the
//! live-reload socket; whoever frames it is our own page.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// What a page may not even ask for.
const POWERS: &str = "accelerometer=(), autoplay=(self), camera=(), clipboard-read=(), clipboard-write=(), \
     display-capture=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), microphone=(), midi=(), payment=(), \
     publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// Which page an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Maker {
    /// The agent: anything may stand in it.
    Agent,
    /// We: the A2UI page, which shows pictures of the web where an agent names them.
    House,
}

/// Where a page is, as the browser sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'p> {
    /// The Host of the request; its name is one of ours.
    pub(super) host: &'p str,
    /// The path up to the end of the capability, with a slash.
    pub(super) base: &'p str,
    /// Whether the listener speaks TLS.
    pub(super) tls: bool,
}

impl Place<'_> {
    /// The sources that are behind the capability. A literal IPv6 address is no source in a policy,
    /// so there it is the whole origin, of which nothing else answers to a page of nobody.
    fn sources(&self, schemes: [&str; 2]) -> String {
        let scheme = if self.tls { schemes[1] } else { schemes[0] };
        if self.host.starts_with('[') {
            "'self'".to_owned()
        } else {
            format!("{scheme}://{}{}", self.host, self.base)
        }
    }
}

/// The policy of a page.
pub(super) fn policy(maker: Maker, place: Place<'_>, framed_by: &str) -> String {
    let own = place.sources(["http", "https"]);
    let socket = place.sources(["ws", "wss"]);
    let loads = match maker {
        Maker::Agent => format!(
            "script-src {own} 'unsafe-inline'; style-src {own} 'unsafe-inline'; img-src {own} data: blob:; \
             font-src {own} data:; media-src {own} data: blob:; connect-src {socket}"
        ),
        Maker::House => format!(
            "script-src {own}; style-src {own}; img-src https: data:; media-src https: data:; connect-src 'none'"
        ),
    };
    format!(
        "sandbox allow-scripts; default-src 'none'; {loads}; frame-src 'none'; worker-src 'none'; object-src 'none'; \
         base-uri 'none'; form-action 'none'; frame-ancestors {framed_by}"
    )
}

/// Puts a policy and everything that goes with it on an answer.
pub(super) fn put(headers: &mut HeaderMap, policy: &str) {
    let fixed = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("permissions-policy"), POWERS),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        // A page of nobody is of another origin than its own pictures: what keeps others out is the
        // capability in the address.
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
        (HeaderName::from_static("x-dns-prefetch-control"), "off"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Without a policy nothing may be shown: an answer whose policy cannot be sent gets the empty one.
    let policy = HeaderValue::from_str(policy)
        .unwrap_or_else(|_| HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(CONTENT_SECURITY_POLICY, policy);
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place {
        host: "127.0.0.1:18793",
        base: "/__tidegate__/cap/x/",
        tls: false,
    };

    #[test]
    fn a_page_of_an_agent_has_no_origin_and_no_way_out() {
        let policy = policy(Maker::Agent, PLACE, "http://127.0.0.1:18789");
        assert!(policy.starts_with("sandbox allow-scripts; default-src 'none'; "));
        assert!(!policy.contains("allow-same-origin"));
        assert!(policy.contains("connect-src ws://127.0.0.1:18793/__tidegate__/cap/x/;"));
        assert!(policy.ends_with("frame-ancestors http://127.0.0.1:18789"));
        for none in [
            "frame-src",
            "worker-src",
            "object-src",
            "base-uri",
            "form-action",
        ] {
            assert!(policy.contains(&format!("{none} 'none'")), "{none}");
        }
        assert!(!policy.contains('*'));
    }

    #[test]
    fn our_page_runs_nothing_that_stands_in_it() {
        let tls = Place { tls: true, ..PLACE };
        let policy = policy(Maker::House, tls, "'self'");
        assert!(policy.contains("script-src https://127.0.0.1:18793/__tidegate__/cap/x/;"));
        assert!(!policy.contains("unsafe"));
        assert!(policy.contains("connect-src 'none'"));
    }
}
