//! The one HTTP client of all providers.

use std::time::Duration;

use reqwest::redirect::Policy;

use super::settings::BuildError;

/// How long a connection may take to be made, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept; shorter than servers keep theirs.
const POOL_IDLE: Duration = Duration::from_secs(30);

/// A client that follows no redirect (a key stays with the host that was configured, T45), reads no
/// proxy from the environment, asks for no compression (so no small body becomes a big one) and
/// trusts Mozilla's roots.
#[derive(Debug, Clone)]
pub struct HttpClient(reqwest::Client);

impl HttpClient {
    /// Makes one; share it between providers.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub fn new() -> Result<Self, BuildError> {
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
            .build()
            .map(Self)
            .map_err(BuildError::Http)
    }

    pub(crate) const fn inner(&self) -> &reqwest::Client {
        &self.0
    }
}

/// Reads at most `max` bytes of a body, then stops; a broken body is what arrived of it.
pub(crate) async fn read_up_to(mut response: reqwest::Response, max: usize) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = max.saturating_sub(body.len());
        body.extend(chunk.iter().take(room));
        if chunk.len() >= room {
            break;
        }
    }
    body
}
