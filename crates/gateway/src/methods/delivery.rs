//! `outbox.*` and `messages.trace`.

use tidegate_core::channel::{AccountKey, Body};
use tidegate_core::run::{Run, RunState};
use tidegate_core::store::{InboxRow, OutboxRow, OutboxState, Traced};
use tidegate_engine::{Letter, Lot, OutboxQuery, shows_code};
use tidegate_protocol::api::delivery::{
    MessagesTrace, MessagesTraceParams, MessagesTraceResult, OUTBOX_DEFAULT_PARTS,
    OUTBOX_MOST_PARTS, OUTBOX_TEXT_CHARS, OutboxDrop, OutboxDropResult, OutboxList,
    OutboxListParams, OutboxListResult, OutboxLot, OutboxPart, OutboxPartParams, OutboxRetry,
    OutboxRetryResult, PartKind, PartState, TracedInbound, TracedMessage, TracedRun,
};
use tidegate_protocol::{AccountId, ChannelId, Serve};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

impl Serve<OutboxList> for Api {
    async fn serve(
        &self,
        _call: Call<OutboxList>,
        params: OutboxListParams,
    ) -> Result<OutboxListResult, ApiError> {
        let engine = &self.0.engine;
        let limit = params.limit.unwrap_or(OUTBOX_DEFAULT_PARTS);
        let limit = limit.min(OUTBOX_MOST_PARTS);
        let lot = match params.state {
            Some(OutboxLot::Open) => Lot::Open,
            Some(OutboxLot::Dead) | None => Lot::Dead,
        };
        let query = |account| OutboxQuery {
            lot,
            account,
            limit,
        };
        let mut rows = Vec::new();
        match params.channel {
            None => rows = engine.outbox(query(None)).await?,
            Some(channel) => {
                for account in self.accounts_of(&channel, params.account_id).await? {
                    rows.extend(engine.outbox(query(Some(account))).await?);
                }
                rows.sort_by_key(|row| std::cmp::Reverse(row.no));
                rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            }
        }
        Ok(OutboxListResult {
            ts: engine.now_ms(),
            parts: rows.into_iter().map(part).collect(),
        })
    }
}

impl Api {
    /// The accounts of a network, or the one that is named; that need not be configured any more.
    async fn accounts_of(
        &self,
        channel: &ChannelId,
        account: Option<AccountId>,
    ) -> Result<Vec<AccountKey>, ApiError> {
        if let Some(account) = account {
            let channel = channel.clone();
            return Ok(vec![AccountKey { channel, account }]);
        }
        let statuses = self.0.engine.account_statuses().await?;
        let keys = statuses.into_iter().map(|status| status.key);
        Ok(keys.filter(|key| key.channel == *channel).collect())
    }
}

impl Serve<OutboxRetry> for Api {
    async fn serve(
        &self,
        _call: Call<OutboxRetry>,
        params: OutboxPartParams,
    ) -> Result<OutboxRetryResult, ApiError> {
        let retried = self.0.engine.retry_dead(&letter(params)?).await?;
        Ok(OutboxRetryResult { ok: true, retried })
    }
}

impl Serve<OutboxDrop> for Api {
    async fn serve(
        &self,
        _call: Call<OutboxDrop>,
        params: OutboxPartParams,
    ) -> Result<OutboxDropResult, ApiError> {
        let dropped = self.0.engine.drop_dead(&letter(params)?).await?;
        Ok(OutboxDropResult { ok: true, dropped })
    }
}

/// Which parts are meant.
fn letter(params: OutboxPartParams) -> Result<Letter, ApiError> {
    match (params.no, params.id) {
        (Some(no), None) => Ok(Letter::No(no)),
        (None, Some(id)) => Ok(Letter::Id(id)),
        _ => Err(ApiError::invalid("either no or id is required")),
    }
}

