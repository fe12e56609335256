//! An engine between a store that outlives it and networks in memory. The wall clock runs with
//! tokio's, and can jump.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tidegate_core::access::AccessRules;
use tidegate_core::agents::Agents;
use tidegate_core::channel::{Channel, OutboundPart, Target};
use tidegate_core::node::NodeRules;
use tidegate_core::run::Once;
use tidegate_core::runner::ThinkingLevel;
use tidegate_core::store::{NewOutbound, OutboxRow, OutboxState, OutboxStore};
use tidegate_core::{Clock, Events, SessionNames, SystemIds};
use tidegate_engine::{
    AccountFacts, AccountSettings, Engine, EngineError, EngineParts, NetworkSettings, Said, SendTo,
    SentTo,
};
use tidegate_protocol::{AgentId, RunId};
use tidegate_store::MemoryStore;
use tokio::time::Instant;

use crate::heard::Heard;
use crate::network::FakeNetwork;
use crate::world::{NOW_MS, Plan, facts};

/// How long parts are good for.
pub(crate) const EXPIRY_MS: u64 = 30 * 60 * 1000;

/// A wall clock that goes with tokio's.
pub(crate) struct RunningClock {
    began: Instant,
    ahead_ms: AtomicU64,
}

impl RunningClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            ahead_ms: AtomicU64::new(0),
        })
    }

    /// Jumps ahead while no timer sees it, as a machine that slept does.
    pub(crate) fn jump(&self, by: Duration) {
        let by_ms = u64::try_from(by.as_millis()).unwrap();
        self.ahead_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl Clock for RunningClock {
    fn now_ms(&self) -> u64 {
        let ran = u64::try_from(self.began.elapsed().as_millis()).unwrap();
        NOW_MS + ran + self.ahead_ms.load(Ordering::Relaxed)
    }
}

/// Everything around one engine.
pub(crate) struct Post {
    pub(crate) engine: Engine,
    pub(crate) network: Arc<FakeNetwork>,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<RunningClock>,
}

/// An engine on this store with these networks; notices go to `notices`.
pub(crate) async fn engine_on(
    outbox: Arc<dyn OutboxStore>,
    store: &MemoryStore,
    clock: &Arc<RunningClock>,
    networks: &[Arc<FakeNetwork>],
    notices: Vec<Target>,
) -> Engine {
    let accounts = networks.iter().map(|network| AccountSettings {
        channel: Arc::clone(network) as Arc<dyn Channel>,
        rules: AccessRules::default(),
        required: false,
        drafts: true,
        facts: AccountFacts {
            enabled: true,
            configured: true,
            ..AccountFacts::default()
        },
    });
    let shared = Arc::new(store.clone());
    let engine = Engine::new(EngineParts {
        sessions: Arc::clone(&shared) as _,
        runs: Arc::clone(&shared) as _,
        devices: Arc::clone(&shared) as _,
        inbox: Arc::clone(&shared) as _,
        outbox,
        senders: Arc::clone(&shared) as _,
        approvals: Arc::clone(&shared) as _,
        nodes: shared,
        node_rules: NodeRules::default(),
        events: Events::new(Arc::<Heard>::default()),
        connections: Arc::<crate::cuts::Cuts>::default(),
        clock: Arc::clone(clock) as _,
        ids: Arc::new(SystemIds),
        agents: Arc::new(agents()),
        networks: NetworkSettings {
            accounts: accounts.collect(),
            notices,
            ..NetworkSettings::default()
        },
        facts: facts(Vec::new()),
    });
    engine.start().await.unwrap();
    engine
}

fn agents() -> Agents {
    Agents {
        names: SessionNames {
            default_agent: AgentId::new("main"),
            main_key: "main".into(),
        },
        list: Vec::new(),
        model_configured: false,
        runners: BTreeMap::new(),
        thinking: ThinkingLevel::Off,
        limits: Plan::default().limits,
    }
}

impl Post {
    /// An engine at work, with one network.
    pub(crate) async fn open(network: Arc<FakeNetwork>) -> Self {
        Self::open_on(MemoryStore::new(), RunningClock::new(), network).await
    }

    pub(crate) async fn open_on(
        store: MemoryStore,
        clock: Arc<RunningClock>,
        network: Arc<FakeNetwork>,
    ) -> Self {
        let networks = [Arc::clone(&network)];
        let outbox = Arc::new(store.clone());
        let engine = engine_on(outbox, &store, &clock, &networks, Vec::new()).await;
        Self {
            engine,
            network,
            store,
            clock,
        }
    }

    /// Stores parts as the answer of a run does, and wakes the worker.
    pub(crate) async fn put(&self, parts: Vec<NewOutbound>) {
        self.store.put(parts).await.unwrap();
        self.engine.outbox_changed(self.network.key());
    }

    /// Stores an answer of one part.
    pub(crate) async fn answer(&self, group: &str, target: &Target, text: &str) {
        let at_ms = self.clock.now_ms();
        self.put(answer(group, target, &[text], at_ms)).await;
    }

    /// The parts of a group once all of them ended.
    pub(crate) async fn ended(&self, group: &str) -> Vec<OutboxRow> {
        self.until(group, |rows| rows.iter().all(|row| !row.state.is_open()))
            .await
    }

    /// The parts of a group once this is so.
    pub(crate) async fn until(
        &self,
        group: &str,
        is_so: impl Fn(&[OutboxRow]) -> bool,
    ) -> Vec<OutboxRow> {
        let mut turns = self.engine.outbox_turns(self.network.key()).unwrap();
        let waiting = async {
            loop {
                turns.mark_unchanged();
                let rows = self.store.group(group).await.unwrap();
                if !rows.is_empty() && is_so(&rows) {
                    return rows;
                }
                turns.changed().await.unwrap();
            }
        };
        let waited = tokio::time::timeout(Duration::from_hours(48), waiting).await;
        waited.expect("it never came to that")
    }

    /// How a group of one part ended.
    pub(crate) async fn end(&self, group: &str) -> OutboxRow {
        self.ended(group).await.remove(0)
    }

    /// Sends on request; the text is also the key.
    pub(crate) async fn send(&self, target: Target, text: &str) -> Result<SentTo, EngineError> {
        send(&self.engine, target, text, text).await
    }
}

pub(crate) async fn send(
    engine: &Engine,
    target: Target,
    key: &str,
    text: &str,
) -> Result<SentTo, EngineError> {
    let to = SendTo {
        target,
        said: Said::Message {
            markdown: text.into(),
            links: Vec::new(),
        },
        session_key: None,
    };
    engine.send_to(once(key, text), to).await
}

pub(crate) fn once(key: &str, text: &str) -> Once {
    Once {
        principal: "owner".into(),
        method: "send",
        key: key.into(),
        params_hash: text.into(),
    }
}

/// The parts of an answer.
pub(crate) fn answer(group: &str, target: &Target, texts: &[&str], at_ms: u64) -> Vec<NewOutbound> {
    (0..)
        .zip(texts)
        .map(|(part, text)| NewOutbound {
            group: group.into(),
            part,
            parts: u32::try_from(texts.len()).unwrap(),
            target: target.clone(),
            body: OutboundPart::text(*text),
            session_key: None,
            run_id: Some(RunId::new(group)),
            expires_at_ms: at_ms + EXPIRY_MS,
            at_ms,
        })
        .collect()
}

/// Sent?
pub(crate) fn is_sent(row: &OutboxRow) -> bool {
    row.state == OutboxState::Sent
}
