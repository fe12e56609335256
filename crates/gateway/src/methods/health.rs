//! Health, status and presence. None of them causes an event, but a probe that finds something new.

use std::time::Duration;

use tidegate_core::store::SessionQuery;
use tidegate_engine::Beacon;
use tidegate_protocol::api::channels::PROBE_TIMEOUT_MS;
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::health::{
    Done, Health, HealthParams, HealthSummary, HeartbeatEvent, LastHeartbeat, PresenceEntry,
    Status, StatusAgentSessions, StatusDefaults, StatusHeartbeat, StatusHeartbeatAgent,
    StatusSession, StatusSessions, StatusSummary, SystemEvent, SystemEventParams, SystemPresence,
};
use tidegate_protocol::{ErrorShape, Nullable, Serve};

use super::{accounts, convert};
use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

/// Sessions named in the status (V3 3.3).
const RECENT: u32 = 10;
/// When to ask again before the first summary was computed.
const STARTING_RETRY_MS: u64 = 500;

impl Serve<Health> for Api {
    async fn serve(
        &self,
        _call: Call<Health>,
        params: HealthParams,
    ) -> Result<HealthSummary, ApiError> {
        if params.probe == Some(true) {
            let within = Duration::from_millis(PROBE_TIMEOUT_MS);
            self.probe(None, within).await?;
            self.0.engine.refresh_health().await;
        }
        let health = self.0.engine.health();
        let health =
            health.ok_or_else(|| ErrorShape::busy("the gateway is starting", STARTING_RETRY_MS))?;
        Ok((*health.summary).clone())
    }
}

impl Serve<Status> for Api {
    async fn serve(
        &self,
        _call: Call<Status>,
        _params: NoParams,
    ) -> Result<StatusSummary, ApiError> {
        let engine = &self.0.engine;
        let agents = engine.agents();
        let path = engine.facts().sessions_path.clone();
        let recent = self.recent(None).await?;
        let mut by_agent = Vec::with_capacity(agents.list.len());
        for agent in &agents.list {
            let id = agent.id.as_str();
            by_agent.push(StatusAgentSessions {
                agent_id: id.to_owned(),
                path: path.clone(),
                count: engine.session_count(Some(id)).await?,
                recent: self.recent(Some(id)).await?,
            });
        }
        Ok(StatusSummary {
            heartbeat: StatusHeartbeat {
                default_agent_id: agents.names.default_agent.to_string(),
                agents: agents
                    .list
                    .iter()
                    .map(|agent| StatusHeartbeatAgent {
                        agent_id: agent.id.to_string(),
                        enabled: false,
                        every: "0m".into(),
                        every_ms: Nullable(None),
                    })
                    .collect(),
            },
            channel_summary: engine
                .account_statuses()
                .await?
                .iter()
                .map(accounts::line)
                .collect(),
            queued_system_events: engine.queued_system_events(),
            sessions: StatusSessions {
                paths: vec![path],
                count: engine.session_count(None).await?,
                defaults: StatusDefaults {
                    model: Nullable(agents.list.first().map(|agent| agent.model.model.clone())),
                    context_tokens: Nullable(None),
                },
                recent,
                by_agent,
            },
            presence_count: engine.presence().list().1,
        })
    }
}

impl Api {
    async fn recent(&self, agent: Option<&str>) -> Result<Vec<StatusSession>, ApiError> {
        let query = SessionQuery {
            limit: RECENT,
            agent: agent.map(str::to_owned),
            include_global: true,
            include_unknown: true,
            ..Default::default()
        };
        let now = self.0.engine.now_ms();
        let rows = self.0.engine.sessions(query).await?;
        Ok(rows
            .into_iter()
            .map(|row| convert::status_session(&self.0.engine, &row.session, now))
            .collect())
    }
}

impl Serve<SystemPresence> for Api {
    async fn serve(
        &self,
        _call: Call<SystemPresence>,
        _params: NoParams,
    ) -> Result<Vec<PresenceEntry>, ApiError> {
        Ok(self.0.engine.presence().list().0)
    }
}

impl Serve<SystemEvent> for Api {
    async fn serve(
        &self,
        _call: Call<SystemEvent>,
        params: SystemEventParams,
    ) -> Result<Done, ApiError> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "bounded first; NaN becomes 0"
        )]
        let seconds = |value: f64| value.clamp(0.0, 1e12) as u64;
        let fields = PresenceEntry {
            device_id: params.device_id,
            instance_id: params.instance_id,
            host: params.host,
            ip: params.ip,
            mode: params.mode,
            version: params.version,
            platform: params.platform,
            device_family: params.device_family,
            model_identifier: params.model_identifier,
            reason: params.reason,
            last_input_seconds: params.last_input_seconds.map(seconds),
            roles: params.roles.unwrap_or_default(),
            scopes: params.scopes.unwrap_or_default(),
            tags: params.tags.unwrap_or_default(),
            ..Default::default()
        };
        self.0.engine.system_event(Beacon {
            text: params.text,
            fields,
        })?;
        Ok(Done { ok: true })
    }
}

impl Serve<LastHeartbeat> for Api {
    /// There is no scheduler yet, so there was no heartbeat.
    async fn serve(
        &self,
        _call: Call<LastHeartbeat>,
        _params: NoParams,
    ) -> Result<Nullable<HeartbeatEvent>, ApiError> {
        Ok(Nullable(None))
    }
}
