//! An engine with everything around it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_core::agents::{Agent, Agents, QueueDrop, QueueMode, QueueRules, RunLimits};
use tidegate_core::node::NodeRules;
use tidegate_core::run::{Once, Run, RunRequest};
use tidegate_core::runner::{AgentRunner, ModelRef, ThinkingLevel};
use tidegate_core::store::{
    ApprovalStore, DeviceStore, HistoryQuery, InboxStore, NodeStore, OutboxStore, RunStore,
    SenderStore, SessionStore,
};
use tidegate_core::tool::Tool;
use tidegate_core::transcript::Message;
use tidegate_core::{Events, ManualClock, SessionKey, SessionNames, SystemIds};
use tidegate_engine::{
    Engine, EngineError, EngineParts, HealthFacts, NetworkSettings, RunAsk, RunTicket,
};
use tidegate_protocol::api::agent::AgentIdentity;
use tidegate_protocol::{AgentId, RunId};
use tidegate_store::MemoryStore;
use tokio::sync::mpsc;

use crate::cuts::Cuts;
use crate::heard::Heard;
use crate::script::{AtWork, Call, SCRIPTED, scripted};

/// When the clock stands.
pub(crate) const NOW_MS: u64 = 1_700_000_000_000;

pub(crate) struct World {
    pub(crate) engine: Engine,
    pub(crate) heard: Arc<Heard>,
    pub(crate) cuts: Arc<Cuts>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) at_work: Arc<Mutex<AtWork>>,
    calls: mpsc::Receiver<Call>,
}

/// What a test may choose.
pub(crate) struct Plan {
    pub(crate) limits: RunLimits,
    /// Another runner, in place of the scripted one.
    pub(crate) runner: Option<Arc<dyn AgentRunner>>,
    pub(crate) problems: Vec<String>,
    /// What agents can do.
    pub(crate) tools: Vec<Arc<dyn Tool>>,
    /// Devices, if they are not kept with the rest.
    pub(crate) devices: Option<Arc<dyn DeviceStore>>,
}

impl Default for Plan {
    fn default() -> Self {
        let limits = RunLimits {
            concurrent: 4,
            queue: QueueRules {
                mode: QueueMode::Collect,
                by_channel: BTreeMap::new(),
                debounce: Duration::from_secs(1),
                cap: 50,
                drop: QueueDrop::default(),
            },
            timeout: Duration::from_mins(10),
            idle_timeout: Duration::from_mins(2),
            history_messages: 400,
            history_bytes: 1 << 20,
        };
        Self {
            limits,
            runner: None,
            problems: Vec::new(),
            tools: Vec::new(),
            devices: None,
        }
    }
}

impl Plan {
    /// An engine in memory.
    pub(crate) async fn start(self) -> World {
        self.start_on(Arc::new(MemoryStore::new())).await
    }

    pub(crate) async fn start_on<
        S: SessionStore
            + RunStore
            + DeviceStore
            + InboxStore
            + OutboxStore
            + SenderStore
            + ApprovalStore
            + NodeStore,
    >(
        self,
        store: Arc<S>,
    ) -> World {
        let (script, at_work, calls) = scripted();
        let runner = self.runner.unwrap_or(script);
        let provider = runner.provider().to_owned();
        let clock = Arc::new(ManualClock::at(NOW_MS));
        let heard = Arc::<Heard>::default();
        let cuts = Arc::<Cuts>::default();
        let agent = Agent {
            id: AgentId::new("main"),
            name: None,
            identity: AgentIdentity::default(),
            model: ModelRef {
                provider: provider.clone(),
                model: "m".into(),
            },
            system_prompt: None,
            workspace: None,
        };
        let engine = Engine::new(EngineParts {
            sessions: Arc::clone(&store) as _,
            runs: Arc::clone(&store) as _,
            devices: self.devices.unwrap_or(Arc::clone(&store) as _),
            inbox: Arc::clone(&store) as _,
            outbox: Arc::clone(&store) as _,
            senders: Arc::clone(&store) as _,
            approvals: Arc::clone(&store) as _,
            nodes: store,
            node_rules: NodeRules::default(),
            events: Events::new(Arc::clone(&heard) as _),
            connections: Arc::clone(&cuts) as _,
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(SystemIds),
            agents: Arc::new(Agents {
                names: SessionNames {
                    default_agent: AgentId::new("main"),
                    main_key: "main".into(),
                },
                list: vec![agent],
                model_configured: provider == SCRIPTED,
                runners: BTreeMap::from([(provider, runner)]),
                thinking: ThinkingLevel::Off,
                limits: self.limits,
            }),
            networks: NetworkSettings::default(),
            facts: facts(self.problems),
        });
        engine.give_tools(self.tools).unwrap();
        engine.start().await.unwrap();
        World {
            engine,
            heard,
            cuts,
            clock,
            at_work,
            calls,
        }
    }
}

