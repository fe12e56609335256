//! A gateway in this process.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tidegate_core::agents::{Agent, Agents, QueueDrop, QueueMode, QueueRules, RunLimits};
use tidegate_core::node::NodeRules;
use tidegate_core::run::Once;
use tidegate_core::runner::{AgentRunner, ModelRef, ThinkingLevel};
use tidegate_core::store::SessionStore as _;
use tidegate_core::transcript::NewMessage;
use tidegate_core::{Clock, Events, ManualClock, Secret, SessionKey, SessionNames, SystemIds};
use tidegate_engine::{Engine, EngineParts, HealthFacts, NetworkSettings};
use tidegate_gateway::{
    CanvasConfig, CanvasHost, Gateway, GatewayConfig, Hub, Metrics, SetupAddress, Tls,
};
use tidegate_protocol::api::agent::AgentIdentity;
use tidegate_protocol::api::config::{ConfigGetResult, ConfigSchemaResult};
use tidegate_protocol::api::system::LogsTailResult;
use tidegate_protocol::{AgentId, Nullable};
use tidegate_store::MemoryStore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Client, ScriptedRunner, asks, in_time, jump, settle};

/// The shared secret of every test gateway: as strong as a generated one.
pub(crate) const TOKEN: &str = "7e57-0f-the-edge-7e57-0f-the-edge-7e57-0f-the-edge";
/// 2026-01-24 10:00:00 UTC: where the wall clock stands.
pub(crate) const NOW_MS: u64 = 1_769_248_800_000;

/// What may differ from one test to the next.
pub(crate) struct Setup {
    pub(crate) token: &'static str,
    pub(crate) password: Option<&'static str>,
    pub(crate) limits: RunLimits,
    pub(crate) drain: Duration,
    pub(crate) problems: Vec<String>,
    pub(crate) networks: NetworkSettings,
    pub(crate) tls: Option<Tls>,
    /// Where canvases are kept; none without it.
    pub(crate) canvas: Option<PathBuf>,
    pub(crate) node_rules: NodeRules,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            token: TOKEN,
            password: None,
            limits: RunLimits {
                concurrent: 4,
                queue: QueueRules {
                    mode: QueueMode::Followup,
                    by_channel: BTreeMap::new(),
                    debounce: Duration::ZERO,
                    cap: 4,
                    drop: QueueDrop::default(),
                },
                timeout: Duration::from_mins(10),
                idle_timeout: Duration::from_mins(2),
                history_messages: 100,
                history_bytes: 1024 * 1024,
            },
            drain: Duration::from_secs(5),
            problems: Vec::new(),
            node_rules: NodeRules::default(),
            networks: NetworkSettings::default(),
            tls: None,
            canvas: None,
        }
    }
}

/// A gateway that serves, and handles into it.
pub(crate) struct Edge {
    pub(crate) addr: SocketAddr,
    /// Where canvases alone are shown.
    pub(crate) canvas_addr: SocketAddr,
    pub(crate) canvas: Option<Arc<CanvasHost>>,
    pub(crate) engine: Engine,
    pub(crate) store: MemoryStore,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) runner: Arc<ScriptedRunner>,
    /// Asks the gateway to stop.
    pub(crate) stop: CancellationToken,
    serving: JoinSet<std::io::Result<()>>,
}

impl Edge {
    pub(crate) async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub(crate) async fn with(setup: Setup) -> Self {
        let clock = Arc::new(ManualClock::at(NOW_MS));
        let runner = Arc::new(ScriptedRunner::default());
        let store = MemoryStore::new();
        let hub = Hub::new(Arc::new(Metrics::new()), Arc::clone(&clock) as _);
        let engine = Engine::new(EngineParts {
            sessions: Arc::new(store.clone()),
            runs: Arc::new(store.clone()),
            devices: Arc::new(store.clone()),
            inbox: Arc::new(store.clone()),
            outbox: Arc::new(store.clone()),
            senders: Arc::new(store.clone()),
            approvals: Arc::new(store.clone()),
            nodes: Arc::new(store.clone()),
            node_rules: setup.node_rules,
            events: Events::new(Arc::clone(&hub) as _),
            connections: Arc::clone(&hub) as _,
            clock: Arc::clone(&clock) as _,
            ids: Arc::new(SystemIds),
            agents: Arc::new(agents(Arc::clone(&runner) as _, setup.limits)),
            networks: setup.networks,
            facts: facts(setup.problems),
        });
        engine.start().await.unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        let mut config = config(setup.token, setup.password);
        config.tls = setup.tls;
        let events = Events::new(Arc::clone(&hub) as _);
        let canvas_clock: Arc<dyn Clock> = Arc::clone(&clock) as _;
        config.canvas = setup
            .canvas
            .map(|root| canvas_host(root, events, canvas_clock));
        let canvas = config.canvas.clone();
        let shown = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let canvas_addr = shown.local_addr().unwrap();
        let gateway = Gateway::new(engine.clone(), hub, config).with_canvas_listeners(vec![shown]);
        let stop = CancellationToken::new();
        let mut serving = JoinSet::new();
        serving.spawn(gateway.serve(vec![listener], stop.clone(), setup.drain));
        Self {
            addr,
            canvas_addr,
            canvas,
            engine,
            store,
            clock,
            runner,
            stop,
            serving,
        }
    }

