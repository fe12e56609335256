//! The health summary: computed when something changes or once a minute, never by a reader, and
//! kept as bytes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tidegate_core::agents::Agent;
use tidegate_core::clock::millis;
use tidegate_core::store::SessionQuery;
use tidegate_protocol::Nullable;
use tidegate_protocol::api::channels::ChannelState;
use tidegate_protocol::api::health::{
    AgentHealth, HealthChanged, HealthSummary, HeartbeatSetting, ProcessHealth, RecentSession,
    SessionsHealth,
};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::{Engine, EngineError, channels};

const REFRESH_EVERY: Duration = Duration::from_mins(1);
/// Changes within this time lead to one computation.
const GATHER: Duration = Duration::from_millis(500);
/// Sessions named in the summary (V3 3.3).
const RECENT: u32 = 5;

const DISK_FAILED: &str = "the disk failed a write, and nothing is stored any more: look at the disk, then restart the gateway";

/// What does not change while the gateway lives.
#[derive(Debug, Clone)]
pub struct HealthFacts {
    /// Version of the program.
    pub version: String,
    /// Host name.
    pub host: String,
    /// Its address in its network, for people.
    pub ip: Option<String>,
    /// Operating system and its release.
    pub platform: String,
    /// For example `Linux`.
    pub device_family: String,
    /// For example `x64`.
    pub arch: String,
    /// Where sessions are kept, for people.
    pub sessions_path: String,
    /// What is wrong with the configuration; makes health red.
    pub problems: Vec<String>,
    /// Resident memory of this process in bytes.
    pub rss_bytes: fn() -> Option<u64>,
}

/// The summary at one moment.
#[derive(Debug, Clone)]
pub struct HealthSnapshot {
    /// The summary.
    pub summary: Arc<HealthSummary>,
    /// The same as JSON.
    pub json: Arc<str>,
}

pub(crate) struct Health {
    facts: HealthFacts,
    state: RwLock<State>,
    dirty: Notify,
    is_sound: AtomicBool,
}

struct State {
    snapshot: Option<HealthSnapshot>,
    version: u64,
}

impl Health {
    pub(crate) fn new(facts: HealthFacts) -> Self {
        Self {
            facts,
            state: RwLock::new(State {
                snapshot: None,
                version: 1,
            }),
            dirty: Notify::new(),
            is_sound: AtomicBool::new(false),
        }
    }

    /// Whether the gateway itself is well; channels may need attention all the same.
    fn note_sound(&self, is_sound: bool) {
        self.is_sound.store(is_sound, Ordering::Relaxed);
    }

    pub(crate) fn version(&self) -> u64 {
        self.state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .version
    }

    fn snapshot(&self) -> Option<HealthSnapshot> {
        self.state
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .snapshot
            .clone()
    }

    /// Keeps a summary; true if listeners should hear of it.
    fn keep(&self, summary: HealthSummary) -> bool {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let matters = state
            .snapshot
            .as_ref()
            .is_none_or(|old| significant(&old.summary) != significant(&summary));
        if matters {
            state.version += 1;
        }
        let json = serde_json::to_string(&summary).unwrap_or_default();
        state.snapshot = Some(HealthSnapshot {
            summary: Arc::new(summary),
            json: Arc::from(json),
        });
        matters
    }
}

/// What a listener cares about: not times, not figures of the process.
fn significant(summary: &HealthSummary) -> (bool, &[String], Vec<Standing<'_>>, u64, usize) {
    let accounts = summary.channels.iter().flat_map(|(name, channel)| {
        let accounts = channel.accounts.iter();
        accounts.map(|(id, account)| (name.as_str(), id.as_str(), account.state, account.linked))
    });
    (
        summary.ok,
        &summary.problems,
        accounts.collect(),
        summary.sessions.count,
        summary.agents.len(),
    )
}

/// How an account stands: network, account, state, whether the network knows us.
type Standing<'a> = (&'a str, &'a str, ChannelState, bool);

impl Engine {
    /// The summary as it was last computed.
    pub fn health(&self) -> Option<HealthSnapshot> {
        self.inner().health.snapshot()
    }

    /// Whether the gateway can do its work: it is well, and every channel that is marked required
    /// gets messages through.
    pub fn is_ready(&self) -> bool {
        self.inner().health.is_sound.load(Ordering::Relaxed) && self.missing_accounts().is_empty()
    }

