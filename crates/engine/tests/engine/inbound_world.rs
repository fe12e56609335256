//! An engine behind the doors of chat networks: a scripted runner, a store that outlives it, a
//! clock that goes with tokio's.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::access::{AccessRules, AllowList, GroupRules};
use tidegate_core::agents::{Agent, Agents, RunLimits};
use tidegate_core::channel::{
    AccountKey, Channel, Claims, Inbound, InboundEvent, InboundMedia, InboundMessage, MediaKind,
    Peer, PeerKind, Sender, Target,
};
use tidegate_core::files::FileSource;
use tidegate_core::freshness::{ResetRule, ResetRules};
use tidegate_core::node::NodeRules;
use tidegate_core::routing::Routing;
use tidegate_core::run::Run;
use tidegate_core::runner::{AgentRunner, ModelRef, ThinkingLevel};
use tidegate_core::store::{HistoryQuery, InboxRow, InboxState, InboxStore};
use tidegate_core::transcript::{Message, Speaker};
use tidegate_core::{Events, SessionKey, SessionNames, SystemIds};
use tidegate_engine::{
    AccountFacts, AccountSettings, AccountStatus, AckReaction, Engine, EngineParts,
    NetworkSettings, RunTicket,
};
use tidegate_protocol::api::agent::AgentIdentity;
use tidegate_protocol::{AgentId, RunId};
use tidegate_store::MemoryStore;
use tokio::sync::mpsc;

use crate::delivery_world::RunningClock;
use crate::heard::Heard;
use crate::inbound_line::Line;
use crate::network::FakeNetwork;
use crate::script::{Call, SCRIPTED, Step, say, scripted};
use crate::world::{Plan, ask, facts};

/// The longest wait of a test, in virtual time.
const PATIENCE: Duration = Duration::from_hours(48);

/// What a test may choose before the engine starts.
pub(crate) struct Setup {
    pub(crate) accounts: Vec<AccountSettings>,
    pub(crate) limits: RunLimits,
    pub(crate) routing: Routing,
    pub(crate) resets: ResetRules,
    pub(crate) claims: Option<Arc<dyn Claims>>,
    pub(crate) files: PathBuf,
    pub(crate) source: Arc<dyn FileSource>,
    pub(crate) notices: Vec<Target>,
    pub(crate) ack: AckReaction,
    pub(crate) store: MemoryStore,
}

/// An account of a test: its rules are [`rules`].
pub(crate) fn account(channel: Arc<dyn Channel>) -> AccountSettings {
    AccountSettings {
        channel,
        rules: rules(),
        required: false,
        drafts: false,
        facts: AccountFacts {
            enabled: true,
            configured: true,
            ..AccountFacts::default()
        },
    }
}

/// Anna owns the gateway, Bob is a guest; both are heard in the group `g` if they speak to us.
/// Others are shown a code.
pub(crate) fn rules() -> AccessRules {
    let list = |ids: &[&str]| AllowList::new(ids.iter().map(|id| (*id).to_owned()));
    AccessRules {
        allow_from: list(&["anna", "bob"]),
        group_allow_from: list(&["anna", "bob"]),
        groups: BTreeMap::from([("g".to_owned(), GroupRules::default())]),
        owners: list(&["anna"]),
        ..AccessRules::default()
    }
}

impl Setup {
    pub(crate) fn new(accounts: impl IntoIterator<Item = AccountSettings>) -> Self {
        let never = ResetRule::Never;
        Self {
            accounts: accounts.into_iter().collect(),
            limits: Plan::default().limits,
            routing: Routing::default(),
            resets: ResetRules {
                direct: never,
                group: never,
                thread: never,
            },
            claims: None,
            files: PathBuf::new(),
            source: NetworkSettings::default().source,
            notices: Vec::new(),
            ack: AckReaction::default(),
            store: MemoryStore::new(),
        }
    }

    /// With one network.
    pub(crate) fn with(network: &Arc<FakeNetwork>) -> Self {
        Self::new([account(Arc::clone(network) as _)])
    }

    /// With one network whose way in is a test's.
    pub(crate) fn on(line: &Arc<Line>) -> Self {
        Self::new([account(Arc::clone(line) as _)])
    }

    pub(crate) async fn start(self) -> House {
        let (runner, _, calls) = scripted();
        let shared = Arc::new(self.store.clone());
        let engine = Engine::new(EngineParts {
            sessions: Arc::clone(&shared) as _,
            runs: Arc::clone(&shared) as _,
            devices: Arc::clone(&shared) as _,
            inbox: Arc::clone(&shared) as _,
            outbox: Arc::clone(&shared) as _,
            senders: Arc::clone(&shared) as _,
            approvals: Arc::clone(&shared) as _,
            nodes: shared,
            node_rules: NodeRules::default(),
            events: Events::new(Arc::<Heard>::default()),
            connections: Arc::<crate::cuts::Cuts>::default(),
            clock: RunningClock::new(),
            ids: Arc::new(SystemIds),
            agents: Arc::new(agents(runner, self.limits)),
            networks: NetworkSettings {
                accounts: self.accounts,
                routing: self.routing,
                resets: self.resets,
                claims: self.claims,
                files: self.files,
                source: self.source,
                notices: self.notices,
                ack: self.ack,
                ..NetworkSettings::default()
            },
            facts: facts(Vec::new()),
        });
        engine.start().await.unwrap();
        House {
            engine,
            store: self.store,
            calls,
        }
    }
}

