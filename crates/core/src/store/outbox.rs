//! What goes out to chat networks: a row per part, from the moment that it is decided until the
//! network has it or a person has seen that it does not.

use async_trait::async_trait;
use tidegate_protocol::RunId;

use super::StoreError;
use crate::channel::{AccountKey, OutboundPart, Receipt, Target};
use crate::run::Once;
use crate::session::SessionKey;

/// Receipts that one [`OutboxStore::receipts`] gives at most: more than an account may send to one
/// conversation in the half hour in which a part is looked for.
pub const MOST_RECEIPTS: usize = 4096;

/// A part to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOutbound {
    /// The name of the answer that it is a part of: the run's id, or a name of its own.
    pub group: String,
    /// Its place there, from 0.
    pub part: u32,
    /// How many parts there are.
    pub parts: u32,
    /// Where it goes.
    pub target: Target,
    /// What it is.
    pub body: OutboundPart,
    /// The session that it was said in.
    pub session_key: Option<SessionKey>,
    /// The run that said it.
    pub run_id: Option<RunId>,
    /// When it is too old to be sent unasked, in Unix milliseconds.
    pub expires_at_ms: u64,
    /// Now, in Unix milliseconds.
    pub at_ms: u64,
}

/// How far a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutboxState {
    /// Waits for its turn.
    Prepared,
    /// On its way; after a crash nobody knows whether it arrived.
    Sending,
    /// Nobody knows whether it arrived; it is looked up or tried once more.
    Ambiguous,
    /// The network has it.
    Sent,
    /// It was given up; a person may try again or drop it.
    Dead,
    /// A person dropped it, or it lay dead for too long.
    Dropped,
}

impl OutboxState {
    const ALL: [Self; 6] = [
        Self::Prepared,
        Self::Sending,
        Self::Ambiguous,
        Self::Sent,
        Self::Dead,
        Self::Dropped,
    ];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sending => "sending",
            Self::Ambiguous => "ambiguous",
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Dropped => "dropped",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether the outbox still has work with it.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Prepared | Self::Sending | Self::Ambiguous)
    }
}

/// A stored part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its number, growing.
    pub no: u64,
    /// What it is.
    pub item: NewOutbound,
    /// How far it is.
    pub state: OutboxState,
    /// How often it was tried.
    pub attempts: u32,
    /// Not to be tried before, in Unix milliseconds.
    pub not_before_ms: u64,
    /// When the first try of unknown end began, in Unix milliseconds: what arrives after it may be
    /// there twice.
    pub maybe_sent_since_ms: Option<u64>,
    /// When it ended, in Unix milliseconds.
    pub settled_at_ms: Option<u64>,
    /// What the network gave for it.
    pub receipt: Option<Receipt>,
    /// Why the last try failed, for people.
    pub error: Option<String>,
}

impl OutboxRow {
    /// Its name, the same in every try: the key that networks get.
    pub fn key(&self) -> String {
        format!("{}:{}", self.item.group, self.item.part)
    }
}

/// What happened to a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxStep {
    /// A try begins. Counts it. If the one before never ended, `maybe_sent_since_ms` is set to
    /// the time when that began.
    Sending,
    /// The network has it.
    Sent(Receipt),
    /// The try did nothing; another may follow. The part is prepared again, or ambiguous as long
    /// as an earlier try may have arrived.
    Later {
        /// When, in Unix milliseconds.
        not_before_ms: u64,
        /// Why.
        error: String,
    },
    /// Nobody knows whether the try arrived. `maybe_sent_since_ms` is set to the time when the
    /// first such try began.
    Ambiguous {
        /// When to look or try again, in Unix milliseconds.
        not_before_ms: u64,
        /// Why.
        error: String,
    },
    /// Given up. Later parts of the group that are open die with it: half an answer with a hole
    /// in it is worse than its beginning.
    Dead {
        /// Why.
        reason: String,
    },
}

/// What became of a request to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// It was stored under this group.
    New {
        /// The group.
        group: String,
    },
    /// The same request was stored before, under this group.
    Repeat {
        /// The group.
        group: String,
    },
    /// The key was used before with other params.
    KeyReused,
}

/// How much waits and lies dead in an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AccountLoad {
    /// Parts that wait or are on their way.
    pub open: u64,
    /// Parts that were given up.
    pub dead: u64,
    /// When a part was last taken by the network, in Unix milliseconds.
    pub last_sent_at_ms: Option<u64>,
}

/// The outbox.
#[async_trait]
pub trait OutboxStore: Send + Sync + 'static {
    /// Stores the parts of a request, all of one group, and remembers it, in one transaction.
    async fn post(&self, once: Once, parts: Vec<NewOutbound>) -> Result<Posted, StoreError>;

    /// What [`OutboxStore::post`] would say of this request without storing anything; `None` if it
    /// would store it.
    async fn posted(&self, once: &Once) -> Result<Option<Posted>, StoreError>;

    /// Stores parts that no request asked for. Wherever parts are stored, one whose group and place
    /// are there already is left alone, and one for a conversation that has moved goes to where
    /// that is now.
    async fn put(&self, parts: Vec<NewOutbound>) -> Result<(), StoreError>;

    /// The oldest open part of each line of the account (see `Target::line`), at most `limit`: what
    /// may be tried next. Ordered by `not_before_ms`, which begins as `at_ms`, and number: oldest
    /// first, and lines that must wait do not crowd out the others. A part that must wait holds its
    /// line back.
    async fn heads(&self, account: &AccountKey, limit: u32) -> Result<Vec<OutboxRow>, StoreError>;

    /// Notes what happened to an open part. Gives the row as it is now; `None` if it is not open
    /// any more.
    async fn step(
        &self,
        no: u64,
        step: OutboxStep,
        now_ms: u64,
    ) -> Result<Option<OutboxRow>, StoreError>;

    /// The parts of a group, in order.
    async fn group(&self, group: &str) -> Result<Vec<OutboxRow>, StoreError>;

    /// The network's ids of the parts that went to this conversation since then, by when they
    /// settled; at most [`MOST_RECEIPTS`], the newest.
    async fn receipts(&self, target: &Target, since_ms: u64) -> Result<Vec<String>, StoreError>;

    /// Parts that were given up, newest first.
    async fn dead_letters(
        &self,
        account: Option<&AccountKey>,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, StoreError>;

    /// Parts that wait or are on their way, newest first.
    async fn open_parts(
        &self,
        account: Option<&AccountKey>,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, StoreError>;

    /// Tries a dead part again, and the parts of its group that died together with it, earlier
    /// and later ones, until `expires_at_ms`. Tries are counted anew; one that may have arrived
    /// still may. Says whether it was dead.
    async fn revive(&self, no: u64, expires_at_ms: u64, now_ms: u64) -> Result<bool, StoreError>;

    /// Drops a dead part. Says whether it was dead.
    async fn discard(&self, no: u64, now_ms: u64) -> Result<bool, StoreError>;

    /// How much waits and lies dead.
    async fn load(&self, account: &AccountKey) -> Result<AccountLoad, StoreError>;

    /// Forgets sent and dropped parts that settled before this.
    async fn prune_outbox(&self, settled_before_ms: u64) -> Result<u64, StoreError>;
}
