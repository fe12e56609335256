//! The port, put together.

use std::fmt;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use tidegate_core::Clock;
use tidegate_core::channel::{
    AccountKey, Act, Attempt, Capabilities, Channel, ChannelError, Identity, InboundMedia, Inbox,
    OutboundPart, Receipt, StoredFile, Target,
};
use tokio_util::sync::CancellationToken;

use super::account::Me;
use super::api::Api;
use super::capabilities::capabilities;
use super::places::Places;
use super::settings::{DiscordSettings, SettingsError};
use super::snowflake::is_id;
use crate::http::HttpClient;
use crate::latest::Latest;

/// One bot on Discord.
pub struct Discord {
    pub(super) settings: DiscordSettings,
    pub(super) http: HttpClient,
    pub(super) api: Api,
    pub(super) clock: Arc<dyn Clock>,
    /// The list of commands was told to Discord.
    pub(super) commands_told: AtomicBool,
    pub(super) places: Mutex<Places>,
    /// Who we are.
    pub(super) me: Latest<Me>,
    capabilities: Capabilities,
}

impl Discord {
    /// Makes a bot ready; nothing is dialled yet.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn new(
        settings: DiscordSettings,
        http: HttpClient,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let (settings, root) = settings.check()?;
        let token = settings.token.clone();
        Ok(Self {
            api: Api::new(http.clone(), root, token, Arc::clone(&clock)),
            http,
            clock,
            commands_told: AtomicBool::new(false),
            places: Mutex::default(),
            capabilities: capabilities(),
            me: Latest::default(),
            settings,
        })
    }
}

impl fmt::Debug for Discord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discord")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Channel for Discord {
    fn account(&self) -> &AccountKey {
        &self.settings.account
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn fingerprint(&self) -> String {
        fingerprint(self.settings.token.expose())
    }

    async fn receive(
        &self,
        inbox: &dyn Inbox,
        stop: CancellationToken,
    ) -> Result<(), ChannelError> {
        inbox.connecting();
        self.listen(inbox, &stop).await
    }

    async fn address(&self, to: &str, thread: Option<&str>) -> Result<Target, ChannelError> {
        self.find_address(to, thread).await
    }

    async fn send(
        &self,
        to: &Target,
        part: &OutboundPart,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        self.send_part(to, part, attempt).await
    }

    async fn act(&self, to: &Target, act: Act) -> Result<(), ChannelError> {
        self.do_act(to, &act).await
    }

    async fn probe(&self) -> Result<Identity, ChannelError> {
        self.meet().await.map(|me| me.identity())
    }

    async fn fetch(
        &self,
        media: &InboundMedia,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        self.fetch_file(&media.handle, to, max_bytes).await
    }
}

/// The bot's id, which is the first part of a token; of a token of another form, its hash.
fn fingerprint(token: &str) -> String {
    let head = token.split('.').next().unwrap_or_default();
    let id = URL_SAFE_NO_PAD
        .decode(head.trim_end_matches('='))
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|id| is_id(id));
    id.unwrap_or_else(|| format!("{:x}", Sha256::digest(token.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_is_one_whatever_its_token_is_now() {
        assert_eq!(
            fingerprint("MTc1OTI4ODQ3Mjk5MTE3MDYz.one.secret"),
            "175928847299117063"
        );
        assert_eq!(
            fingerprint("MTc1OTI4ODQ3Mjk5MTE3MDYz.two.other"),
            "175928847299117063"
        );
        let strange = fingerprint("strange-token");
        assert_eq!(strange.len(), 64);
        assert!(!strange.contains("strange"));
    }
}
