//! Fetching a file that came with a message. Its address is signed and needs no token, so none is
//! given; and only the vendor's own hosts are asked, whatever a message names.

use std::path::Path;

use reqwest::Url;
use tidegate_core::channel::{ChannelError, StoredFile};

use super::api::CallError;
use super::channel::Discord;
use super::settings::DEFAULT_API_ROOT;
use crate::call::head;
use crate::file::save;
use crate::transfer::fetched_in_time;

/// Where Discord keeps files.
const HOSTS: [&str; 2] = ["cdn.discordapp.com", "media.discordapp.net"];

impl Discord {
    pub(super) async fn fetch_file(
        &self,
        address: &str,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        let own_root = (self.settings.api_root != DEFAULT_API_ROOT).then(|| self.api.root());
        let url = allowed(address, own_root).ok_or_else(|| {
            ChannelError::Refused("the file lies at an address that we do not follow".into())
        })?;
        let fetch = self.fetch_from(url, to, max_bytes);
        fetched_in_time(max_bytes, fetch).await
    }

    async fn fetch_from(
        &self,
        url: Url,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        let response = head(self.http.inner().get(url)).await;
        let response = response.map_err(CallError::repeating)?;
        let status = response.status().as_u16();
        match status {
            200 => save(response, to, max_bytes).await,
            403 | 404 => Err(ChannelError::Refused(
                "Discord does not give this file out any more".into(),
            )),
            429 | 500.. => Err(ChannelError::Unreachable(format!(
                "Discord answered {status} instead of the file"
            ))),
            _ => Err(ChannelError::Refused(format!(
                "Discord answered {status} instead of the file"
            ))),
        }
    }
}

/// The address, if it is one of the vendor's files, or of the server that was configured.
fn allowed(address: &str, own_root: Option<&Url>) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    let vendors = url.scheme() == "https"
        && url.port().is_none()
        && url.host_str().is_some_and(|host| HOSTS.contains(&host));
    let own = own_root.is_some_and(|root| url.origin() == root.origin());
    (plain && (vendors || own)).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_vendors_hosts_are_asked() {
        let is_allowed = |address| allowed(address, None).is_some();
        assert!(is_allowed(
            "https://cdn.discordapp.com/attachments/1/2/a.png?ex=1&is=2&hm=3&"
        ));
        assert!(is_allowed(
            "https://media.discordapp.net/attachments/1/2/a.png"
        ));
        for wrong in [
            "",
            "of nothing",
            "http://cdn.discordapp.com/a.png",
            "https://cdn.discordapp.com.evil.example/a.png",
            "https://evil.example/cdn.discordapp.com/a.png",
            "https://cdn.discordapp.com:8443/a.png",
            "https://user@cdn.discordapp.com/a.png",
            "https://127.0.0.1/a.png",
            "file:///etc/passwd",
        ] {
            assert!(!is_allowed(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_server_of_ones_own_keeps_its_files_itself() {
        let root = Url::parse("http://127.0.0.1:81/api/v10").unwrap();
        assert!(allowed("http://127.0.0.1:81/attachments/1", Some(&root)).is_some());
        assert!(allowed("http://127.0.0.1:82/attachments/1", Some(&root)).is_none());
        assert!(allowed("https://127.0.0.1:81/attachments/1", Some(&root)).is_none());
    }
}
