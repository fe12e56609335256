//! Sessions and their transcripts.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tidegate_core::run::Once;
use tidegate_core::session::SessionKey;
use tidegate_core::store::{
    Delivered, HistoryPage, HistoryQuery, Patched, Session, SessionListing, SessionQuery,
    SessionStore, SettingsPatch, StoreError,
};
use tidegate_core::transcript::NewMessage;
use tidegate_protocol::Patch;

use super::append::{append, ensure_session, forget_transcript, renew_session, transcript_of};
use super::fault::Fault;
use super::rows::{self, MESSAGE, SEQ_BITS, SEQ_MAX, SESSION, bound, change, first};
use super::store::SqliteStore;
use super::{once, search};
use crate::rules;

/// The session of a key.
fn by_key(conn: &Connection, key: &SessionKey) -> Result<Option<Session>, Fault> {
    let sql = format!(
        "SELECT {SESSION} FROM sessions s JOIN transcripts t ON t.no = s.transcript WHERE s.key = ?1"
    );
    first(conn, &sql, [key.as_str()], rows::session)
}

/// The session of a key that was just written.
fn stored(conn: &Connection, key: &SessionKey) -> Result<Session, Fault> {
    by_key(conn, key)?.ok_or(Fault::Misuse("the session is gone"))
}

fn by_id(conn: &Connection, id: &str) -> Result<Option<Session>, Fault> {
    let sql = format!(
        "SELECT {SESSION} FROM transcripts t JOIN sessions s ON s.transcript = t.no WHERE t.session_id = ?1"
    );
    first(conn, &sql, [id], rows::session)
}

fn count(conn: &Connection, agent: Option<&str>) -> Result<u64, Fault> {
    let found = match agent {
        Some(agent) => {
            let sql = "SELECT count(*) FROM sessions WHERE agent = ?1";
            first(conn, sql, [agent], |row| Ok(row.get(0)?))?
        }
        None => first(conn, "SELECT count(*) FROM sessions", [], |row| {
            Ok(row.get(0)?)
        })?,
    };
    Ok(found.unwrap_or(0))
}

fn patch(
    conn: &Connection,
    key: &SessionKey,
    patch: SettingsPatch,
    new_session_id: &str,
    now_ms: u64,
) -> Result<Patched, Fault> {
    let before = by_key(conn, key)?;
    if let Patch::Set(label) = &patch.label {
        let sql = "SELECT 1 FROM sessions WHERE label = ?1 AND key <> ?2";
        if first(conn, sql, [label.as_str(), key.as_str()], |_| Ok(()))?.is_some() {
            return Ok(Patched::LabelTaken);
        }
    }
    let parent = before
        .as_ref()
        .and_then(|session| session.settings.spawned_by.as_deref());
    if rules::moves_parent(&patch, parent) {
        return Ok(Patched::SpawnedByFixed);
    }
    ensure_session(conn, key, new_session_id, now_ms)?;
    let (mut label, mut settings) = before
        .map(|session| (session.label, session.settings))
        .unwrap_or_default();
    patch.label.clone().apply(&mut label);
    patch.apply(&mut settings);
    let sql = "UPDATE sessions SET label = ?2, settings = ?3, spawned_by = ?4 WHERE key = ?1";
    let text = serde_json::to_string(&settings)?;
    change(
        conn,
        sql,
        params![key.as_str(), label, text, settings.spawned_by],
    )?;
    Ok(Patched::Ok(Box::new(stored(conn, key)?)))
}

fn reset(
    conn: &Connection,
    key: &SessionKey,
    new_session_id: &str,
    now_ms: u64,
) -> Result<Session, Fault> {
    renew_session(conn, key, new_session_id, now_ms)?;
    stored(conn, key)
}

fn delete(conn: &Connection, key: &SessionKey, messages: bool) -> Result<bool, Fault> {
    let Some(transcript) = transcript_of(conn, key)? else {
        return Ok(false);
    };
    change(conn, "DELETE FROM sessions WHERE key = ?1", [key.as_str()])?;
    if messages {
        forget_transcript(conn, transcript)?;
    }
    Ok(true)
}

