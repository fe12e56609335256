//! A chat network in one file: this terminal. Each line on standard input is a message of the one
//! person there, and answers are printed.
//!
//! `cargo run -p tidegate-engine --example console_channel`, then write something, or `/help`.
//!
//! A real network differs in its wire alone: admission, sessions, order, retry and the outbox are
//! the engine's, as here.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_core::access::{AccessRules, DmPolicy};
use tidegate_core::agents::{Agent, Agents, OFFLINE, QueueDrop, QueueMode, QueueRules, RunLimits};
use tidegate_core::channel::{
    AccountKey, Act, Attempt, Body, Capabilities, Channel, ChannelError, Identity, Inbound,
    InboundEvent, InboundMedia, InboundMessage, Inbox, OutboundPart, Peer, PeerKind, Rate, Rates,
    Receipt, Sender, StoredFile, Target, TextLimit, TextUnit,
};
use tidegate_core::event::EventSink;
use tidegate_core::node::NodeRules;
use tidegate_core::runner::{ModelRef, ThinkingLevel};
use tidegate_core::{Events, LiveConnections, SessionNames, SystemClock, SystemIds};
use tidegate_engine::{
    AccountFacts, AccountSettings, Engine, EngineParts, HealthFacts, NetworkSettings,
};
use tidegate_protocol::api::agent::AgentIdentity;
use tidegate_protocol::{AgentId, DeviceId, EventSpec, Role};
use tidegate_runners::OfflineRunner;
use tidegate_store::MemoryStore;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// The person at the terminal.
const PERSON: &str = "me";

const OFTEN: Rate = Rate {
    count: 1_000,
    per: Duration::from_secs(1),
};

/// What a terminal can do: words, and nothing else.
const CAPABILITIES: Capabilities = Capabilities {
    label: "Console",
    text: TextLimit {
        max: 4_000,
        unit: TextUnit::Chars,
    },
    media: None,
    replies: false,
    edits: false,
    reactions: false,
    buttons: false,
    polls: false,
    typing: None,
    keyed_sends: false,
    history: false,
    rates: Rates {
        account: OFTEN,
        direct: OFTEN,
        group: OFTEN,
    },
    draft_every: None,
    proof_every: Duration::from_hours(24),
};

/// The terminal as a network.
struct Console<R, W> {
    account: AccountKey,
    lines: Mutex<R>,
    out: Mutex<W>,
    printed: AtomicU64,
}

impl<R, W> Console<R, W> {
    fn new(lines: R, out: W) -> Self {
        Self {
            account: AccountKey::new("console", "default"),
            lines: Mutex::new(lines),
            out: Mutex::new(out),
            printed: AtomicU64::new(0),
        }
    }
}

/// The pure half: a line as an event.
fn event(number: u64, line: String) -> Inbound {
    Inbound {
        provider_id: number.to_string(),
        peer: Peer {
            kind: PeerKind::Direct,
            id: PERSON.into(),
        },
        thread: None,
        space: None,
        sender: Sender {
            id: PERSON.into(),
            name: Some("You".into()),
            handle: None,
            bot: false,
        },
        title: None,
        at_ms: 0,
        event: InboundEvent::Message(InboundMessage {
            message_id: number.to_string(),
            text: line,
            ..Default::default()
        }),
    }
}

#[async_trait]
impl<R, W> Channel for Console<R, W>
where
    R: AsyncBufRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin + Send + 'static,
{
    fn account(&self) -> &AccountKey {
        &self.account
    }

    fn capabilities(&self) -> &Capabilities {
        &CAPABILITIES
    }

    fn fingerprint(&self) -> String {
        std::process::id().to_string()
    }

    async fn receive(
        &self,
        inbox: &dyn Inbox,
        stop: CancellationToken,
    ) -> Result<(), ChannelError> {
        let mut lines = self.lines.lock().await;
        // Where the last life ended; the network's numbers go on from there.
        let cursor = inbox.cursor(PERSON).await?;
        let mut number = cursor.and_then(|at| at.parse().ok()).unwrap_or(0);
        inbox.proved();
        loop {
            let mut line = String::new();
            let read = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                read = lines.read_line(&mut line) => read,
            };
            let read = read.map_err(|error| ChannelError::Unreachable(error.to_string()))?;
            if read == 0 {
                stop.cancelled().await;
                return Ok(());
            }
            number += 1;
            let events = vec![event(number, line.trim_end().to_owned())];
            // Only now is the message ours: a network would be told so after this line.
            inbox
                .accept(PERSON, events, Some(number.to_string()))
                .await?;
            inbox.proved();
        }
    }

    async fn send(
        &self,
        _to: &Target,
        part: &OutboundPart,
        _attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        let Body::Text { markdown } = &part.body else {
            return Err(ChannelError::Unsupported("show this"));
        };
        let mut out = self.out.lock().await;
        let line = format!("{markdown}\n");
        let unknown = |error: std::io::Error| ChannelError::Unknown(error.to_string());
        out.write_all(line.as_bytes()).await.map_err(unknown)?;
        out.flush().await.map_err(unknown)?;
        Ok(Receipt {
            message_id: self.printed.fetch_add(1, Ordering::Relaxed).to_string(),
            poll_id: None,
        })
    }

    async fn act(&self, _to: &Target, _act: Act) -> Result<(), ChannelError> {
        Err(ChannelError::Unsupported("do this"))
    }

    async fn probe(&self) -> Result<Identity, ChannelError> {
        Ok(Identity {
            id: "console".into(),
            ..Default::default()
        })
    }

    async fn fetch(
        &self,
        _media: &InboundMedia,
        _to: &Path,
        _max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        Err(ChannelError::Unsupported("give files"))
    }
}