impl Serve<MessagesTrace> for Api {
    async fn serve(
        &self,
        _call: Call<MessagesTrace>,
        params: MessagesTraceParams,
    ) -> Result<MessagesTraceResult, ApiError> {
        let engine = &self.0.engine;
        let found = engine.trace(&params.id).await?;
        Ok(MessagesTraceResult {
            ts: engine.now_ms(),
            messages: found.into_iter().map(traced).collect(),
        })
    }
}

fn traced(way: Traced) -> TracedMessage {
    TracedMessage {
        inbound: way.inbox.map(inbound),
        run: way.run.map(run),
        parts: way.outbox.into_iter().map(part).collect(),
    }
}

fn inbound(row: InboxRow) -> TracedInbound {
    TracedInbound {
        channel: row.target.account.channel,
        account_id: row.target.account.account,
        from: row.target.peer.id,
        chat_type: row.target.peer.kind.as_str().to_owned(),
        thread_id: row.target.thread,
        sender_id: row.sender_id,
        provider_id: row.provider_id,
        message_id: row.message_id,
        sent_at_ms: row.sent_at_ms,
        arrived_at_ms: row.arrived_at_ms,
        state: row.state.as_str().to_owned(),
        ended_at_ms: row.ended_at_ms,
        session_key: row.session_key.map(|key| key.to_string()),
    }
}

fn run(run: Run) -> TracedRun {
    let (status, error) = run.end.map_or((None, None), |end| {
        let status = serde_json::to_value(end.status).ok();
        let word = status.and_then(|word| word.as_str().map(str::to_owned));
        (word, end.error)
    });
    TracedRun {
        run_id: run.id,
        session_key: run.session_key.to_string(),
        state: match run.state {
            RunState::Queued => "queued",
            RunState::Running => "running",
            RunState::Ended => "ended",
        }
        .to_owned(),
        accepted_at_ms: run.accepted_at_ms,
        started_at_ms: run.started_at_ms,
        ended_at_ms: run.ended_at_ms,
        status,
        error,
    }
}

fn part(row: OutboxRow) -> OutboxPart {
    let id = row.key();
    let (message_id, poll_id) = row.receipt.map_or((None, None), |receipt| {
        (Some(receipt.message_id), receipt.poll_id)
    });
    let item = row.item;
    let (kind, text) = if shows_code(&item.group) {
        (PartKind::Text, "a code that lets somebody in".to_owned())
    } else {
        shown(item.body.body)
    };
    OutboxPart {
        no: row.no,
        id,
        part: item.part,
        parts: item.parts,
        channel: item.target.account.channel,
        account_id: item.target.account.account,
        to: item.target.peer.id,
        chat_type: item.target.peer.kind.as_str().to_owned(),
        thread_id: item.target.thread,
        kind,
        text: text.chars().take(OUTBOX_TEXT_CHARS).collect(),
        state: state(row.state),
        attempts: row.attempts,
        created_at_ms: item.at_ms,
        expires_at_ms: item.expires_at_ms,
        not_before_ms: (row.not_before_ms > item.at_ms).then_some(row.not_before_ms),
        maybe_sent_since_ms: row.maybe_sent_since_ms,
        settled_at_ms: row.settled_at_ms,
        message_id,
        poll_id,
        error: row.error,
        session_key: item.session_key.map(|key| key.to_string()),
        run_id: item.run_id,
    }
}

fn shown(body: Body) -> (PartKind, String) {
    match body {
        Body::Text { markdown } => (PartKind::Text, markdown),
        Body::Media { media, markdown } if markdown.is_empty() => (PartKind::Media, media.name),
        Body::Media { markdown, .. } => (PartKind::Media, markdown),
        Body::Poll(poll) => (PartKind::Poll, poll.question),
    }
}

const fn state(state: OutboxState) -> PartState {
    match state {
        OutboxState::Prepared => PartState::Prepared,
        OutboxState::Sending => PartState::Sending,
        OutboxState::Ambiguous => PartState::Ambiguous,
        OutboxState::Sent => PartState::Sent,
        OutboxState::Dead => PartState::Dead,
        OutboxState::Dropped => PartState::Dropped,
    }
}
