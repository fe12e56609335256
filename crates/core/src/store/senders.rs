//! People on chat networks who were let in by a code (DECISIONS D14).

use async_trait::async_trait;
use tidegate_protocol::ChannelId;

use super::StoreError;
use crate::channel::{AccountKey, Target};

/// Somebody asks to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderAsk {
    /// Through which account.
    pub account: AccountKey,
    /// The network's stable id of the person.
    pub sender_id: String,
    /// What the person is called, for the owner.
    pub name: Option<String>,
    /// The direct chat with the person.
    pub chat: Target,
    /// The code that is shown to the person, if there is room.
    pub code: String,
    /// Now, in Unix milliseconds.
    pub at_ms: u64,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SenderAsked {
    /// It is stored: tell the person the code.
    New,
    /// The person asked before and has a code: say nothing.
    Pending,
    /// Too many wait already: say nothing.
    Full,
}

/// Somebody who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderRequest {
    /// Through which account.
    pub account: AccountKey,
    /// The network's stable id of the person.
    pub sender_id: String,
    /// What the person is called, for the owner.
    pub name: Option<String>,
    /// The direct chat with the person.
    pub chat: Target,
    /// The code that the person was shown.
    pub code: String,
    /// Since when, in Unix milliseconds.
    pub at_ms: u64,
}

/// Somebody who was let in, for direct chats with this account and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmittedSender {
    /// Through which account.
    pub account: AccountKey,
    /// The network's stable id of the person.
    pub sender_id: String,
    /// What the person is called, for the owner.
    pub name: Option<String>,
    /// The direct chat with the person.
    pub chat: Target,
    /// Whether the person is the owner, and may do what the owner's devices may.
    pub owner: bool,
    /// Since when, in Unix milliseconds.
    pub at_ms: u64,
}

/// People on chat networks.
#[async_trait]
pub trait SenderStore: Send + Sync + 'static {
    /// Stores a request. Those older than `expired_before_ms` are forgotten first; at most
    /// `max_pending` of a channel are kept, and more are refused.
    async fn ask_in(
        &self,
        ask: SenderAsk,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<SenderAsked, StoreError>;

    /// Those who wait and came after this, oldest first.
    async fn waiting(&self, after_ms: u64) -> Result<Vec<SenderRequest>, StoreError>;

    /// Lets in whoever was shown this code on the channel after this time; `None` if nobody was.
    /// The code is spent.
    async fn admit(
        &self,
        channel: &ChannelId,
        code: &str,
        owner: bool,
        after_ms: u64,
        now_ms: u64,
    ) -> Result<Option<AdmittedSender>, StoreError>;

    /// Those who were let in, of every account or of one.
    async fn admitted(
        &self,
        account: Option<&AccountKey>,
    ) -> Result<Vec<AdmittedSender>, StoreError>;

    /// Whether this person was let in.
    async fn sender(
        &self,
        account: &AccountKey,
        sender_id: &str,
    ) -> Result<Option<AdmittedSender>, StoreError>;

    /// Takes the right away again, or the request. Says whether one was there.
    async fn dismiss(&self, account: &AccountKey, sender_id: &str) -> Result<bool, StoreError>;
}
