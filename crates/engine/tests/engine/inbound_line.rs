//! A network whose way in lives and dies as a test says; what it carries is the fake network's.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_core::channel::{
    AccountKey, Act, Attempt, Capabilities, Channel, ChannelError, Claim, Claims, Held, Identity,
    Inbound, InboundMedia, Inbox, InboxError, OutboundPart, Receipt, StoredFile, Target, Webhook,
    WebhookAnswer, WebhookRequest,
};
use tidegate_protocol::ChannelId;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::network::FakeNetwork;

/// A file that never comes.
pub(crate) const SLOW: &str = "slow";
/// A file that breaks off.
pub(crate) const BROKEN: &str = "broken";
/// The longest wait of a test, in virtual time.
const PATIENCE: Duration = Duration::from_hours(48);

/// One life of the way in.
pub(crate) enum Life {
    /// Fails at once.
    Fails(ChannelError),
    /// Proves itself for so long, then fails.
    Works(Duration),
    /// Says nothing, and returns when it is told to.
    Silent,
    /// Says nothing, and never returns.
    Deaf,
    /// Proves itself for a while, then connects anew for this long, and goes on as the network.
    Reconnects(Duration),
    /// A bug.
    Panics,
}

/// The way in; when no life is told of, it is the network's own.
pub(crate) struct Line {
    pub(crate) network: Arc<FakeNetwork>,
    fingerprint: String,
    lives: Mutex<VecDeque<Life>>,
    began: watch::Sender<Vec<Instant>>,
    at_work: AtomicU32,
    overlaps: AtomicU32,
    fetched: AtomicU32,
    probe_panics: bool,
    /// What a call of the network brings, by its body.
    calls: Mutex<BTreeMap<String, Vec<Inbound>>>,
}

struct AtWork<'a>(&'a AtomicU32);

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Line {
    pub(crate) fn new(
        network: Arc<FakeNetwork>,
        lives: impl IntoIterator<Item = Life>,
    ) -> Arc<Self> {
        Arc::new(Self::of(network, lives))
    }

    /// One that has a bug where it asks who we are.
    pub(crate) fn with_broken_probe(network: Arc<FakeNetwork>) -> Arc<Self> {
        let line = Self::of(network, []);
        Arc::new(Self {
            probe_panics: true,
            ..line
        })
    }

    fn of(network: Arc<FakeNetwork>, lives: impl IntoIterator<Item = Life>) -> Self {
        Self {
            fingerprint: "bot-1".into(),
            network,
            lives: Mutex::new(lives.into_iter().collect()),
            began: watch::channel(Vec::new()).0,
            at_work: AtomicU32::new(0),
            overlaps: AtomicU32::new(0),
            fetched: AtomicU32::new(0),
            probe_panics: false,
            calls: Mutex::default(),
        }
    }

    /// When each life began.
    pub(crate) fn began(&self) -> Vec<Instant> {
        self.began.borrow().clone()
    }

    /// Waits until so many lives began.
    pub(crate) async fn lives(&self, count: usize) -> Vec<Instant> {
        let mut began = self.began.subscribe();
        let waiting = began.wait_for(|began| began.len() >= count);
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.expect("it was never started").unwrap().clone()
    }

    /// How often two lives met.
    pub(crate) fn overlaps(&self) -> u32 {
        self.overlaps.load(Ordering::Relaxed)
    }

    /// How many lives are at work.
    pub(crate) fn at_work(&self) -> u32 {
        self.at_work.load(Ordering::Relaxed)
    }

    /// How many files were asked for.
    pub(crate) fn fetched(&self) -> u32 {
        self.fetched.load(Ordering::Relaxed)
    }

    /// What a call with this body brings.
    pub(crate) fn brings(&self, body: &str, events: Vec<Inbound>) {
        self.calls.lock().unwrap().insert(body.to_owned(), events);
    }
}

/// A call of the network.
pub(crate) fn call(body: &str) -> WebhookRequest {
    WebhookRequest {
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    }
}

#[async_trait]
impl Channel for Line {
    fn account(&self) -> &AccountKey {
        self.network.key()
    }

