//! One part as a row.

use rusqlite::{Connection, Row, params};
use tidegate_core::channel::AccountKey;
use tidegate_core::session::SessionKey;
use tidegate_core::store::{NewOutbound, OutboxRow, OutboxState};
use tidegate_protocol::RunId;

use super::super::fault::Fault;
use super::super::places;
use super::super::rows::{bound, change, first, from_json, from_json_if, json};
use crate::parts::KeptPart;
use crate::rules;

/// Columns of a part.
pub(super) const PART: &str = "no, answer, part, parts, channel, account, peer_kind, peer, thread, \
     body, session_key, run_id, at, expires_at, state, attempts, not_before, maybe_sent_since, \
     settled_at, receipt, error, tried_at, died_with";

/// A part from [`PART`], with what only the store looks at.
pub(super) fn kept(row: &Row<'_>) -> Result<KeptPart, Fault> {
    Ok(KeptPart {
        row: part(row)?,
        tried_at_ms: row.get(21)?,
        died_with: row.get(22)?,
    })
}

/// A part from [`PART`].
pub(super) fn part(row: &Row<'_>) -> Result<OutboxRow, Fault> {
    let state: String = row.get(14)?;
    Ok(OutboxRow {
        no: row.get(0)?,
        item: item(row)?,
        state: OutboxState::parse(&state).ok_or(Fault::Unknown(state))?,
        attempts: row.get(15)?,
        not_before_ms: row.get(16)?,
        maybe_sent_since_ms: row.get(17)?,
        settled_at_ms: row.get(18)?,
        receipt: from_json_if(row, 19)?,
        error: row.get(20)?,
    })
}

fn item(row: &Row<'_>) -> Result<NewOutbound, Fault> {
    Ok(NewOutbound {
        group: row.get(1)?,
        part: row.get(2)?,
        parts: row.get(3)?,
        target: places::target(row, 4)?,
        body: from_json(row, 9)?,
        session_key: row.get::<_, Option<String>>(10)?.map(SessionKey::stored),
        run_id: row.get::<_, Option<String>>(11)?.map(RunId::new),
        at_ms: row.get(12)?,
        expires_at_ms: row.get(13)?,
    })
}

/// Stores parts. One whose group and place are there already is left alone; one for a
/// conversation that has moved goes to where that is now.
pub(in crate::sqlite) fn put(conn: &Connection, parts: &[NewOutbound]) -> Result<(), Fault> {
    if let Some(fault) = rules::fault_of_parts(parts) {
        return Err(Fault::Misuse(fault));
    }
    for part in parts {
        let sql = "SELECT 1 FROM outbox WHERE answer = ?1 AND part = ?2";
        let there = first(conn, sql, params![part.group, part.part], |_| Ok(()))?;
        if there.is_none() {
            insert(conn, part)?;
        }
    }
    Ok(())
}

fn insert(conn: &Connection, part: &NewOutbound) -> Result<(), Fault> {
    let (mut target, mut body) = (part.target.clone(), part.body.clone());
    if let Some(id) = places::current(conn, &target)? {
        target.peer.id = id;
        body.moved();
    }
    let AccountKey { channel, account } = &target.account;
    change(
        conn,
        "INSERT INTO outbox (answer, part, parts, channel, account, peer_kind, peer, thread, line,
            body, session_key, run_id, at, not_before, expires_at, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13, ?14, ?15)",
        params![
            part.group,
            part.part,
            part.parts,
            channel.as_str(),
            account.as_str(),
            target.peer.kind.as_str(),
            target.peer.id,
            target.thread,
            target.line(),
            serde_json::to_string(&body)?,
            part.session_key.as_ref().map(SessionKey::as_str),
            part.run_id.as_ref().map(RunId::as_str),
            bound(part.at_ms),
            bound(part.expires_at_ms),
            OutboxState::Prepared.as_str(),
        ],
    )?;
    Ok(())
}

/// Writes what became of a part.
pub(super) fn save(conn: &Connection, part: &KeptPart) -> Result<(), Fault> {
    let row = &part.row;
    change(
        conn,
        "UPDATE outbox SET state = ?2, attempts = ?3, not_before = ?4, maybe_sent_since = ?5,
            settled_at = ?6, receipt = ?7, error = ?8, tried_at = ?9, died_with = ?10,
            expires_at = ?11
         WHERE no = ?1",
        params![
            bound(row.no),
            row.state.as_str(),
            row.attempts,
            bound(row.not_before_ms),
            row.maybe_sent_since_ms.map(bound),
            row.settled_at_ms.map(bound),
            json(row.receipt.as_ref())?,
            row.error,
            part.tried_at_ms.map(bound),
            part.died_with.map(bound),
            bound(row.item.expires_at_ms),
        ],
    )?;
    Ok(())
}
