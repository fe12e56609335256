//! Rows of the database as values of the core, and back.

use rusqlite::{Connection, Params, Row};
use serde::de::DeserializeOwned;
use tidegate_core::ScopeSet;
use tidegate_core::run::{Run, RunState};
use tidegate_core::session::SessionKey;
use tidegate_core::store::Session;
use tidegate_core::transcript::{Message, NewMessage, Speaker};
use tidegate_protocol::{Role, RunId};

use super::fault::Fault;

/// `place = transcript << SEQ_BITS | seq`.
pub(super) const SEQ_BITS: u32 = 32;
/// The greatest `seq` of a transcript.
pub(super) const SEQ_MAX: i64 = (1 << SEQ_BITS) - 1;

/// Columns of a session, from `sessions s` and `transcripts t`.
pub(super) const SESSION: &str = "s.key, t.session_id, s.created_at, s.updated_at, s.label, s.settings, \
     s.aborted_last_run, s.last_usage, s.last_maker, t.message_count, s.origin";
/// How many columns [`SESSION`] has.
pub(super) const SESSION_COLUMNS: usize = 11;
/// Columns of a message.
pub(super) const MESSAGE: &str = "place, id, speaker, parts, at, run_id, maker, usage, stop, error";
/// Columns of a run.
pub(super) const RUN: &str =
    "id, session_key, session_id, request, state, accepted_at, started_at, ended_at, outcome";

/// The first row of a query, if there is one.
pub(super) fn first<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(read).transpose()
}

/// Every row of a query.
pub(super) fn all<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = conn.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// Carries out a statement without rows, and says how many rows it changed.
pub(super) fn change(conn: &Connection, sql: &str, params: impl Params) -> Result<u64, Fault> {
    Ok(conn.prepare_cached(sql)?.execute(params)? as u64)
}

/// A number for a comparison: what does not fit is as good as the greatest.
pub(super) fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// An optional value as JSON.
pub(super) fn json<T: serde::Serialize>(value: Option<&T>) -> Result<Option<String>, Fault> {
    Ok(value.map(serde_json::to_string).transpose()?)
}

/// A JSON column that must be there.
pub(super) fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, Fault> {
    Ok(serde_json::from_str(
        row.get_ref(column)?
            .as_str()
            .map_err(rusqlite::Error::from)?,
    )?)
}

/// A JSON column.
pub(super) fn from_json_if<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
) -> Result<Option<T>, Fault> {
    let text = row
        .get_ref(column)?
        .as_str_or_null()
        .map_err(rusqlite::Error::from)?;
    Ok(text.map(serde_json::from_str).transpose()?)
}

/// A session from [`SESSION`].
pub(super) fn session(row: &Row<'_>) -> Result<Session, Fault> {
    Ok(Session {
        key: SessionKey::stored(row.get::<_, String>(0)?),
        id: row.get(1)?,
        created_at_ms: row.get(2)?,
        updated_at_ms: row.get(3)?,
        label: row.get(4)?,
        settings: from_json(row, 5)?,
        aborted_last_run: row.get(6)?,
        last_usage: from_json_if(row, 7)?,
        last_maker: from_json_if(row, 8)?,
        message_count: row.get(9)?,
        origin: from_json_if(row, 10)?,
    })
}

/// A message from [`MESSAGE`].
pub(super) fn message(row: &Row<'_>) -> Result<Message, Fault> {
    let place: i64 = row.get(0)?;
    let speaker: String = row.get(2)?;
    let stop: Option<String> = row.get(8)?;
    Ok(Message {
        seq: u64::try_from(place & SEQ_MAX).unwrap_or(0),
        body: NewMessage {
            id: row.get(1)?,
            speaker: match speaker.as_str() {
                "user" => Speaker::User,
                "assistant" => Speaker::Assistant,
                _ => return Err(Fault::Unknown(speaker)),
            },
            parts: from_json(row, 3)?,
            at_ms: row.get(4)?,
            run_id: row.get::<_, Option<String>>(5)?.map(RunId::new),
            maker: from_json_if(row, 6)?,
            usage: from_json_if(row, 7)?,
            stop: stop
                .map(|word| serde_json::from_value(word.into()))
                .transpose()?,
            error: row.get(9)?,
        },
    })
}

/// How many bytes of text a row from [`MESSAGE`] holds.
pub(super) fn message_bytes(row: &Row<'_>) -> Result<usize, Fault> {
    Ok(row
        .get_ref(3)?
        .as_str()
        .map_err(rusqlite::Error::from)?
        .len())
}

/// A run from [`RUN`].
pub(super) fn run(row: &Row<'_>) -> Result<Run, Fault> {
    Ok(Run {
        id: RunId::new(row.get::<_, String>(0)?),
        session_key: SessionKey::stored(row.get::<_, String>(1)?),
        session_id: row.get(2)?,
        request: from_json(row, 3)?,
        state: state(row, 4)?,
        accepted_at_ms: row.get(5)?,
        started_at_ms: row.get(6)?,
        ended_at_ms: row.get(7)?,
        end: from_json_if(row, 8)?,
    })
}

/// The state of a run.
pub(super) fn state(row: &Row<'_>, column: usize) -> Result<RunState, Fault> {
    let word: String = row.get(column)?;
    match word.as_str() {
        "queued" => Ok(RunState::Queued),
        "running" => Ok(RunState::Running),
        "ended" => Ok(RunState::Ended),
        _ => Err(Fault::Unknown(word)),
    }
}

/// Stored role.
pub(super) fn role(row: &Row<'_>, column: usize) -> Result<Role, Fault> {
    let word: String = row.get(column)?;
    Role::parse(&word).ok_or(Fault::Unknown(word))
}

/// Scopes as they are stored.
pub(super) fn scope_words(scopes: ScopeSet) -> String {
    scopes.words().join(" ")
}

/// Stored scopes; one that this program does not know gives no right.
pub(super) fn scopes(row: &Row<'_>, column: usize) -> Result<ScopeSet, Fault> {
    let words: String = row.get(column)?;
    Ok(ScopeSet::parse(words.split(' ')))
}

/// A JSON column that must be there.
pub(super) fn label<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, Fault> {
    from_json(row, column)
}
