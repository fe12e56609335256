//! A chat network in memory: it takes, loses, limits and refuses as a test says, and remembers
//! everything that people would see.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test may stop at the first surprise"
)]

mod seen;
mod webhook;
mod wire;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tidegate_core::channel::{
    AccountKey, Capabilities, ChannelError, Heard, Identity, Inbound, InboxError, MediaKind,
    MediaLimits, OutboundPart, Peer, PeerKind, Rate, Rates, Target, TextLimit, TextUnit,
};
use tokio::sync::{mpsc, oneshot, watch};

use seen::Seen;
pub use seen::{Acted, Outcome, Sent, Shown};
pub use webhook::wrote;

/// Batches of events that may wait to be received.
const WAITING: usize = 64;
/// The longest wait of a test, in virtual time.
const PATIENCE: Duration = Duration::from_hours(48);

struct Batch {
    events: Vec<Inbound>,
    cursor: Option<String>,
    taken: oneshot::Sender<Result<Vec<Heard>, InboxError>>,
}

/// The way to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Open.
    Up,
    /// Closed: connecting goes on for ever.
    Down,
    /// The credential is dead.
    SignedOut,
}

/// What a network is.
pub struct Profile {
    /// Our account on it.
    pub key: AccountKey,
    /// What it can do.
    pub can: Capabilities,
    /// Who we are there.
    pub identity: Identity,
    /// The secret with which it may call us too; none if it never does.
    pub webhook_secret: Option<&'static str>,
    /// The time by its clock at which its calls say that things happened, in Unix milliseconds.
    pub now_ms: u64,
}

/// A network with one account of ours.
pub struct FakeNetwork {
    profile: Profile,
    seen: Mutex<Seen>,
    /// Turns with everything that was seen.
    turns: watch::Sender<u64>,
    way: watch::Sender<Way>,
    /// It does not say who we are.
    mute: AtomicBool,
    batches: mpsc::Sender<Batch>,
    arriving: tokio::sync::Mutex<mpsc::Receiver<Batch>>,
}

/// A network that can do most things, quickly, and tells no repetitions apart.
pub fn plain() -> Capabilities {
    let often = Rate {
        count: 10_000,
        per: Duration::from_secs(1),
    };
    let text = |max| TextLimit {
        max,
        unit: TextUnit::Chars,
    };
    Capabilities {
        label: "Fake",
        text: text(4096),
        media: Some(MediaLimits {
            kinds: &[MediaKind::Photo, MediaKind::Document],
            photo_bytes: 1 << 20,
            upload_bytes: 10 << 20,
            download_bytes: 10 << 20,
            caption: text(1024),
        }),
        replies: true,
        edits: true,
        reactions: true,
        buttons: true,
        polls: true,
        typing: Some(Duration::from_secs(5)),
        keyed_sends: false,
        history: false,
        rates: Rates {
            account: often,
            direct: often,
            group: often,
        },
        draft_every: Some(Duration::from_secs(1)),
        proof_every: Duration::from_secs(30),
    }
}

/// A direct chat on the network.
pub fn direct(account: &AccountKey, id: &str) -> Target {
    Target {
        account: account.clone(),
        peer: Peer {
            kind: PeerKind::Direct,
            id: id.to_owned(),
        },
        thread: None,
    }
}

impl FakeNetwork {
    /// A network of this name, with the account `default`.
    pub fn new(channel: &str, can: Capabilities) -> Arc<Self> {
        Self::open(Profile {
            key: AccountKey::new(channel, "default"),
            can,
            identity: Identity {
                id: "bot".into(),
                name: Some("Bot".into()),
                ..Identity::default()
            },
            webhook_secret: None,
            now_ms: 0,
        })
    }