/// A machine with these problems.
pub(crate) fn facts(problems: Vec<String>) -> HealthFacts {
    HealthFacts {
        version: "0.0.0".into(),
        host: "Host".into(),
        ip: None,
        platform: "linux 6".into(),
        device_family: "Linux".into(),
        arch: "x64".into(),
        sessions_path: "/state/tidegate.db".into(),
        problems,
        rss_bytes: || Some(1),
    }
}

/// What is asked, by whom, where.
pub(crate) fn ask(principal: &str, key: &str, session: &SessionKey, message: &str) -> RunAsk {
    RunAsk {
        once: Once {
            principal: principal.into(),
            method: "agent",
            key: key.into(),
            params_hash: message.into(),
        },
        session_key: session.clone(),
        request: RunRequest {
            message: message.into(),
            echo_key: session.to_string(),
            thinking: None,
            extra_system_prompt: None,
            timeout_ms: None,
            may_administer: true,
            by: None,
            label: None,
            origin: None,
            deliver_to: None,
            media: Vec::new(),
        },
    }
}

/// Returns when every task waits for something (time is paused).
pub(crate) async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

impl World {
    pub(crate) fn session(&self, name: &str) -> SessionKey {
        self.engine.session_key(name).unwrap()
    }

    /// The owner says something in the main session; the message is also the idempotency key.
    pub(crate) async fn say(&self, message: &str) -> RunId {
        self.ask("main", message).await.unwrap().run.id
    }

    pub(crate) async fn ask(&self, session: &str, message: &str) -> Result<RunTicket, EngineError> {
        self.engine
            .ask(ask("owner", message, &self.session(session), message))
            .await
    }

    /// The next turn that the runner begins.
    pub(crate) async fn call(&mut self) -> Call {
        let begun = tokio::time::timeout(Duration::from_hours(1), self.calls.recv()).await;
        begun.expect("no turn began").unwrap()
    }

    /// Turns that began and were not looked at.
    pub(crate) fn begun(&mut self) -> Vec<Call> {
        std::iter::from_fn(|| self.calls.try_recv().ok()).collect()
    }

    /// Waits for the end of a run, for at most a day.
    pub(crate) async fn ended(&self, id: &RunId) -> Arc<Run> {
        let run = self
            .engine
            .wait(id, Duration::from_hours(24))
            .await
            .unwrap();
        run.expect("the run never ended")
    }

    /// What was said in a session.
    pub(crate) async fn transcript(&self, session: &str) -> Vec<Message> {
        let query = HistoryQuery {
            before: None,
            limit: 10_000,
            max_bytes: usize::MAX,
        };
        self.engine
            .history(&self.session(session), query)
            .await
            .unwrap()
            .page
            .messages
    }

    /// Whether the engine still keeps this run as waiting or working: only then is it an error to
    /// stop it under the name of another session.
    pub(crate) async fn is_live(&self, id: &RunId) -> bool {
        self.engine
            .abort(&self.session("some-other-session"), Some(id))
            .await
            .is_err()
    }
}

/// One life of a gateway, in virtual time: the end of the runtime drops every task where it stands,
/// as a crash does.
pub(crate) fn one_life<T>(life: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(life)
}
