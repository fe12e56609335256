//! Files by their links, to be sent: `data:` links hold them, those of the web are fetched. Never
//! from this host or the networks around it, whatever names and redirects say: every address is
//! looked at, and the one that was looked at is the one that is called.

mod data;
mod percent;
mod public;

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::LOCATION;
use reqwest::{Response, Url};
use tidegate_core::channel::ChannelError;
use tidegate_core::files::{Fetched, FileError, FileSource};
use tokio::time::timeout;

use crate::file::save;
use crate::http::{HttpClient, cause};
use public::is_public;

/// Time for one file, redirects and all.
const DEADLINE: Duration = Duration::from_secs(20);
/// How often a link may lead on.
const REDIRECTS: usize = 3;
/// Bytes of the longest link to the web.
const LINK_BYTES: usize = 4096;

/// Finds the addresses of a name.
#[async_trait]
trait Names: Send + Sync + 'static {
    async fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<IpAddr>>;
}

/// The names of the system.
struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, host: &str, port: u16) -> std::io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((host, port)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Files by their links.
#[derive(Clone)]
pub struct WebFiles {
    names: Arc<dyn Names>,
    /// Whether an address may be called.
    allows: fn(IpAddr) -> bool,
}

impl Default for WebFiles {
    fn default() -> Self {
        Self {
            names: Arc::new(SystemNames),
            allows: is_public,
        }
    }
}

#[async_trait]
impl FileSource for WebFiles {
    async fn fetch(&self, link: &str, to: &Path, max_bytes: u64) -> Result<Fetched, FileError> {
        if let Some(data) = data::after_scheme(link) {
            return data::store(data, to, max_bytes).await;
        }
        timeout(DEADLINE, self.over_web(link, to, max_bytes))
            .await
            .map_err(|_| unreachable("the file took too long"))?
    }
}

impl WebFiles {
    async fn over_web(&self, link: &str, to: &Path, max_bytes: u64) -> Result<Fetched, FileError> {
        let mut url = web_address(link)?;
        let name = name_of(&url);
        for _ in 0..=REDIRECTS {
            let response = self.ask(&url).await?;
            match response.status().as_u16() {
                200 => {
                    let file = save(response, to, max_bytes).await.map_err(of_channel)?;
                    return Ok(Fetched { file, name });
                }
                301 | 302 | 303 | 307 | 308 => url = next(&url, &response)?,
                status @ (408 | 425 | 429 | 500..) => {
                    return Err(unreachable(format!("{} answers {status}", host_of(&url))));
                }
                status => return Err(refused(format!("{} answers {status}", host_of(&url)))),
            }
        }
        Err(refused(format!(
            "the link leads on more than {REDIRECTS} times"
        )))
    }

    /// Asks the host of an address, at the addresses that were looked at and no others.
    async fn ask(&self, url: &Url) -> Result<Response, FileError> {
        let host = host_of(url);
        let port = url.port_or_known_default().unwrap_or_default();
        let addresses = self.addresses(host, port).await?;
        let addresses = addresses.into_iter().map(|ip| SocketAddr::new(ip, port));
        let client = HttpClient::only(host, addresses.collect());
        let client = client.map_err(|error| unreachable(error.to_string()))?;
        let asked = client.inner().get(url.clone()).send().await;
        asked.map_err(|error| unreachable(format!("{host}: {}", cause(&error))))
    }

    /// The addresses of a host, all of which may be called.
    async fn addresses(&self, host: &str, port: u16) -> Result<Vec<IpAddr>, FileError> {
        let unnamed = || unreachable(format!("{host} has no address"));
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse();
        let found = if let Ok(address) = literal {
            vec![address]
        } else {
            let named = self.names.addresses(host, port).await;
            named.map_err(|_| unnamed())?
        };
        if found.is_empty() {
            return Err(unnamed());
        }
        if !found.iter().copied().all(self.allows) {
            return Err(refused(format!(
                "{host} is not on the public internet; put the file into a data: link instead"
            )));
        }
        Ok(found)
    }
}

/// Reads an address of the web.
fn web_address(link: &str) -> Result<Url, FileError> {
    let wrong = || refused("a file is named by an https, http or data link");
    if link.len() > LINK_BYTES {
        return Err(refused(format!(
            "the link is longer than {LINK_BYTES} bytes"
        )));
    }
    let url = Url::parse(link).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "https" | "http") || host_of(&url).is_empty() {
        return Err(wrong());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("a link must not hold a name or password"));
    }
    Ok(url)
}

/// Where an answer leads.
fn next(url: &Url, response: &Response) -> Result<Url, FileError> {
    let nowhere = || refused(format!("{} leads nowhere", host_of(url)));
    let location = response.headers().get(LOCATION).ok_or_else(nowhere)?;
    let location = location.to_str().map_err(|_| nowhere())?;
    let next = url.join(location).map_err(|_| nowhere())?;
    web_address(next.as_str())
}

fn host_of(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

/// The last step of the path.
fn name_of(url: &Url) -> Option<String> {
    let last = url.path_segments()?.next_back()?;
    (!last.is_empty()).then(|| percent::decoded(last))
}

fn of_channel(error: ChannelError) -> FileError {
    match error {
        ChannelError::Refused(why) => FileError::Refused(why),
        other => FileError::Unreachable(other.to_string()),
    }
}

fn refused(why: impl Into<String>) -> FileError {
    FileError::Refused(why.into())
}

fn unreachable(why: impl Into<String>) -> FileError {
    FileError::Unreachable(why.into())
}

#[cfg(test)]
mod tests;