fn agents(runner: Arc<dyn AgentRunner>, limits: RunLimits) -> Agents {
    let agent = |id: &str| Agent {
        id: AgentId::new(id),
        name: None,
        identity: AgentIdentity::default(),
        model: ModelRef {
            provider: SCRIPTED.into(),
            model: "m".into(),
        },
        system_prompt: None,
        workspace: None,
    };
    Agents {
        names: SessionNames {
            default_agent: AgentId::new("main"),
            main_key: "main".into(),
        },
        list: vec![agent("main"), agent("second")],
        model_configured: true,
        runners: BTreeMap::from([(SCRIPTED.to_owned(), runner)]),
        thinking: ThinkingLevel::Off,
        limits,
    }
}

/// An engine at work behind its doors.
pub(crate) struct House {
    pub(crate) engine: Engine,
    pub(crate) store: MemoryStore,
    calls: mpsc::Receiver<Call>,
}

impl House {
    /// The next turn that the runner begins.
    pub(crate) async fn call(&mut self) -> Call {
        let begun = tokio::time::timeout(PATIENCE, self.calls.recv()).await;
        begun.expect("no turn began").unwrap()
    }

    /// Turns that began and were not looked at, once the queues had time to be gathered.
    pub(crate) async fn begun(&mut self) -> Vec<Call> {
        tokio::time::sleep(Duration::from_secs(20)).await;
        std::iter::from_fn(|| self.calls.try_recv().ok()).collect()
    }

    /// Lets the next turn answer with this; gives it when it ended.
    pub(crate) async fn answer(&mut self, text: &str) -> (Call, Arc<Run>) {
        let call = self.call().await;
        call.play([say(text), Step::End]);
        let run = self.ended(&call.turn.run_id).await;
        (call, run)
    }

    /// Waits for the end of a run.
    pub(crate) async fn ended(&self, id: &RunId) -> Arc<Run> {
        let ended = self.engine.wait(id, PATIENCE).await.unwrap();
        ended.expect("the run never ended")
    }

    /// What is stored of the event with this id.
    pub(crate) async fn row(&self, event: &str) -> Option<InboxRow> {
        let traced = self.store.trace(event).await.unwrap();
        traced.into_iter().find_map(|way| way.inbox)
    }

    /// How far the event with this id is.
    pub(crate) async fn state(&self, event: &str) -> InboxState {
        self.row(event).await.expect("it is not stored").state
    }

    pub(crate) fn key(&self, name: &str) -> SessionKey {
        self.engine.session_key(name).unwrap()
    }

    /// The owner says something in the page.
    pub(crate) async fn say(&self, key: &str, session: &str) -> RunTicket {
        let asked = ask("owner", key, &self.key(session), key);
        self.engine.ask(asked).await.unwrap()
    }

    /// What people said in a session, in order.
    pub(crate) async fn said_in(&self, session: &str) -> Vec<String> {
        let messages = self.transcript(session).await.into_iter();
        messages
            .filter(|message| message.body.speaker == Speaker::User)
            .map(|message| message.body.text())
            .collect()
    }

    pub(crate) async fn transcript(&self, session: &str) -> Vec<Message> {
        let query = HistoryQuery {
            before: None,
            limit: 10_000,
            max_bytes: usize::MAX,
        };
        let history = self.engine.history(&self.key(session), query).await;
        history.unwrap().page.messages
    }

    /// How the one account is.
    pub(crate) async fn status(&self, key: &AccountKey) -> AccountStatus {
        let statuses = self.engine.account_statuses().await.unwrap();
        statuses.into_iter().find(|one| one.key == *key).unwrap()
    }
}

/// What the user said last in this turn.
pub(crate) fn asked(call: &Call) -> Vec<String> {
    let users = call.turn.history.iter().rev();
    let users = users.take_while(|message| message.body.speaker == Speaker::User);
    let mut texts: Vec<_> = users.map(|message| message.body.text()).collect();
    texts.reverse();
    texts
}

/// Somebody writes to us directly; the message is `m-` and the name of the event.
pub(crate) fn dm(event: &str, from: &str, text: &str) -> Inbound {
    happens(
        event,
        PeerKind::Direct,
        &format!("chat-{from}"),
        from,
        wrote(event, text),
    )
}

/// Somebody writes in a group, to nobody.
pub(crate) fn in_group(event: &str, group: &str, from: &str, text: &str) -> Inbound {
    happens(event, PeerKind::Group, group, from, wrote(event, text))
}

/// Somebody writes to us in a group.
pub(crate) fn to_us(event: &str, group: &str, from: &str, text: &str) -> Inbound {
    with(in_group(event, group, from, text), |message| {
        message.mentioned = true;
    })
}

/// The same with a change to the message.
pub(crate) fn with(mut event: Inbound, change: impl FnOnce(&mut InboundMessage)) -> Inbound {
    let InboundEvent::Message(message) = &mut event.event else {
        panic!("it is no message")
    };
    change(message);
    event
}

/// A file with a message.
pub(crate) fn file(handle: &str, name: &str) -> InboundMedia {
    InboundMedia {
        kind: MediaKind::Document,
        handle: handle.into(),
        name: Some(name.into()),
        mime: Some("text/html".into()),
        bytes: None,
    }
}

/// Something happens in a conversation.
pub(crate) fn happens(
    event: &str,
    kind: PeerKind,
    peer: &str,
    from: &str,
    what: InboundEvent,
) -> Inbound {
    Inbound {
        provider_id: event.into(),
        peer: Peer {
            kind,
            id: peer.into(),
        },
        thread: None,
        space: None,
        sender: Sender {
            id: from.into(),
            name: Some(from.to_uppercase()),
            handle: None,
            bot: false,
        },
        title: None,
        at_ms: 1,
        event: what,
    }
}

fn wrote(event: &str, text: &str) -> InboundEvent {
    InboundEvent::Message(InboundMessage {
        message_id: format!("m-{event}"),
        text: text.into(),
        ..InboundMessage::default()
    })
}