/// Nobody listens to events here.
struct Silence;

impl EventSink for Silence {
    fn publish(&self, _spec: &'static EventSpec, _head: Arc<str>) {}
}

impl LiveConnections for Silence {
    fn end(&self, _device: &DeviceId, _role: Role, _why: &'static str) {}

    fn is_connected(&self, _device: &DeviceId) -> bool {
        false
    }
}

/// An engine with this network and the built-in agent; everything is forgotten at its end.
fn engine(console: Arc<dyn Channel>) -> Engine {
    let store = Arc::new(MemoryStore::new());
    let account = AccountSettings {
        channel: console,
        rules: AccessRules {
            dm_policy: DmPolicy::Open,
            ..Default::default()
        },
        required: true,
        drafts: false,
        facts: AccountFacts {
            enabled: true,
            configured: true,
            ..Default::default()
        },
    };
    Engine::new(EngineParts {
        sessions: Arc::clone(&store) as _,
        runs: Arc::clone(&store) as _,
        devices: Arc::clone(&store) as _,
        inbox: Arc::clone(&store) as _,
        outbox: Arc::clone(&store) as _,
        senders: Arc::clone(&store) as _,
        approvals: Arc::clone(&store) as _,
        nodes: store,
        node_rules: NodeRules::default(),
        events: Events::new(Arc::new(Silence)),
        connections: Arc::new(Silence),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        agents: Arc::new(agents()),
        networks: NetworkSettings {
            accounts: vec![account],
            ..Default::default()
        },
        facts: facts(),
    })
}

fn agents() -> Agents {
    let runner = OfflineRunner::new(Arc::new(SystemClock));
    let model = ModelRef {
        provider: OFFLINE.into(),
        model: OFFLINE.into(),
    };
    Agents {
        names: SessionNames {
            default_agent: AgentId::new("main"),
            main_key: "main".into(),
        },
        list: vec![Agent {
            id: AgentId::new("main"),
            name: None,
            identity: AgentIdentity::default(),
            model,
            system_prompt: None,
            workspace: None,
        }],
        runners: BTreeMap::from([(OFFLINE.to_owned(), Arc::new(runner) as _)]),
        thinking: ThinkingLevel::Off,
        limits: RunLimits {
            concurrent: 1,
            queue: QueueRules {
                mode: QueueMode::Collect,
                by_channel: BTreeMap::new(),
                debounce: Duration::from_millis(100),
                cap: 20,
                drop: QueueDrop::Summarize,
            },
            timeout: Duration::from_mins(1),
            idle_timeout: Duration::from_mins(1),
            history_messages: 100,
            history_bytes: 1 << 20,
        },
        model_configured: false,
    }
}

fn facts() -> HealthFacts {
    HealthFacts {
        version: env!("CARGO_PKG_VERSION").into(),
        host: "here".into(),
        ip: None,
        platform: std::env::consts::OS.into(),
        device_family: String::new(),
        arch: std::env::consts::ARCH.into(),
        sessions_path: "memory".into(),
        problems: Vec::new(),
        rss_bytes: || None,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), tidegate_engine::EngineError> {
    let console = Console::new(BufReader::new(tokio::io::stdin()), tokio::io::stdout());
    let engine = engine(Arc::new(console));
    engine.start().await?;
    drop(tokio::signal::ctrl_c().await);
    engine.drain(Duration::from_secs(5)).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    /// A line goes in, the built-in agent's answer comes out.
    #[tokio::test(start_paused = true)]
    async fn a_line_is_answered() {
        let (mut out, printed) = tokio::io::duplex(64 * 1024);
        let (mut typed, lines) = tokio::io::duplex(1024);
        let engine = engine(Arc::new(Console::new(BufReader::new(lines), printed)));
        engine.start().await.unwrap();
        typed.write_all(b"/help\n").await.unwrap();
        let mut answer = vec![0; 1024];
        let read = tokio::time::timeout(Duration::from_mins(1), out.read(&mut answer)).await;
        let read = read.unwrap().unwrap();
        let text = String::from_utf8_lossy(&answer[..read]).into_owned();
        assert!(text.contains("/status"), "{text}");
        engine.drain(Duration::from_secs(5)).await;
    }
}
