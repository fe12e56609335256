//! Fetching a file that came with a message. Slack leads from its own host, where it wants the
//! token, to another, where the token has no business (SECURITY T45).

use std::path::Path;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use reqwest::{Response, StatusCode, Url};
use tidegate_core::channel::{ChannelError, InboundMedia, StoredFile};

use super::api::CallError;
use super::channel::Slack;
use crate::call::head;
use crate::file::{save, within};
use crate::transfer::fetched_in_time;

/// Redirects that are followed; Slack needs two.
const MOST_HOPS: usize = 5;

impl Slack {
    pub(super) async fn fetch_file(
        &self,
        media: &InboundMedia,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        within(media.bytes.unwrap_or(0), max_bytes)?;
        let bytes = media.bytes.unwrap_or(max_bytes).min(max_bytes);
        let fetch = async {
            let response = self.follow(&media.handle).await?;
            if is_login_page(&response, media) {
                return Err(ChannelError::NeedsSetup(
                    "Slack shows its login page instead of the file: the app needs the scope \
                     files:read, and must be in the channel"
                        .into(),
                ));
            }
            save(response, to, max_bytes).await
        };
        fetched_in_time(bytes, fetch).await
    }

    /// Begins to fetch, and follows Slack to where the bytes are.
    async fn follow(&self, address: &str) -> Result<Response, ChannelError> {
        let root = self.api.root();
        let mut url = Url::parse(address)
            .ok()
            .filter(|url| is_home(root, url))
            .ok_or_else(|| refused("the file does not lie at Slack"))?;
        for _ in 0..MOST_HOPS {
            let response = self.ask(&url).await?;
            let status = response.status();
            if status.is_success() {
                return Ok(response);
            }
            if !status.is_redirection() {
                return Err(unfetchable(status));
            }
            url = next_hop(&url, &response)?;
        }
        Err(refused("the file is behind too many redirects"))
    }

    /// One request. The token goes to Slack's own host and nowhere else.
    async fn ask(&self, url: &Url) -> Result<Response, ChannelError> {
        let mut request = self.api.http().inner().get(url.clone());
        if is_home(self.api.root(), url) {
            let bearer = self.api.bearer().map_err(CallError::repeating)?;
            request = request.header(AUTHORIZATION, bearer);
        }
        head(request).await.map_err(CallError::repeating)
    }
}

/// Where a redirect leads. It never leads from a safe connection to an open one.
fn next_hop(from: &Url, response: &Response) -> Result<Url, ChannelError> {
    let location = response.headers().get(LOCATION);
    let next = location
        .and_then(|location| from.join(location.to_str().ok()?).ok())
        .ok_or_else(|| refused("the file is behind a redirect to nowhere"))?;
    let safe = match next.scheme() {
        "https" => true,
        "http" => from.scheme() == "http",
        _ => false,
    };
    if safe {
        return Ok(next);
    }
    Err(refused("the file is behind a redirect that is not safe"))
}

/// Whether an address is at the host of the Web API, or at one below it, as `files.slack.com` is
/// below `slack.com`.
fn is_home(root: &Url, url: &Url) -> bool {
    let (Some(home), Some(host)) = (root.host_str(), url.host_str()) else {
        return false;
    };
    let below = host
        .strip_suffix(home)
        .is_some_and(|rest| rest.ends_with('.'));
    url.scheme() == root.scheme()
        && url.port_or_known_default() == root.port_or_known_default()
        && (host == home || (below && root.domain().is_some()))
}

/// Whoever shows no token that Slack likes gets a page to log in, which is a success to HTTP. A file
/// that is a page itself has the size that Slack told.
fn is_login_page(response: &Response, media: &InboundMedia) -> bool {
    let kind = response.headers().get(CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_page = kind.to_ascii_lowercase().starts_with("text/html");
    let is_wanted = media.mime.as_deref() == Some("text/html")
        && media.bytes.is_some()
        && response.content_length() == media.bytes;
    is_page && !is_wanted
}

fn unfetchable(status: StatusCode) -> ChannelError {
    match status.as_u16() {
        429 | 500.. => ChannelError::Unreachable(format!("Slack answered {status} to the fetch")),
        _ => refused(&format!("Slack does not give this file out ({status})")),
    }
}

fn refused(why: &str) -> ChannelError {
    ChannelError::Refused(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(root: &str, url: &str) -> bool {
        is_home(&Url::parse(root).unwrap(), &Url::parse(url).unwrap())
    }

    #[test]
    fn only_slacks_own_hosts_are_home() {
        let root = "https://slack.com/api";
        for url in [
            "https://slack.com/x",
            "https://files.slack.com/files-pri/T1-F1/a.png",
            "https://team.slack.com:443/x",
        ] {
            assert!(home(root, url), "{url}");
        }
        for url in [
            "http://files.slack.com/x",
            "https://slack.com.evil.test/x",
            "https://evilslack.com/x",
            "https://slack-files.com/x",
            "https://files.slack.com:8443/x",
            "https://files.slack.com@evil.test/x",
            "https://evil.test/files.slack.com",
            "file:///etc/passwd",
        ] {
            assert!(!home(root, url), "{url}");
        }
        assert!(home("http://127.0.0.1:99/api", "http://127.0.0.1:99/files"));
        assert!(!home(
            "http://127.0.0.1:99/api",
            "http://127.0.0.1:98/files"
        ));
    }
}
