//! `sessions.*`.

use tidegate_core::store::{HistoryQuery, SessionQuery, SettingsPatch};
use tidegate_protocol::api::sessions::{
    PreviewItem, SessionListDefaults, SessionPreview, SessionsDelete, SessionsDeleteParams,
    SessionsDeleteResult, SessionsList, SessionsListParams, SessionsListResult, SessionsPatch,
    SessionsPatchParams, SessionsPatchResult, SessionsPreview, SessionsPreviewParams,
    SessionsPreviewResult, SessionsReset, SessionsResetParams, SessionsResetResult,
    SessionsResolve, SessionsResolveParams, SessionsResolveResult,
};
use tidegate_protocol::{Nullable, Serve};

use super::convert;
use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

/// Rows of a list when not told, and at most.
const ROWS_MOST: u32 = 1_000;
/// Sessions of one preview, and what is shown of each (V3 3.2).
const PREVIEW_KEYS: usize = 64;
const PREVIEW_ITEMS: u32 = 12;
const PREVIEW_ITEMS_MOST: u32 = 200;
const PREVIEW_CHARS: u32 = 240;
const PREVIEW_BYTES: usize = 256 * 1024;

impl Serve<SessionsList> for Api {
    async fn serve(
        &self,
        _call: Call<SessionsList>,
        params: SessionsListParams,
    ) -> Result<SessionsListResult, ApiError> {
        let engine = &self.0.engine;
        let ts = engine.now_ms();
        let title = params.include_derived_titles.unwrap_or(false);
        let last = params.include_last_message.unwrap_or(false);
        let query = SessionQuery {
            limit: params.limit.unwrap_or(ROWS_MOST).min(ROWS_MOST),
            updated_since_ms: params
                .active_minutes
                .map(|minutes| ts.saturating_sub(u64::from(minutes) * 60_000)),
            agent: params.agent_id,
            label: params.label,
            spawned_by: params.spawned_by,
            search: params.search.filter(|words| !words.trim().is_empty()),
            include_global: params.include_global.unwrap_or(true),
            include_unknown: params.include_unknown.unwrap_or(true),
            with_first_text: title,
            with_last_text: last,
        };
        let rows = engine.sessions(query).await?;
        let default = engine
            .agents()
            .list
            .first()
            .map(|agent| agent.model.clone());
        Ok(SessionsListResult {
            ts,
            path: engine.facts().sessions_path.clone(),
            count: rows.len() as u64,
            defaults: SessionListDefaults {
                model_provider: Nullable(default.as_ref().map(|model| model.provider.clone())),
                model: Nullable(default.map(|model| model.model)),
                context_tokens: Nullable(None),
            },
            sessions: rows
                .into_iter()
                .map(|row| convert::row(engine, row, title, last))
                .collect(),
        })
    }
}

impl Serve<SessionsPreview> for Api {
    async fn serve(
        &self,
        _call: Call<SessionsPreview>,
        params: SessionsPreviewParams,
    ) -> Result<SessionsPreviewResult, ApiError> {
        let chars =
            usize::try_from(params.max_chars.unwrap_or(PREVIEW_CHARS)).unwrap_or(usize::MAX);
        let query = HistoryQuery {
            before: None,
            limit: params
                .limit
                .unwrap_or(PREVIEW_ITEMS)
                .min(PREVIEW_ITEMS_MOST),
            max_bytes: PREVIEW_BYTES,
        };
        let mut previews = Vec::new();
        for raw in params.keys.into_iter().take(PREVIEW_KEYS) {
            previews.push(self.preview(raw, query, chars).await?);
        }
        Ok(SessionsPreviewResult {
            ts: self.0.engine.now_ms(),
            previews,
        })
    }
}

impl Api {
    async fn preview(
        &self,
        raw: String,
        query: HistoryQuery,
        chars: usize,
    ) -> Result<SessionPreview, ApiError> {
        let missing = |key| SessionPreview {
            key,
            status: "missing".into(),
            items: Vec::new(),
        };
        let Ok(key) = self.0.engine.session_key(&raw) else {
            return Ok(missing(raw));
        };
        let view = self.0.engine.history(&key, query).await?;
        if view.session.is_none() {
            return Ok(missing(raw));
        }
        let items: Vec<PreviewItem> = view
            .page
            .messages
            .into_iter()
            .map(|message| (message.body.speaker, message.body.text()))
            .filter(|(_, text)| !text.is_empty())
            .map(|(speaker, text)| PreviewItem {
                role: speaker.as_str().into(),
                text: shortened(text, chars),
            })
            .collect();
        let status = if items.is_empty() { "empty" } else { "ok" };
        Ok(SessionPreview {
            key: raw,
            status: status.into(),
            items,
        })
    }
}

