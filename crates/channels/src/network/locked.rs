//! An account that cannot be opened.

use std::path::Path;

use async_trait::async_trait;
use tidegate_core::channel::{
    AccountKey, Act, Attempt, Capabilities, Channel, ChannelError, Identity, InboundMedia, Inbox,
    OutboundPart, Receipt, StoredFile, Target,
};
use tokio_util::sync::CancellationToken;

use super::Network;

/// An account that cannot be opened: it waits for its owner, and says why.
pub struct Locked {
    account: AccountKey,
    capabilities: Capabilities,
    reason: String,
}

impl Locked {
    /// An account of this network that cannot be opened for this reason.
    pub fn new(network: &dyn Network, account: AccountKey, reason: String) -> Self {
        Self {
            account,
            capabilities: network.capabilities(),
            reason,
        }
    }

    fn error(&self) -> ChannelError {
        ChannelError::NeedsSetup(self.reason.clone())
    }
}

#[async_trait]
impl Channel for Locked {
    fn account(&self) -> &AccountKey {
        &self.account
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn fingerprint(&self) -> String {
        format!("locked:{}", self.account)
    }

    async fn receive(
        &self,
        _inbox: &dyn Inbox,
        _stop: CancellationToken,
    ) -> Result<(), ChannelError> {
        Err(self.error())
    }

    async fn send(
        &self,
        _to: &Target,
        _part: &OutboundPart,
        _attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        Err(self.error())
    }

    async fn act(&self, _to: &Target, _act: Act) -> Result<(), ChannelError> {
        Err(self.error())
    }

    async fn probe(&self) -> Result<Identity, ChannelError> {
        Err(self.error())
    }

    async fn fetch(
        &self,
        _media: &InboundMedia,
        _to: &Path,
        _max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        Err(self.error())
    }
}