fn history(conn: &Connection, key: &SessionKey, query: HistoryQuery) -> Result<HistoryPage, Fault> {
    let Some(transcript) = transcript_of(conn, key)? else {
        return Ok(HistoryPage::default());
    };
    let from = transcript << SEQ_BITS;
    let before = bound(query.before.unwrap_or(u64::MAX)).min(SEQ_MAX);
    let sql = format!(
        "SELECT {MESSAGE} FROM messages WHERE place > ?1 AND place < ?2 ORDER BY place DESC LIMIT ?3"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut found = statement.query(params![from, from + before, query.limit.max(1)])?;
    let mut page = HistoryPage::default();
    let mut bytes = 0_usize;
    while let Some(row) = found.next()? {
        bytes = bytes.saturating_add(rows::message_bytes(row)?);
        if bytes > query.max_bytes && !page.messages.is_empty() {
            break;
        }
        page.messages.push(rows::message(row)?);
    }
    page.messages.reverse();
    page.next_before = page
        .messages
        .first()
        .map(|oldest| oldest.seq)
        .filter(|seq| *seq > 1);
    Ok(page)
}

fn deliver(
    conn: &Connection,
    request: &Once,
    key: &SessionKey,
    new_session_id: &str,
    message: &NewMessage,
) -> Result<Delivered, Fault> {
    if let Some(known) = once::remembered(conn, request)? {
        return Ok(match known.message_id {
            Some(message_id) if known.same_params => Delivered::Repeat { message_id },
            _ => Delivered::KeyReused,
        });
    }
    let transcript = ensure_session(conn, key, new_session_id, message.at_ms)?;
    append(conn, transcript, message)?;
    once::remember(conn, request, None, Some(&message.id), message.at_ms)?;
    Ok(Delivered::New {
        message_id: message.id.clone(),
    })
}

#[async_trait]
impl SessionStore for SqliteStore {
    fn is_writable(&self) -> bool {
        self.writes()
    }

    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, StoreError> {
        let key = key.clone();
        self.read("session", move |conn| by_key(conn, &key)).await
    }

    async fn session_by_id(&self, session_id: &str) -> Result<Option<Session>, StoreError> {
        let id = session_id.to_owned();
        self.read("session_by_id", move |conn| by_id(conn, &id))
            .await
    }

    async fn sessions(&self, query: SessionQuery) -> Result<Vec<SessionListing>, StoreError> {
        self.read("sessions", move |conn| search::list(conn, &query))
            .await
    }

    async fn session_count(&self, agent: Option<&str>) -> Result<u64, StoreError> {
        let agent = agent.map(str::to_owned);
        self.read("session_count", move |conn| count(conn, agent.as_deref()))
            .await
    }

    async fn patch_session(
        &self,
        key: &SessionKey,
        changes: SettingsPatch,
        new_session_id: String,
        now_ms: u64,
    ) -> Result<Patched, StoreError> {
        let key = key.clone();
        self.write("patch_session", move |conn| {
            patch(conn, &key, changes, &new_session_id, now_ms)
        })
        .await
    }

    async fn reset_session(
        &self,
        key: &SessionKey,
        new_session_id: String,
        now_ms: u64,
    ) -> Result<Session, StoreError> {
        let key = key.clone();
        self.write("reset_session", move |conn| {
            reset(conn, &key, &new_session_id, now_ms)
        })
        .await
    }

    async fn delete_session(&self, key: &SessionKey, messages: bool) -> Result<bool, StoreError> {
        let key = key.clone();
        self.write("delete_session", move |conn| delete(conn, &key, messages))
            .await
    }

    async fn history(
        &self,
        key: &SessionKey,
        query: HistoryQuery,
    ) -> Result<HistoryPage, StoreError> {
        let key = key.clone();
        self.read("history", move |conn| history(conn, &key, query))
            .await
    }

    async fn deliver(
        &self,
        once: Once,
        key: &SessionKey,
        new_session_id: String,
        message: NewMessage,
    ) -> Result<Delivered, StoreError> {
        let key = key.clone();
        self.write("deliver", move |conn| {
            deliver(conn, &once, &key, &new_session_id, &message)
        })
        .await
    }
}
