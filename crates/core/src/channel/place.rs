//! Places on chat networks.

use serde::{Deserialize, Serialize};
use tidegate_protocol::{AccountId, ChannelId};

/// One of our accounts on one network.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountKey {
    /// The network.
    pub channel: ChannelId,
    /// The account there.
    pub account: AccountId,
}

impl AccountKey {
    /// Names an account.
    pub fn new(channel: impl Into<String>, account: impl Into<String>) -> Self {
        Self {
            channel: ChannelId::new(channel),
            account: AccountId::new(account),
        }
    }
}

impl std::fmt::Display for AccountKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.channel, self.account)
    }
}

/// What kind of conversation a peer is. A network that cannot tell gives no message at all: a
/// guess would open a group to people who were let into a direct chat (SECURITY T28).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeerKind {
    /// One person.
    Direct,
    /// A group of people.
    Group,
    /// A room of a server or workspace.
    Channel,
}

impl PeerKind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
            Self::Channel => "channel",
        }
    }
}

/// One conversation on a network.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Peer {
    /// What kind it is.
    pub kind: PeerKind,
    /// The network's own stable id of it, exactly as the network writes it.
    pub id: String,
}

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Target {
    /// Through which account.
    #[serde(flatten)]
    pub account: AccountKey,
    /// To which conversation.
    pub peer: Peer,
    /// In which thread or topic of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

impl Target {
    /// The name under which messages keep their order: those of one conversation and thread do.
    pub fn line(&self) -> String {
        match &self.thread {
            None => self.peer.id.clone(),
            Some(thread) => format!("{}#{thread}", self.peer.id),
        }
    }
}