    /// Turns at work, and runs that wait.
    pub fn run_load(&self) -> (u64, u64) {
        self.inner().lanes.load()
    }

    /// The facts about this machine.
    pub fn facts(&self) -> &HealthFacts {
        &self.inner().health.facts
    }

    /// Something that health shows changed.
    pub(crate) fn sessions_changed(&self) {
        self.inner().health.dirty.notify_one();
    }

    /// Computes the summary now; tells listeners if it matters.
    pub async fn refresh_health(&self) {
        match self.compute_health().await {
            Ok(summary) => {
                if self.inner().health.keep(summary)
                    && let Some(snapshot) = self.health()
                {
                    self.inner().events.publish_versioned::<HealthChanged>(
                        &snapshot.summary,
                        self.state_version(),
                    );
                }
            }
            Err(error) => tracing::warn!(error = %error, "health could not be computed"),
        }
    }

    async fn compute_health(&self) -> Result<HealthSummary, EngineError> {
        let began = Instant::now();
        let inner = self.inner();
        let now = self.now_ms();
        let mut agents = Vec::with_capacity(inner.agents.list.len());
        for agent in &inner.agents.list {
            let sessions = self.agent_sessions(agent, now).await?;
            agents.push(AgentHealth {
                agent_id: agent.id.to_string(),
                name: agent.name.clone(),
                is_default: agent.id == inner.agents.names.default_agent,
                heartbeat: heartbeat_off(),
                sessions,
            });
        }
        let default = agents
            .iter()
            .find(|agent| agent.is_default)
            .or(agents.first());
        let sessions = default.map_or_else(
            || SessionsHealth {
                path: inner.health.facts.sessions_path.clone(),
                count: 0,
                recent: Vec::new(),
            },
            |agent| agent.sessions.clone(),
        );
        let (runs_active, runs_queued) = inner.lanes.load();
        let facts = &inner.health.facts;
        let mut problems = facts.problems.clone();
        let statuses = self.account_statuses().await?;
        let channels = channels::by_channel(&statuses, now);
        if !inner.sessions.is_writable() {
            problems.push(DISK_FAILED.into());
        }
        inner.health.note_sound(problems.is_empty());
        problems.extend(channels::problems(&statuses));
        Ok(HealthSummary {
            ok: problems.is_empty(),
            ts: now,
            duration_ms: millis(began.elapsed()),
            channel_order: channels.keys().cloned().collect(),
            channel_labels: statuses
                .iter()
                .map(|status| (status.key.channel.to_string(), status.label.to_owned()))
                .collect(),
            channels,
            heartbeat_seconds: 0,
            default_agent_id: inner.agents.names.default_agent.to_string(),
            agents,
            sessions,
            problems,
            process: ProcessHealth {
                version: facts.version.clone(),
                pid: std::process::id(),
                rss_bytes: (facts.rss_bytes)(),
                connections: inner.presence.connections(),
                runs_active,
                runs_queued,
            },
        })
    }

    async fn agent_sessions(&self, agent: &Agent, now: u64) -> Result<SessionsHealth, EngineError> {
        let id = agent.id.as_str();
        let query = SessionQuery {
            limit: RECENT,
            agent: Some(id.to_owned()),
            ..Default::default()
        };
        let recent = self.sessions(query).await?;
        Ok(SessionsHealth {
            path: self.inner().health.facts.sessions_path.clone(),
            count: self.session_count(Some(id)).await?,
            recent: recent
                .into_iter()
                .map(|row| RecentSession {
                    key: row.session.key.to_string(),
                    updated_at: Nullable(Some(row.session.updated_at_ms)),
                    age: Nullable(Some(now.saturating_sub(row.session.updated_at_ms))),
                })
                .collect(),
        })
    }
}

/// Heartbeats come with the scheduler; until then every agent's is off.
fn heartbeat_off() -> HeartbeatSetting {
    HeartbeatSetting {
        enabled: false,
        every: "0m".into(),
        every_ms: Nullable(None),
        prompt: String::new(),
        target: "last".into(),
        ack_max_chars: 300,
    }
}

/// Recomputes on change and once a minute until the engine stops.
pub(crate) async fn keep(engine: Engine) {
    loop {
        tokio::select! {
            () = engine.inner().stop.cancelled() => return,
            () = engine.inner().health.dirty.notified() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(REFRESH_EVERY) => {}
        }
        engine.refresh_health().await;
    }
}