    /// Such a network.
    pub fn open(profile: Profile) -> Arc<Self> {
        let (batches, arriving) = mpsc::channel(WAITING);
        Arc::new(Self {
            profile,
            seen: Mutex::default(),
            turns: watch::channel(0).0,
            way: watch::channel(Way::Up).0,
            mute: AtomicBool::new(false),
            batches,
            arriving: tokio::sync::Mutex::new(arriving),
        })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    fn turn(&self) {
        self.turns.send_modify(|turn| *turn += 1);
    }

    /// Our account.
    pub fn key(&self) -> &AccountKey {
        &self.profile.key
    }

    /// A direct chat with somebody.
    pub fn direct(&self, id: &str) -> Target {
        direct(self.key(), id)
    }

    /// What the next calls of `send` meet, one each; then everything is taken.
    pub fn script(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.seen().script.extend(outcomes);
    }

    /// What the next calls of `act` meet.
    pub fn script_acts(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.seen().act_script.extend(outcomes);
    }

    /// What every call of `send` meets that the script does not tell of, by target and text.
    pub fn rule(&self, rule: impl FnMut(&Target, &str) -> Outcome + Send + 'static) {
        self.seen().rule = Some(Box::new(rule));
    }

    /// Whether it leaves the question who we are without an answer.
    pub fn set_mute(&self, is_mute: bool) {
        self.mute.store(is_mute, Ordering::Relaxed);
    }

    /// Opens or closes the way to it.
    pub fn set_way(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// A message that is there already, as after a try that nobody remembers the end of.
    pub fn plant(&self, key: &str, target: &Target, text: &str) -> String {
        self.seen().show(key, target, &OutboundPart::text(text))
    }

    /// A file that can be fetched under this handle.
    pub fn offer(&self, handle: &str, bytes: impl Into<Vec<u8>>) {
        self.seen().files.push((handle.to_owned(), bytes.into()));
    }

    /// Messages, in the order in which people saw them first.
    pub fn shown(&self) -> Vec<Shown> {
        self.seen().shown.clone()
    }

    /// Their words.
    pub fn texts(&self) -> Vec<String> {
        self.shown().into_iter().map(|shown| shown.text).collect()
    }

    /// Every call of `send`, in order.
    pub fn sent(&self) -> Vec<Sent> {
        self.seen().sent.clone()
    }

    /// What it took, in order.
    pub fn taken(&self) -> Vec<(Target, OutboundPart)> {
        self.seen().taken.clone()
    }

    /// Every call of `act`, in order.
    pub fn acted(&self) -> Vec<Acted> {
        self.seen().acted.clone()
    }

    /// How often two calls of one line were at work at once.
    pub fn overlaps(&self) -> u32 {
        self.seen().overlaps
    }

    /// Waits until people see so many messages.
    pub async fn shows(&self, count: usize) -> Vec<Shown> {
        self.wait_until(|seen| seen.shown.len() >= count).await;
        self.shown()
    }

    /// Waits until `send` was called so often.
    pub async fn tried(&self, count: usize) {
        self.wait_until(|seen| seen.sent.len() >= count).await;
    }

    async fn wait_until(&self, is_so: impl Fn(&Seen) -> bool) {
        let mut turns = self.turns.subscribe();
        let waiting = turns.wait_for(|_| is_so(&self.seen()));
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.expect("the network never saw it").unwrap();
    }

    /// Lets events arrive; gives what became of them.
    pub async fn arrive(
        &self,
        events: Vec<Inbound>,
        cursor: Option<&str>,
    ) -> Result<Vec<Heard>, InboxError> {
        let (taken, answer) = oneshot::channel();
        let batch = Batch {
            events,
            cursor: cursor.map(str::to_owned),
            taken,
        };
        assert!(self.batches.send(batch).await.is_ok());
        tokio::time::timeout(PATIENCE, answer)
            .await
            .unwrap()
            .unwrap()
    }

    /// Lets an event arrive; does not wait for what becomes of it.
    pub fn post(&self, event: Inbound) {
        let batch = Batch {
            events: vec![event],
            cursor: None,
            taken: oneshot::channel().0,
        };
        assert!(self.batches.try_send(batch).is_ok(), "too much arrives");
    }

    /// Does what one call meets; `take` is what it does to the network if it arrives.
    async fn meet<T>(
        &self,
        outcome: Outcome,
        mut take: impl FnMut(&mut Seen) -> T,
    ) -> Result<T, ChannelError> {
        let lost = || ChannelError::Unknown("the connection was reset".into());
        match outcome {
            Outcome::Take => {}
            Outcome::TakeAndLose => {
                self.take(&mut take);
                return Err(lost());
            }
            Outcome::Lose => return Err(lost()),
            Outcome::Unreachable => {
                return Err(ChannelError::Unreachable("connection refused".into()));
            }
            Outcome::Limited { ms, account } => {
                return Err(ChannelError::Limited {
                    retry_after_ms: ms,
                    account,
                });
            }
            Outcome::Refuse => return Err(ChannelError::Refused("chat not found".into())),
            Outcome::Unsupported => return Err(ChannelError::Unsupported("send this")),
            Outcome::SignedOut => return Err(ChannelError::SignedOut("401".into())),
            Outcome::Moved(to) => return Err(ChannelError::Moved { to: to.into() }),
            Outcome::Slow(time) => tokio::time::sleep(time).await,
            Outcome::Hang { arrives } => {
                if arrives {
                    self.take(&mut take);
                }
                std::future::pending::<()>().await;
            }
            Outcome::Panic => panic!("as the script says"),
        }
        Ok(self.take(&mut take))
    }

    fn take<T>(&self, take: &mut impl FnMut(&mut Seen) -> T) -> T {
        let taken = take(&mut self.seen());
        self.turn();
        taken
    }
}
