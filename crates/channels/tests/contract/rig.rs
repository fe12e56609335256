//! A channel with the imitation of its network.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tidegate_core::channel::{Attempt, Channel, OutboundPart, Target};
use tidegate_fakes::common::Fault;
use tokio::time::{interval, timeout};

use super::MemoryInbox;

/// Longer than anything here takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How often a state is looked at that tells nobody when it changes.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What goes wrong with one call or connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Too much: come back after so many seconds.
    Flood(u64),
    /// The network is in trouble of its own.
    ServerError,
    /// The connection ends before anything is done.
    CutBefore,
    /// It is done, and the connection ends without an answer.
    CutAfter,
    /// It is done, and the answer ends in its middle.
    CutInAnswer,
    /// The answer comes late, but in time.
    Slow,
    /// Nothing is done, and nothing ever comes.
    Silence,
    /// It is done, and nothing ever comes.
    SilenceAfter,
}

impl Trouble {
    /// The same, as imitations of networks make it.
    pub(crate) const fn fault(self) -> Fault {
        match self {
            Self::Flood(seconds) => Fault::TooMany {
                retry_after: Duration::from_secs(seconds),
            },
            Self::ServerError => Fault::Status(500),
            Self::CutBefore => Fault::CutBeforeStoring,
            Self::CutAfter => Fault::CutAfterStoring,
            Self::CutInAnswer => Fault::CutInAnswer { after_bytes: 150 },
            Self::Slow => Fault::SlowHeaders(Duration::from_millis(300)),
            Self::Silence => Fault::Silence,
            Self::SilenceAfter => Fault::SilenceAfterStoring,
        }
    }
}

/// A message of ours as people see it now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Shown {
    /// The network's id of it.
    pub(crate) id: String,
    /// The words, marks taken off.
    pub(crate) text: String,
    /// The message that it answers.
    pub(crate) reply_to: Option<String>,
    /// The file in it.
    pub(crate) file: Option<Bytes>,
}

/// A network with one account of ours on it, and people.
pub(crate) trait Rig: Sized + Send + Sync + 'static {
    /// What was not acknowledged comes again in its order. A network that tries each event by itself
    /// cannot promise that.
    const RESENDS_IN_ORDER: bool = true;

    /// Starts it.
    async fn start() -> Self;
    /// The account as after a restart. Proofs of life come every second or two.
    fn channel(&self) -> Arc<dyn Channel>;
    /// An account on a network that is not there.
    fn nobody_there(&self) -> Arc<dyn Channel>;
    /// Our stable id on the network.
    fn owner(&self) -> String;
    /// A direct chat.
    fn direct(&self) -> Target;
    /// What must never be shown.
    fn secrets(&self) -> Vec<String>;

    /// A person writes; the id of the message.
    fn say(&self, to: &Target, text: &str) -> String;
    /// A person sends a file.
    fn say_file(&self, to: &Target, bytes: Bytes);
    /// A person changes a message.
    fn change(&self, to: &Target, message_id: &str, text: &str);
    /// A person reacts to a message of ours.
    fn react(&self, to: &Target, message_id: &str, emoji: &str);
    /// The network delivers the last event once more, after it was acknowledged.
    async fn repeat(&self);
    /// The next delivery goes wrong.
    fn trouble_in(&self, trouble: Trouble);
    /// Whether we are listening right now.
    fn is_listening(&self) -> bool;
    /// Nothing was acknowledged that the inbox has not stored.
    fn check_acknowledged(&self, inbox: &MemoryInbox);

    /// The next message of ours goes wrong.
    fn trouble_out(&self, trouble: Trouble);
    /// The next download goes wrong.
    fn trouble_file(&self, trouble: Trouble);
    /// The credential is dead from now on.
    fn sign_out(&self);
    /// How many messages of ours reached the network, counting those that went wrong.
    fn tries(&self) -> usize;
    /// What we have in a conversation now, oldest first.
    fn shown(&self, to: &Target) -> Vec<Shown>;
    /// Our reactions to a message now.
    fn reactions(&self, to: &Target, message_id: &str) -> Vec<String>;
    /// How often typing was shown.
    fn typings(&self, to: &Target) -> usize;
}

/// An address at which nobody listens.
pub(crate) fn nowhere() -> SocketAddr {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    free.local_addr().unwrap()
}

/// Words alone.
pub(crate) fn text(markdown: &str) -> OutboundPart {
    OutboundPart::text(markdown)
}

/// The first try of a part.
pub(crate) fn attempt(key: &str) -> Attempt {
    Attempt {
        key: key.into(),
        maybe_sent_since_ms: None,
        known: Vec::new(),
    }
}

/// Waits until something is so, which is looked at again and again.
pub(crate) async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        let mut looks = interval(LOOK_EVERY);
        while !is_so() {
            looks.tick().await;
        }
    };
    let waited = timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "never: {what}");
}

/// Waits for the end of something that waits for a deadline, without waiting for it.
pub(crate) async fn in_fast_time<T>(waits: impl Future<Output = T>) -> T {
    tokio::time::pause();
    let ended = waits.await;
    tokio::time::resume();
    ended
}
