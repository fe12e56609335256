//! The port, put together.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use tidegate_core::channel::{
    AccountKey, Act, Attempt, Capabilities, Channel, ChannelError, Identity, InboundMedia, Inbox,
    OutboundPart, Receipt, StoredFile, Target, Webhook,
};
use tidegate_core::{Clock, SecretHash};
use tokio_util::sync::CancellationToken;

use super::api::{Api, User};
use super::capabilities::capabilities;
use super::settings::{Mode, SettingsError, TelegramSettings, bot_number};
use crate::http::HttpClient;
use crate::latest::Latest;

/// One bot on Telegram.
pub struct Telegram {
    pub(super) settings: TelegramSettings,
    pub(super) api: Api,
    pub(super) clock: Arc<dyn Clock>,
    /// What a webhook must show, if there is one.
    pub(super) webhook_secret: Option<SecretHash>,
    /// The list of commands was told to Telegram.
    pub(super) commands_told: AtomicBool,
    /// Who we are.
    pub(super) me: Latest<User>,
    capabilities: Capabilities,
}

impl Telegram {
    /// Makes a bot ready; nothing is dialled yet.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn new(
        settings: TelegramSettings,
        http: HttpClient,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let settings = settings.check()?;
        let api = Api::new(http, settings.api_root.clone(), settings.token.clone());
        let webhook_secret = match &settings.mode {
            Mode::LongPoll => None,
            Mode::Webhook { secret, .. } => Some(SecretHash::of(secret.expose())),
        };
        Ok(Self {
            capabilities: capabilities(settings.poll, settings.local_files.is_some()),
            settings,
            api,
            clock,
            webhook_secret,
            commands_told: AtomicBool::new(false),
            me: Latest::default(),
        })
    }
}

impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telegram")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Channel for Telegram {
    fn account(&self) -> &AccountKey {
        &self.settings.account
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn fingerprint(&self) -> String {
        bot_number(self.settings.token.expose())
            .unwrap_or_default()
            .to_owned()
    }

    async fn receive(
        &self,
        inbox: &dyn Inbox,
        stop: CancellationToken,
    ) -> Result<(), ChannelError> {
        inbox.connecting();
        match &self.settings.mode {
            Mode::LongPoll => self.poll(inbox, &stop).await,
            Mode::Webhook { public_url, secret } => {
                let watch = self.watch_webhook(public_url, secret, inbox);
                stop.run_until_cancelled(watch).await.unwrap_or(Ok(()))
            }
        }
    }

    async fn address(&self, to: &str, thread: Option<&str>) -> Result<Target, ChannelError> {
        super::address::read(&self.settings.account, to, thread)
    }

    async fn send(
        &self,
        to: &Target,
        part: &OutboundPart,
        _attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        self.send_part(to, part).await
    }

    async fn act(&self, to: &Target, act: Act) -> Result<(), ChannelError> {
        self.do_act(to, &act).await
    }

    async fn probe(&self) -> Result<Identity, ChannelError> {
        self.meet().await.map(|me| super::account::identity(&me))
    }

    async fn fetch(
        &self,
        media: &InboundMedia,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        self.fetch_file(&media.handle, to, max_bytes).await
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        self.webhook_secret.is_some().then_some(self)
    }
}
