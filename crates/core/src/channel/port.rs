//! The port that every network implements, and the one that it is given.

use std::path::Path;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::capabilities::Capabilities;
use super::inbound::{Inbound, InboundMedia};
use super::outbound::{Act, Attempt, OutboundPart, Receipt, StoredFile};
use super::place::{AccountKey, Peer, PeerKind, Target};
use super::webhook::Webhook;
use crate::store::StoreError;

/// One account on one network. Restart, backoff, admission, cutting, order, retry and limits of
/// rate are the engine's; an implementation knows the network's wire and nothing else.
#[async_trait]
pub trait Channel: Send + Sync + 'static {
    /// Which account it is.
    fn account(&self) -> &AccountKey;

    /// What the network can do.
    fn capabilities(&self) -> &Capabilities;

    /// What makes this account one on the host, whatever it is called here: for example the bot's
    /// number in its token. Never a secret (DECISIONS D17).
    fn fingerprint(&self) -> String;

    /// Receives until `stop` is cancelled, then returns `Ok`. What was received is acknowledged to
    /// the network only after `inbox.accept` returned. When this returns, nothing of it is left:
    /// no task, no socket.
    ///
    /// # Errors
    /// The way in is broken; the supervisor tears down and tries again.
    async fn receive(&self, inbox: &dyn Inbox, stop: CancellationToken)
    -> Result<(), ChannelError>;

    /// Reads an address as a person writes it (`123`, `@name`, `user:42`), and opens the
    /// conversation where the network wants that.
    ///
    /// # Errors
    /// `Refused` if that is no address here; see [`ChannelError`].
    async fn address(&self, to: &str, thread: Option<&str>) -> Result<Target, ChannelError> {
        Ok(Target {
            account: self.account().clone(),
            peer: Peer {
                kind: PeerKind::Direct,
                id: to.to_owned(),
            },
            thread: thread.map(str::to_owned),
        })
    }

    /// Sends one part. Dropping the future leaves its end unknown.
    ///
    /// # Errors
    /// See [`ChannelError`]; the variant says whether another try can double the message.
    async fn send(
        &self,
        to: &Target,
        part: &OutboundPart,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError>;

    /// Does something small.
    ///
    /// # Errors
    /// See [`ChannelError`].
    async fn act(&self, to: &Target, act: Act) -> Result<(), ChannelError>;

    /// Asks the network who we are: proves the credential and the way there.
    ///
    /// # Errors
    /// See [`ChannelError`].
    async fn probe(&self) -> Result<Identity, ChannelError>;

    /// Fetches a file into `to`, which does not exist yet; never more than `max_bytes`.
    ///
    /// # Errors
    /// See [`ChannelError`]; a file that is too large is `Refused`. What was written is taken away.
    async fn fetch(
        &self,
        media: &InboundMedia,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError>;

    /// How the network calls us, if it does.
    fn webhook(&self) -> Option<&dyn Webhook> {
        None
    }
}

/// Who we are on the network.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Our stable id.
    pub id: String,
    /// Our name.
    pub name: Option<String>,
    /// Our handle.
    pub handle: Option<String>,
    /// What the owner should switch on or know, a sentence each.
    pub notes: Vec<String>,
}

/// What a network gives its events to.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Where receiving goes on, as it was given with the last `accept`. `owner` is our stable id on
    /// the network: another bot under the same name begins anew.
    ///
    /// # Errors
    /// The store failed.
    async fn cursor(&self, owner: &str) -> Result<Option<String>, InboxError>;

    /// Admits, routes and stores events together with the cursor behind them. When this returns, a
    /// crash cannot lose them. One answer for each event, in order.
    ///
    /// # Errors
    /// Nothing was stored: do not acknowledge, and return the error.
    async fn accept(
        &self,
        owner: &str,
        events: Vec<Inbound>,
        cursor: Option<String>,
    ) -> Result<Vec<Heard>, InboxError>;

    /// Begins to connect.
    fn connecting(&self);

    /// The way in just proved itself: an answered poll, a frame, an acknowledged heartbeat.
    fn proved(&self);

    /// It works, but not as it should; a sentence for the owner. The next proof does not take it
    /// away, [`Inbox::whole`] does.
    fn degraded(&self, reason: &str);

    /// What was degraded works again.
    fn whole(&self);
}

/// Why nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Closed,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It was admitted and stored.
    Taken,
    /// It was here before.
    Known,
    /// The sender is not admitted, or nobody spoke to us: show no sign of life.
    Ignored,
}

/// Why a network did not do it. The words are for the owner and hold no secret.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The credential is dead; only a person can help.
    #[error("signed out: {0}")]
    SignedOut(String),
    /// The account must be set up at the network first; only a person can help.
    #[error("{0}")]
    NeedsSetup(String),
    /// Somebody else receives on this account.
    #[error("conflict: {0}")]
    Conflict(String),
    /// Too much; nothing was done.
    #[error("rate limited for {retry_after_ms} ms")]
    Limited {
        /// How long to wait, in milliseconds.
        retry_after_ms: u64,
        /// The whole account must wait, not this conversation alone.
        account: bool,
    },
    /// It will never be done; another try is of no use.
    #[error("{0}")]
    Refused(String),
    /// The conversation has another id; nothing was done.
    #[error("the conversation moved to {to}")]
    Moved {
        /// The new id.
        to: String,
    },
    /// Certainly nothing was done; another try is safe.
    #[error("{0}")]
    Unreachable(String),
    /// It may have been done.
    #[error("{0}")]
    Unknown(String),
    /// The network cannot.
    #[error("this network cannot {0}")]
    Unsupported(&'static str),
    /// What arrived could not be stored.
    #[error(transparent)]
    Inbox(#[from] InboxError),
}
