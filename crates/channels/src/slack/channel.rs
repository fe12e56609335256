//! The port, put together.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use tidegate_core::Clock;
use tidegate_core::channel::{
    AccountKey, Act, Attempt, Capabilities, Channel, ChannelError, Identity, InboundMedia, Inbox,
    OutboundPart, Receipt, StoredFile, Target, Webhook,
};
use tokio_util::sync::CancellationToken;

use super::api::{Api, Me};
use super::capabilities::capabilities;
use super::known::Known;
use super::settings::{Mode, SettingsError, SlackSettings};
use crate::http::HttpClient;
use crate::latest::Latest;

/// One app in one workspace of Slack.
pub struct Slack {
    pub(super) settings: SlackSettings,
    pub(super) api: Api,
    pub(super) clock: Arc<dyn Clock>,
    /// What we learned of the workspace.
    pub(super) known: Known,
    /// Who we are.
    pub(super) me: Latest<Me>,
    capabilities: Capabilities,
    /// Slack called our webhook in this life.
    pub(super) called: AtomicBool,
}

impl Slack {
    /// Makes an app ready; nothing is dialled yet.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn new(
        settings: SlackSettings,
        http: HttpClient,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        let (settings, root) = settings.check()?;
        let api = Api::new(http, root, settings.bot_token.clone());
        Ok(Self {
            capabilities: capabilities(settings.patience),
            settings,
            api,
            clock,
            known: Known::default(),
            called: AtomicBool::new(false),
            me: Latest::default(),
        })
    }

    /// Who we are; asked only if we do not know yet.
    pub(super) async fn ourselves(&self) -> Result<Arc<Me>, ChannelError> {
        match self.me.known() {
            Some(me) => Ok(me),
            None => self.meet().await,
        }
    }
}

impl fmt::Debug for Slack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slack")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Channel for Slack {
    fn account(&self) -> &AccountKey {
        &self.settings.account
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn fingerprint(&self) -> String {
        self.settings.fingerprint()
    }

    async fn receive(
        &self,
        inbox: &dyn Inbox,
        stop: CancellationToken,
    ) -> Result<(), ChannelError> {
        inbox.connecting();
        let received = async {
            match &self.settings.mode {
                Mode::Socket { app_token } => self.listen(app_token, inbox, &stop).await,
                Mode::Webhook { .. } => {
                    let watch = self.watch(inbox);
                    stop.run_until_cancelled(watch).await.unwrap_or(Ok(()))
                }
            }
        };
        tokio::select! {
            received = received => received,
            never = self.learn_names() => match never {},
        }
    }

    async fn address(&self, to: &str, thread: Option<&str>) -> Result<Target, ChannelError> {
        self.find(to, thread).await
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
        self.identify().await
    }

    async fn fetch(
        &self,
        media: &InboundMedia,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        self.fetch_file(media, to, max_bytes).await
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        matches!(self.settings.mode, Mode::Webhook { .. }).then_some(self)
    }
}
