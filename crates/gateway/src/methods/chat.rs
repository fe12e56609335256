//! `chat.*`.

use tidegate_core::run::{ByDevice, RunRequest, RunState, RunStatus};
use tidegate_core::store::HistoryQuery;
use tidegate_engine::{Engine, RunAsk, RunTicket};
use tidegate_protocol::api::chat::{
    ActiveRun, ChatAbort, ChatAbortParams, ChatAbortResult, ChatHistory, ChatHistoryParams,
    ChatHistoryResult, ChatSend, ChatSendParams, ChatSendResult, QueuedMessage,
};
use tidegate_protocol::{ErrorCode, ErrorShape, Serve, limits};

use super::agent::no_attachments;
use super::convert;
use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<ChatHistory> for Api {
    async fn serve(
        &self,
        _call: Call<ChatHistory>,
        params: ChatHistoryParams,
    ) -> Result<ChatHistoryResult, ApiError> {
        let engine = &self.0.engine;
        let key = engine.session_key(&params.session_key)?;
        let query = HistoryQuery {
            before: params.before,
            limit: params
                .limit
                .unwrap_or(limits::HISTORY_DEFAULT_MESSAGES)
                .min(limits::HISTORY_MESSAGES),
            max_bytes: limits::HISTORY_BYTES,
        };
        let view = engine.history(&key, query).await?;
        let level = view
            .session
            .as_ref()
            .and_then(|session| session.settings.thinking_level.clone());
        Ok(ChatHistoryResult {
            session_key: params.session_key,
            session_id: view.session.map(|session| session.id),
            messages: view
                .page
                .messages
                .into_iter()
                .map(convert::message)
                .collect(),
            thinking_level: level.unwrap_or_else(|| engine.agents().thinking.as_str().into()),
            next_before: view.page.next_before,
            queued: view
                .queued
                .into_iter()
                .map(|queued| QueuedMessage {
                    run_id: queued.run_id,
                    text: queued.text,
                })
                .collect(),
            active_run: view.active.map(|(run_id, text, thinking)| ActiveRun {
                run_id,
                text,
                thinking: (!thinking.is_empty()).then_some(thinking),
            }),
        })
    }
}

impl Serve<ChatSend> for Api {
    async fn serve(
        &self,
        call: Call<ChatSend>,
        params: ChatSendParams,
    ) -> Result<ChatSendResult, ApiError> {
        if params
            .attachments
            .as_ref()
            .is_some_and(|list| !list.is_empty())
        {
            return Err(no_attachments());
        }
        let engine = &self.0.engine;
        let session_key = engine.answered_key(&params.session_key)?;
        let decided = engine
            .approvals()
            .by_word(call.chain(), Some(call.connection()), &params.message)
            .await?;
        if let Some(text) = decided {
            let once = call.once(&params.idempotency_key);
            engine.deliver(once, session_key, text).await?;
            return Ok(ChatSendResult {
                ok: Some(true),
                ..Default::default()
            });
        }
        if Engine::is_stop_word(&params.message) {
            let stopped = engine.abort_by_word(&session_key).await?;
            return Ok(ChatSendResult {
                ok: Some(true),
                aborted: Some(!stopped.run_ids.is_empty()),
                run_ids: Some(stopped.run_ids),
                ..Default::default()
            });
        }
        let request = RunRequest {
            message: params.message,
            echo_key: params.session_key,
            thinking: params.thinking,
            extra_system_prompt: None,
            timeout_ms: params.timeout_ms.filter(|ms| *ms > 0),
            may_administer: call.may_administer(),
            by: ByDevice::of(call.permit().caller()),
            label: None,
            origin: None,
            deliver_to: None,
            media: Vec::new(),
        };
        let once = call.once(&params.idempotency_key);
        let ticket = engine
            .ask(RunAsk {
                once,
                session_key,
                request,
            })
            .await?;
        if ticket.repeat {
            repeated(ticket)
        } else {
            Ok(started(ticket))
        }
    }
}

fn started(ticket: RunTicket) -> ChatSendResult {
    ChatSendResult {
        run_id: Some(ticket.run.id),
        status: Some("started".into()),
        queued: ticket.queued.then_some(true),
        ..Default::default()
    }
}

/// The same request again: where the run is now (V3 6.4, DECISIONS D1).
fn repeated(ticket: RunTicket) -> Result<ChatSendResult, ApiError> {
    let run = ticket.run;
    let mut answer = ChatSendResult {
        run_id: Some(run.id.clone()),
        ..Default::default()
    };
    if run.state != RunState::Ended {
        answer.status = Some("in_flight".into());
        answer.queued = ticket.queued.then_some(true);
        return Ok(answer);
    }
    let Some(end) = run.end else {
        return Ok(answer);
    };
    match end.status {
        RunStatus::Ok => answer.status = Some("ok".into()),
        RunStatus::Aborted => answer.status = Some("aborted".into()),
        RunStatus::Error | RunStatus::Interrupted => {
            let text = end
                .error
                .unwrap_or_else(|| "the gateway ended while the run was at work".into());
            answer.status = Some("error".into());
            answer.summary = Some(text.clone());
            return Err(ApiError {
                shape: Box::new(ErrorShape::new(ErrorCode::Unavailable, text)),
                payload: serde_json::to_value(answer).ok().map(Box::new),
            });
        }
    }
    Ok(answer)
}

impl Serve<ChatAbort> for Api {
    async fn serve(
        &self,
        _call: Call<ChatAbort>,
        params: ChatAbortParams,
    ) -> Result<ChatAbortResult, ApiError> {
        let key = self.0.engine.session_key(&params.session_key)?;
        let stopped = self.0.engine.abort(&key, params.run_id.as_ref()).await?;
        Ok(ChatAbortResult {
            ok: true,
            aborted: !stopped.run_ids.is_empty(),
            run_ids: stopped.run_ids,
        })
    }
}
