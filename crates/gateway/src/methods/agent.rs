//! `agent` and its kin.

use std::time::Duration;

use serde_json::json;
use tidegate_core::SessionKey;
use tidegate_core::run::{ByDevice, FailureKind, Run, RunEnd, RunRequest, RunState, RunStatus};
use tidegate_engine::RunAsk;
use tidegate_protocol::api::agent::{
    Agent, AgentAccepted, AgentFinal, AgentIdentityGet, AgentIdentityParams, AgentIdentityResult,
    AgentMeta, AgentModel, AgentParams, AgentReply, AgentResult, AgentResultMeta, AgentRow,
    AgentWait, AgentWaitParams, AgentWaitResult, AgentsList, AgentsListResult, RunUsage,
};
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::{ErrorCode, ErrorShape, Nullable, Serve};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

/// How long `agent.wait` waits when not told (V3 4), and at most.
const WAIT_DEFAULT_MS: u64 = 30_000;
const WAIT_MOST_MS: u64 = 3_600_000;
/// Longest that the caller of `agent` is kept waiting; the run itself has its own deadline.
const AGENT_WAIT: Duration = Duration::from_hours(24);

impl Serve<Agent> for Api {
    async fn serve(&self, call: Call<Agent>, params: AgentParams) -> Result<AgentFinal, ApiError> {
        if params
            .attachments
            .as_ref()
            .is_some_and(|list| !list.is_empty())
        {
            return Err(no_attachments());
        }
        let once = call.once(&params.idempotency_key);
        // Where it would go, and whether it could, may have changed since it was first asked.
        if let Some(run) = self.0.engine.asked_before(&once).await? {
            return self.with_delivery(&run, repeated(&run)?).await;
        }
        self.check_channels(&params)?;
        let (session_key, echo_key) = self.session_for(&params).await?;
        let deliver_to = self.deliver_to(&params, &session_key).await?;
        let request = RunRequest {
            message: params.message,
            echo_key,
            thinking: params.thinking,
            extra_system_prompt: params.extra_system_prompt,
            timeout_ms: params
                .timeout
                .filter(|seconds| *seconds > 0)
                .map(|seconds| u64::from(seconds) * 1000),
            may_administer: call.may_administer(),
            by: ByDevice::of(call.permit().caller()),
            label: params.label,
            origin: None,
            deliver_to,
            media: Vec::new(),
        };
        let ticket = self
            .0
            .engine
            .ask(RunAsk {
                once,
                session_key,
                request,
            })
            .await?;
        let run = ticket.run;
        if ticket.repeat {
            return self.with_delivery(&run, repeated(&run)?).await;
        }
        call.ack(&AgentAccepted {
            run_id: run.id.clone(),
            status: "accepted".into(),
            accepted_at: run.accepted_at_ms,
        });
        match self.0.engine.wait(&run.id, AGENT_WAIT).await? {
            Some(ended) => self.with_delivery(&ended, finished(&ended)?).await,
            None => Err(ErrorShape::busy(
                "the run is still at work; ask again with agent.wait",
                1_000,
            )
            .into()),
        }
    }
}

impl Api {
    /// The session of a run, and the name that its events repeat.
    async fn session_for(&self, params: &AgentParams) -> Result<(SessionKey, String), ApiError> {
        let engine = &self.0.engine;
        let agent = match &params.agent_id {
            Some(id) => Some(engine.agent(id).map_err(|_| {
                ApiError::invalid(format!("invalid agent params: unknown agent id \"{id}\""))
            })?),
            None => None,
        };
        if let Some(raw) = &params.session_key {
            let key = engine.answered_key(raw)?;
            if agent.is_some_and(|agent| key.agent().is_some_and(|id| id != agent.id)) {
                return Err(ApiError::invalid(format!(
                    "invalid agent params: agent \"{}\" does not match session key \"{raw}\"",
                    params.agent_id.as_deref().unwrap_or_default()
                )));
            }
            return Ok((key, raw.clone()));
        }
        if let Some(id) = params.session_id.as_deref().filter(|id| !id.is_empty())
            && let Some(session) = engine.session_by_id(id).await?
        {
            let echo = session.key.to_string();
            return Ok((session.key, echo));
        }
        let names = &engine.agents().names;
        let key = agent.map_or_else(|| names.main(), |agent| names.main_of(&agent.id));
        let echo = key.to_string();
        Ok((key, echo))
    }
}

/// Pictures come with the first runner that takes them.
pub(super) fn no_attachments() -> ApiError {
    ApiError::invalid("attachments are not supported yet: send the message without them")
}

fn finished(run: &Run) -> Result<AgentFinal, ApiError> {
    let Some(end) = &run.end else {
        return Err(ErrorShape::new(ErrorCode::Unavailable, "the run has no end").into());
    };
    match end.status {
        RunStatus::Ok | RunStatus::Aborted => Ok(AgentFinal {
            run_id: run.id.clone(),
            status: "ok".into(),
            summary: Some(
                if end.status == RunStatus::Ok {
                    "completed"
                } else {
                    "aborted"
                }
                .into(),
            ),
            accepted_at: None,
            result: Some(result(run, end)),
        }),
        RunStatus::Error | RunStatus::Interrupted => Err(failure(run, end)),
    }
}