fn shortened(text: String, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text,
        Some(_) => text
            .chars()
            .take(chars.saturating_sub(3))
            .chain("...".chars())
            .collect(),
    }
}

impl Serve<SessionsResolve> for Api {
    async fn serve(
        &self,
        _call: Call<SessionsResolve>,
        params: SessionsResolveParams,
    ) -> Result<SessionsResolveResult, ApiError> {
        let engine = &self.0.engine;
        let given = [&params.key, &params.session_id, &params.label]
            .into_iter()
            .flatten()
            .count();
        if given > 1 {
            return Err(ApiError::invalid(
                "Provide either key, sessionId, or label (not several)",
            ));
        }
        let none = |name: &str| ApiError::invalid(format!("No session found: {name}"));
        if let Some(raw) = &params.key {
            let key = engine.session_key(raw).map_err(|_| none(raw))?;
            let found = engine.session(&key).await?.ok_or_else(|| none(raw))?;
            return Ok(SessionsResolveResult {
                ok: true,
                key: found.key.to_string(),
            });
        }
        if let Some(id) = &params.session_id {
            let found = engine.session_by_id(id).await?.ok_or_else(|| none(id))?;
            return Ok(SessionsResolveResult {
                ok: true,
                key: found.key.to_string(),
            });
        }
        let Some(label) = params.label else {
            return Err(ApiError::invalid(
                "Either key, sessionId or label is required",
            ));
        };
        let query = SessionQuery {
            limit: 2,
            label: Some(label.clone()),
            agent: params.agent_id,
            spawned_by: params.spawned_by,
            include_global: params.include_global.unwrap_or(false),
            include_unknown: params.include_unknown.unwrap_or(false),
            ..Default::default()
        };
        match engine.sessions(query).await?.as_slice() {
            [] => Err(ApiError::invalid(format!(
                "No session found with label: {label}"
            ))),
            [only] => Ok(SessionsResolveResult {
                ok: true,
                key: only.session.key.to_string(),
            }),
            _ => Err(ApiError::invalid(format!(
                "Multiple sessions found with label: {label}"
            ))),
        }
    }
}

impl Serve<SessionsPatch> for Api {
    async fn serve(
        &self,
        _call: Call<SessionsPatch>,
        p: SessionsPatchParams,
    ) -> Result<SessionsPatchResult, ApiError> {
        let engine = &self.0.engine;
        let key = engine.answered_key(&p.key)?;
        let patch = SettingsPatch {
            label: p.label.map(|label| label.0.trim().to_owned()),
            thinking_level: p.thinking_level,
            verbose_level: p.verbose_level,
            reasoning_level: p.reasoning_level,
            elevated_level: p.elevated_level,
            exec_host: p.exec_host,
            exec_security: p.exec_security,
            exec_ask: p.exec_ask,
            exec_node: p.exec_node,
            model: p.model,
            spawned_by: p.spawned_by,
            response_usage: p.response_usage,
            send_policy: p.send_policy,
            group_activation: p.group_activation,
        };
        let session = engine.patch_session(&key, patch).await?;
        Ok(SessionsPatchResult {
            ok: true,
            path: engine.facts().sessions_path.clone(),
            key: key.to_string(),
            entry: convert::entry(&session),
        })
    }
}

impl Serve<SessionsReset> for Api {
    async fn serve(
        &self,
        _call: Call<SessionsReset>,
        params: SessionsResetParams,
    ) -> Result<SessionsResetResult, ApiError> {
        let key = self.0.engine.answered_key(&params.key)?;
        let session = self.0.engine.reset_session(&key).await?;
        Ok(SessionsResetResult {
            ok: true,
            key: key.to_string(),
            entry: convert::entry(&session),
        })
    }
}

impl Serve<SessionsDelete> for Api {
    async fn serve(
        &self,
        _call: Call<SessionsDelete>,
        params: SessionsDeleteParams,
    ) -> Result<SessionsDeleteResult, ApiError> {
        let key = self.0.engine.session_key(&params.key)?;
        let messages = params.delete_transcript.unwrap_or(true);
        let deleted = self.0.engine.delete_session(&key, messages).await?;
        if let Some(canvas) = self.0.config.canvas.as_ref().filter(|_| messages) {
            canvas.discard(&key).await?;
        }
        Ok(SessionsDeleteResult {
            ok: true,
            key: key.to_string(),
            deleted,
            archived: Vec::new(),
        })
    }
}
