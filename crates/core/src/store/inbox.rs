//! What arrived from chat networks. A row is there before the network is told that we have it, and
//! ends in exactly one way.

use async_trait::async_trait;
use tidegate_protocol::RunId;

use super::StoreError;
use super::outbox::{NewOutbound, OutboxRow};
use crate::channel::{AccountKey, Target};
use crate::run::{NewRun, Run};
use crate::session::SessionKey;

/// Messages that one [`InboxStore::trace`] gives at most.
pub const MAX_TRACE_HITS: usize = 20;

/// Events of one account, with the cursor behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrivals {
    /// The account.
    pub account: AccountKey,
    /// Our stable id on the network; the cursor is kept for it alone.
    pub owner: String,
    /// The events, in the order of the network. Those that were not admitted are not here.
    pub list: Vec<Arrival>,
    /// Where receiving goes on; none keeps the cursor.
    pub cursor: Option<String>,
    /// Now, in Unix milliseconds.
    pub at_ms: u64,
}

/// One admitted event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The network's id of the event; unique in the account.
    pub provider_id: String,
    /// The network's id of the message that it is about.
    pub message_id: String,
    /// The conversation.
    pub target: Target,
    /// Who did it.
    pub sender_id: String,
    /// When, by the network's clock, in Unix milliseconds.
    pub sent_at_ms: u64,
    /// What we do with it.
    pub deed: Deed,
}

/// What we do with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// An agent is asked; the row ends with the run. Its `once` and `room` are not looked at: the
    /// row itself makes it happen once, and the run gets `run_id` or, if that is taken,
    /// `spare_run_id`.
    Ask(Box<NewRun>),
    /// It is answered at once.
    Answer {
        /// How the row ends; never `Accepted`.
        ends: InboxState,
        /// The answer: the parts of one group.
        outbound: Vec<NewOutbound>,
    },
}

/// How far a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxState {
    /// Its run waits or works.
    Accepted,
    /// It was answered.
    Answered,
    /// The agent had nothing to say.
    AnsweredEmpty,
    /// It failed, and the sender was told.
    FailedWithNotice,
}

impl InboxState {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Answered => "answered",
            Self::AnsweredEmpty => "answered-empty",
            Self::FailedWithNotice => "failed-with-notice",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Accepted,
            Self::Answered,
            Self::AnsweredEmpty,
            Self::FailedWithNotice,
        ]
        .into_iter()
        .find(|state| state.as_str() == word)
    }
}

/// What became of an arrival, in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrived {
    /// It is new; its run, if it asks for one.
    New(Option<Box<Run>>),
    /// It was here before; nothing was done.
    Known,
}

/// A stored message of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// The network's id of the event.
    pub provider_id: String,
    /// The network's id of the message.
    pub message_id: String,
    /// The conversation.
    pub target: Target,
    /// Who did it.
    pub sender_id: String,
    /// When, by the network's clock, in Unix milliseconds.
    pub sent_at_ms: u64,
    /// When it was stored, in Unix milliseconds.
    pub arrived_at_ms: u64,
    /// How far it is.
    pub state: InboxState,
    /// When it ended, in Unix milliseconds.
    pub ended_at_ms: Option<u64>,
    /// The run that it asked for.
    pub run_id: Option<RunId>,
    /// The session.
    pub session_key: Option<SessionKey>,
}

/// The way of one message: from the network, through a run, back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traced {
    /// What arrived; none if it began here, as `send` does.
    pub inbox: Option<InboxRow>,
    /// The run.
    pub run: Option<Run>,
    /// What went out, part by part.
    pub outbox: Vec<OutboxRow>,
}

/// The inbox.
#[async_trait]
pub trait InboxStore: Send + Sync + 'static {
    /// Where receiving goes on for this owner of the account.
    async fn cursor(&self, account: &AccountKey, owner: &str)
    -> Result<Option<String>, StoreError>;

    /// Stores events, their runs (queued, with sessions made or begun anew and their `origin`
    /// noted) and their answers, and moves the cursor, in one transaction.
    async fn arrive(&self, arrivals: Arrivals) -> Result<Vec<Arrived>, StoreError>;

    /// The ways of messages that this names: a network's message id, an event id, a run id or the
    /// name of what was sent. Newest first, at most [`MAX_TRACE_HITS`].
    async fn trace(&self, id: &str) -> Result<Vec<Traced>, StoreError>;

    /// The conversation has another id: rewrites inbox rows, outbox rows that are open or dead,
    /// origins, and the keys of its sessions (see `routing::moved_key`; one whose new key another
    /// session has stays), and remembers the move.
    async fn move_peer(
        &self,
        account: &AccountKey,
        from: &str,
        to: &str,
        now_ms: u64,
    ) -> Result<(), StoreError>;

    /// Every move that is remembered: old id, newest id; ordered by the old one.
    async fn moves(&self, account: &AccountKey) -> Result<Vec<(String, String)>, StoreError>;

    /// When an event of the account was last stored, of those that are still kept, in Unix
    /// milliseconds.
    async fn last_arrival(&self, account: &AccountKey) -> Result<Option<u64>, StoreError>;

    /// Forgets ended rows that arrived before this. Must be at least 72 h ago (SECURITY T32).
    async fn prune_inbox(&self, arrived_before_ms: u64) -> Result<u64, StoreError>;
}
