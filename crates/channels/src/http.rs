//! The one HTTP client of all networks.

use std::error::Error as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;

/// How long a connection may take to be made, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept; shorter than servers keep theirs.
const POOL_IDLE: Duration = Duration::from_secs(30);

/// A client that follows no redirect (a token stays with the host that was configured, SECURITY
/// T45), reads no proxy from the environment, asks for no compression (so no small body becomes a
/// big one) and trusts Mozilla's roots. A deadline is set with every request.
#[derive(Debug, Clone)]
pub struct HttpClient(reqwest::Client);

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct HttpError(#[source] reqwest::Error);

impl HttpClient {
    /// Makes one; share it between accounts.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new() -> Result<Self, HttpError> {
        builder().build().map(Self).map_err(HttpError)
    }

    /// One that reaches this host alone, and it at these addresses alone, whatever names say.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub(crate) fn only(host: &str, addresses: Vec<SocketAddr>) -> Result<Self, HttpError> {
        let only = Only {
            host: host.to_owned(),
            addresses,
        };
        let client = builder().dns_resolver(Arc::new(only)).build();
        client.map(Self).map_err(HttpError)
    }

    pub(crate) const fn inner(&self) -> &reqwest::Client {
        &self.0
    }
}

fn builder() -> reqwest::ClientBuilder {
    // Fails only if a provider is installed already, which is then used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("tidegate/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(POOL_IDLE)
        .tcp_nodelay(true)
}

/// The addresses of one host; no other has any.
struct Only {
    host: String,
    addresses: Vec<SocketAddr>,
}

impl Resolve for Only {
    fn resolve(&self, name: Name) -> Resolving {
        let found = if name.as_str().eq_ignore_ascii_case(&self.host) {
            let addresses: Addrs = Box::new(self.addresses.clone().into_iter());
            Ok(addresses)
        } else {
            Err("another host than the one that was asked for".into())
        };
        Box::pin(std::future::ready(found))
    }
}

/// What went wrong, in words that never hold the address: addresses hold tokens.
pub(crate) fn cause(error: &reqwest::Error) -> String {
    if error.is_connect() {
        return format!("no connection: {}", innermost(error));
    }
    if error.is_timeout() {
        return "no answer in time".into();
    }
    innermost(error)
}

/// The first cause. The outermost error alone knows the address, so it is never the one.
fn innermost(error: &reqwest::Error) -> String {
    let Some(mut cause) = error.source() else {
        return "the request failed".into();
    };
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