    /// The owner without a device, over protocol 4, with these scopes.
    pub(crate) async fn owner(&self, scopes: &[&str]) -> Client {
        self.join(&asks(4, scopes)).await
    }

    /// Puts a message into the main session, past every limit of the wire.
    pub(crate) async fn remember(&self, number: usize, text: String) {
        let key = SessionKey::stored("agent:main:main");
        let id = format!("m{number}");
        let once = Once {
            principal: "test".into(),
            method: "send",
            key: id.clone(),
            params_hash: String::new(),
        };
        let message = NewMessage::injected(id, text, NOW_MS, None);
        self.store
            .deliver(once, &key, "s1".into(), message)
            .await
            .unwrap();
    }

    /// A client that asks for this and gets it.
    pub(crate) async fn join(&self, params: &serde_json::Value) -> Client {
        let mut client = Client::open(self.addr).await;
        let answer = client.connect(params).await;
        assert_eq!(answer["ok"], true, "{answer}");
        client
    }

    /// Asks the gateway to stop and waits until it has; time passes for whoever says no goodbye.
    pub(crate) async fn stopped(mut self) {
        self.stop.cancel();
        for _ in 0..60 {
            settle().await;
            if let Some(ended) = self.serving.try_join_next() {
                return ended.unwrap().unwrap();
            }
            jump(Duration::from_secs(1)).await;
        }
        panic!("the gateway does not stop");
    }

    /// Waits until a gateway that was asked to stop has stopped.
    pub(crate) async fn has_stopped(&mut self) {
        let ended = in_time("the gateway stops", self.serving.join_next()).await;
        ended.unwrap().unwrap().unwrap();
    }
}

fn agents(runner: Arc<dyn AgentRunner>, limits: RunLimits) -> Agents {
    let agent = |id: &str| Agent {
        id: AgentId::new(id),
        name: None,
        identity: AgentIdentity::default(),
        model: ModelRef {
            provider: "scripted".into(),
            model: "model-1".into(),
        },
        system_prompt: None,
        workspace: None,
    };
    Agents {
        names: SessionNames {
            default_agent: AgentId::new("main"),
            main_key: "main".into(),
        },
        list: vec![agent("main"), agent("work")],
        runners: BTreeMap::from([("scripted".to_owned(), runner)]),
        thinking: ThinkingLevel::Off,
        limits,
        model_configured: true,
    }
}

fn canvas_host(root: PathBuf, events: Events, clock: Arc<dyn Clock>) -> Arc<CanvasHost> {
    let config = CanvasConfig {
        root,
        live_reload: true,
    };
    Arc::new(CanvasHost::new(config, events, clock, Arc::new(SystemIds)))
}

fn facts(problems: Vec<String>) -> HealthFacts {
    HealthFacts {
        version: "0.0.0-test".into(),
        host: "test-host".into(),
        ip: None,
        platform: "linux 1".into(),
        device_family: "Linux".into(),
        arch: "x64".into(),
        sessions_path: "(memory)".into(),
        problems,
        rss_bytes: || None,
    }
}

fn config(token: &str, password: Option<&str>) -> GatewayConfig {
    GatewayConfig {
        canvas: None,
        token: Secret::new(token.to_owned()),
        password: password.map(|password| Secret::new(password.to_owned())),
        allowed_hosts: ["127.0.0.1", "localhost", "[::1]"]
            .map(str::to_owned)
            .into(),
        allowed_origins: ["https://gate.example".to_owned()].into(),
        tls: None,
        setup: SetupAddress {
            url: "ws://127.0.0.1:18789".into(),
            source: "gateway.bind".into(),
        },
        config_path: "/nowhere/tidegate.json".into(),
        state_dir: "/nowhere".into(),
        read_config: Arc::new(|| ConfigGetResult {
            path: "/nowhere/tidegate.json".into(),
            exists: false,
            raw: Nullable(None),
            parsed: json!({}),
            valid: true,
            config: json!({}),
            hash: String::new(),
            issues: Vec::new(),
            warnings: Vec::new(),
            legacy_issues: Vec::new(),
        }),
        read_schema: Arc::new(|| ConfigSchemaResult {
            schema: json!({}),
            ui_hints: BTreeMap::new(),
            version: "0.0.0-test".into(),
            generated_at: "2026-01-24T10:00:00Z".into(),
        }),
        log_tail: Arc::new(|_, _, _| Ok(LogsTailResult::default())),
    }
}
