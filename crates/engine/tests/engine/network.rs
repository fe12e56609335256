//! A chat network in memory: it takes, loses, limits and refuses as a test says, and remembers
//! everything that people would see.

mod seen;
mod wire;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tidegate_core::channel::{
    AccountKey, Capabilities, ChannelError, Heard, Inbound, InboxError, MediaKind, MediaLimits,
    OutboundPart, Peer, PeerKind, Rate, Rates, Target, TextLimit, TextUnit,
};
use tokio::sync::{mpsc, oneshot, watch};

use seen::Seen;
pub(crate) use seen::{Acted, Outcome, Sent, Shown};

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
pub(crate) enum Way {
    /// Open.
    Up,
    /// Closed: connecting goes on for ever.
    Down,
    /// The credential is dead.
    SignedOut,
}

/// A network with one account of ours.
pub(crate) struct FakeNetwork {
    key: AccountKey,
    can: Capabilities,
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
pub(crate) fn plain() -> Capabilities {
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
pub(crate) fn direct(account: &AccountKey, id: &str) -> Target {
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
    pub(crate) fn new(channel: &str, can: Capabilities) -> Arc<Self> {
        let (batches, arriving) = mpsc::channel(WAITING);
        Arc::new(Self {
            key: AccountKey::new(channel, "default"),
            can,
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

    pub(crate) fn key(&self) -> &AccountKey {
        &self.key
    }

    /// A direct chat with somebody.
    pub(crate) fn direct(&self, id: &str) -> Target {
        direct(&self.key, id)
    }

    /// What the next calls of `send` meet, one each; then everything is taken.
    pub(crate) fn script(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.seen().script.extend(outcomes);
    }

    /// What the next calls of `act` meet.
    pub(crate) fn script_acts(&self, outcomes: impl IntoIterator<Item = Outcome>) {
        self.seen().act_script.extend(outcomes);
    }

    /// What every call of `send` meets that the script does not tell of, by target and text.
    pub(crate) fn rule(&self, rule: impl FnMut(&Target, &str) -> Outcome + Send + 'static) {
        self.seen().rule = Some(Box::new(rule));
    }

    /// Whether it leaves the question who we are without an answer.
    pub(crate) fn set_mute(&self, is_mute: bool) {
        self.mute.store(is_mute, Ordering::Relaxed);
    }

    pub(crate) fn set_way(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// A message that is there already, as after a try that nobody remembers the end of.
    pub(crate) fn plant(&self, key: &str, target: &Target, text: &str) -> String {
        self.seen().show(key, target, &OutboundPart::text(text))
    }

    /// A file that can be fetched under this handle.
    pub(crate) fn offer(&self, handle: &str, bytes: impl Into<Vec<u8>>) {
        self.seen().files.push((handle.to_owned(), bytes.into()));
    }

    /// Messages, in the order in which people saw them first.
    pub(crate) fn shown(&self) -> Vec<Shown> {
        self.seen().shown.clone()
    }

    /// Their words.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.shown().into_iter().map(|shown| shown.text).collect()
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.seen().sent.clone()
    }

    pub(crate) fn acted(&self) -> Vec<Acted> {
        self.seen().acted.clone()
    }

    /// How often two calls of one line were at work at once.
    pub(crate) fn overlaps(&self) -> u32 {
        self.seen().overlaps
    }

    /// Waits until people see so many messages.
    pub(crate) async fn shows(&self, count: usize) -> Vec<Shown> {
        self.wait_until(|seen| seen.shown.len() >= count).await;
        self.shown()
    }

    /// Waits until `send` was called so often.
    pub(crate) async fn tried(&self, count: usize) {
        self.wait_until(|seen| seen.sent.len() >= count).await;
    }

    async fn wait_until(&self, is_so: impl Fn(&Seen) -> bool) {
        let mut turns = self.turns.subscribe();
        let waiting = turns.wait_for(|_| is_so(&self.seen()));
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.expect("the network never saw it").unwrap();
    }

    /// Lets events arrive; gives what became of them.
    pub(crate) async fn arrive(
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

#[tokio::test(start_paused = true)]
async fn what_arrives_is_acknowledged_with_its_cursor() {
    use tidegate_core::store::InboxStore;

    let post = crate::delivery_world::Post::open(FakeNetwork::new("fake", plain())).await;
    let heard = post.network.arrive(Vec::new(), Some("7")).await.unwrap();
    assert_eq!(heard, []);
    let cursor = post.store.cursor(post.network.key(), "bot").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("7"));
}

#[tokio::test]
async fn what_is_offered_can_be_fetched_within_its_size() {
    use tidegate_core::channel::{Channel, InboundMedia};

    let network = FakeNetwork::new("fake", plain());
    network.offer("f", "12345");
    let media = InboundMedia {
        kind: MediaKind::Document,
        handle: "f".into(),
        name: None,
        mime: None,
        bytes: None,
    };
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("f");
    let large = network.fetch(&media, &to, 4).await;
    assert!(matches!(large, Err(ChannelError::Refused(_))) && !to.exists());
    let file = network.fetch(&media, &to, 5).await.unwrap();
    assert_eq!(
        (file.bytes, std::fs::read(&to).unwrap()),
        (5, b"12345".to_vec())
    );
}