    fn capabilities(&self) -> &Capabilities {
        self.network.capabilities()
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    async fn receive(
        &self,
        inbox: &dyn Inbox,
        stop: CancellationToken,
    ) -> Result<(), ChannelError> {
        let before = self.at_work.fetch_add(1, Ordering::Relaxed);
        self.overlaps.fetch_add(before, Ordering::Relaxed);
        let _at_work = AtWork(&self.at_work);
        self.began.send_modify(|began| began.push(Instant::now()));
        let life = self.lives.lock().unwrap().pop_front();
        match life {
            None => self.network.receive(inbox, stop).await,
            Some(Life::Fails(error)) => Err(error),
            Some(Life::Panics) => panic!("as the script says"),
            Some(Life::Deaf) => std::future::pending().await,
            Some(Life::Silent) => {
                inbox.connecting();
                stop.cancelled().await;
                Ok(())
            }
            Some(Life::Reconnects(silence)) => {
                for _ in 0..10 {
                    inbox.proved();
                    tokio::time::sleep(self.capabilities().proof_every / 2).await;
                }
                inbox.connecting();
                tokio::time::sleep(silence).await;
                self.network.receive(inbox, stop).await
            }
            Some(Life::Works(time)) => {
                let until = Instant::now() + time;
                let every = self.capabilities().proof_every / 2;
                while Instant::now() < until {
                    inbox.proved();
                    tokio::time::sleep_until(until.min(Instant::now() + every)).await;
                }
                inbox.proved();
                Err(ChannelError::Unreachable("cut".into()))
            }
        }
    }

    async fn send(
        &self,
        to: &Target,
        part: &OutboundPart,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        self.network.send(to, part, attempt).await
    }

    async fn act(&self, to: &Target, act: Act) -> Result<(), ChannelError> {
        self.network.act(to, act).await
    }

    async fn probe(&self) -> Result<Identity, ChannelError> {
        assert!(!self.probe_panics, "as the script says");
        self.network.probe().await
    }

    async fn fetch(
        &self,
        media: &InboundMedia,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        self.fetched.fetch_add(1, Ordering::Relaxed);
        match media.handle.as_str() {
            SLOW => std::future::pending().await,
            BROKEN => Err(ChannelError::Unknown(
                "connection reset by token=secret".into(),
            )),
            _ => self.network.fetch(media, to, max_bytes).await,
        }
    }

    fn webhook(&self) -> Option<&dyn Webhook> {
        Some(self)
    }
}

#[async_trait]
impl Webhook for Line {
    fn knock(&self, _headers: &WebhookRequest) -> bool {
        true
    }

    async fn take(
        &self,
        request: WebhookRequest,
        inbox: &dyn Inbox,
    ) -> Result<WebhookAnswer, InboxError> {
        let body = String::from_utf8(request.body).unwrap();
        let events = self.calls.lock().unwrap().get(&body).cloned().unwrap();
        inbox.accept("bot", events, None).await?;
        Ok(WebhookAnswer::text(200, "ok"))
    }
}

/// Which gateway holds which account of a host.
type Holders = Arc<Mutex<BTreeMap<String, String>>>;

/// Where the gateways of one host claim accounts; each has a name.
pub(crate) struct Host {
    held: Holders,
    name: String,
}

struct Holding(Holders, String);

impl Drop for Holding {
    fn drop(&mut self) {
        self.0.lock().unwrap().remove(&self.1);
    }
}

impl Host {
    /// The claims of two gateways on one host.
    pub(crate) fn two(first: &str, second: &str) -> (Arc<dyn Claims>, Arc<dyn Claims>) {
        let held = Holders::default();
        let gateway = |name: &str| {
            let held = Arc::clone(&held);
            let name = name.to_owned();
            Arc::new(Self { held, name }) as Arc<dyn Claims>
        };
        (gateway(first), gateway(second))
    }
}

impl Claims for Host {
    fn claim(&self, channel: &ChannelId, fingerprint: &str) -> Result<Claim, Held> {
        let account = format!("{channel}:{fingerprint}");
        let mut held = self.held.lock().unwrap();
        if let Some(by) = held.get(&account) {
            return Err(Held { by: by.clone() });
        }
        held.insert(account.clone(), self.name.clone());
        Ok(Claim::new(Holding(Arc::clone(&self.held), account)))
    }
}