fn failure(run: &Run, end: &RunEnd) -> ApiError {
    let text = end
        .error
        .clone()
        .unwrap_or_else(|| "the gateway ended while the run was at work".into());
    let code = if end.failure == Some(FailureKind::Timeout) {
        ErrorCode::AgentTimeout
    } else {
        ErrorCode::Unavailable
    };
    ApiError {
        shape: Box::new(ErrorShape::new(code, text.clone())),
        payload: Some(Box::new(
            json!({ "runId": run.id, "status": "error", "summary": text }),
        )),
    }
}

/// The same request again: where the run is now (V3 6.4, DECISIONS D1).
fn repeated(run: &Run) -> Result<AgentFinal, ApiError> {
    if run.state != RunState::Ended {
        return Ok(AgentFinal {
            run_id: run.id.clone(),
            status: "accepted".into(),
            summary: None,
            accepted_at: Some(run.accepted_at_ms),
            result: None,
        });
    }
    let mut answer = finished(run)?;
    if run
        .end
        .as_ref()
        .is_some_and(|end| end.status == RunStatus::Aborted)
    {
        answer.status = "aborted".into();
    }
    Ok(answer)
}

fn result(run: &Run, end: &RunEnd) -> AgentResult {
    let (provider, model) = end
        .maker
        .as_ref()
        .map_or((String::new(), String::new()), |maker| {
            (maker.provider.clone(), maker.model.clone())
        });
    let started = run.started_at_ms.unwrap_or(run.accepted_at_ms);
    let usage = end.usage;
    let texts = (!end.text.is_empty()).then(|| AgentReply {
        text: end.text.clone(),
        media_url: Nullable(None),
    });
    AgentResult {
        payloads: texts.into_iter().collect(),
        meta: AgentResultMeta {
            duration_ms: run.ended_at_ms.unwrap_or(started).saturating_sub(started),
            agent_meta: AgentMeta {
                session_id: run.session_id.clone(),
                provider,
                model,
                usage: RunUsage {
                    input: usage.input,
                    output: usage.output,
                    cache_read: usage.cache_read,
                    cache_write: usage.cache_write,
                    total: usage.total(),
                },
            },
            aborted: end.status == RunStatus::Aborted,
        },
        delivery_status: None,
    }
}

impl Serve<AgentWait> for Api {
    async fn serve(
        &self,
        _call: Call<AgentWait>,
        params: AgentWaitParams,
    ) -> Result<AgentWaitResult, ApiError> {
        let timeout = Duration::from_millis(
            params
                .timeout_ms
                .unwrap_or(WAIT_DEFAULT_MS)
                .min(WAIT_MOST_MS),
        );
        let run = self.0.engine.wait(&params.run_id, timeout).await?;
        let Some(run) = run else {
            return Ok(AgentWaitResult {
                run_id: params.run_id,
                status: "timeout".into(),
                started_at: None,
                ended_at: None,
                error: None,
            });
        };
        let failed = run
            .end
            .as_ref()
            .is_some_and(|end| matches!(end.status, RunStatus::Error | RunStatus::Interrupted));
        Ok(AgentWaitResult {
            run_id: params.run_id,
            status: if failed { "error" } else { "ok" }.into(),
            started_at: run.started_at_ms,
            ended_at: run.ended_at_ms,
            error: run.end.as_ref().and_then(|end| end.error.clone()),
        })
    }
}

impl Serve<AgentIdentityGet> for Api {
    async fn serve(
        &self,
        _call: Call<AgentIdentityGet>,
        params: AgentIdentityParams,
    ) -> Result<AgentIdentityResult, ApiError> {
        let engine = &self.0.engine;
        let names = &engine.agents().names;
        let by_key = match params
            .session_key
            .as_deref()
            .map(str::trim)
            .filter(|key| !key.is_empty())
        {
            Some(raw) => engine.session_key(raw)?.agent(),
            None => None,
        };
        if let (Some(by_key), Some(given)) = (&by_key, &params.agent_id)
            && by_key.as_str() != given
        {
            return Err(ApiError::invalid(format!(
                "invalid agent.identity.get params: agent \"{given}\" does not match session key agent \"{by_key}\""
            )));
        }
        let id = by_key
            .map(tidegate_protocol::AgentId::into_string)
            .or(params.agent_id);
        let agent = engine.agent(id.as_deref().unwrap_or(names.default_agent.as_str()))?;
        let name = agent
            .identity
            .name
            .clone()
            .or_else(|| agent.name.clone())
            .unwrap_or_else(|| "Assistant".into());
        let avatar = agent
            .identity
            .avatar
            .clone()
            .or_else(|| agent.identity.emoji.clone())
            .unwrap_or_else(|| name.chars().take(1).collect());
        Ok(AgentIdentityResult {
            agent_id: agent.id.to_string(),
            name,
            avatar,
        })
    }
}

impl Serve<AgentsList> for Api {
    async fn serve(
        &self,
        _call: Call<AgentsList>,
        _params: NoParams,
    ) -> Result<AgentsListResult, ApiError> {
        let agents = self.0.engine.agents();
        let rows = agents.list.iter().map(|agent| AgentRow {
            id: agent.id.to_string(),
            name: agent.name.clone(),
            identity: (agent.identity != tidegate_protocol::api::agent::AgentIdentity::default())
                .then(|| agent.identity.clone()),
            model: AgentModel {
                primary: agent.model.to_string(),
            },
        });
        Ok(AgentsListResult {
            default_id: agents.names.default_agent.to_string(),
            main_key: agents.names.main_key.clone(),
            scope: "per-sender".into(),
            agents: rows.collect(),
        })
    }
}
