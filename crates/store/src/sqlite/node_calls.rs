//! Commands of nodes.

use rusqlite::{Connection, Row, params};
use tidegate_core::node::CallEnding;
use tidegate_core::run::Once;
use tidegate_core::store::{
    CallBegun, CallState, KnownCall, NewNodeCall, NodeCall, WaitingCall, WaitingRoom,
};
use tidegate_protocol::DeviceId;

use super::fault::Fault;
use super::rows::{all, bound, change, first, from_json};

/// Columns of a command.
const CALL: &str =
    "id, node, command, key, at, state, params, timeout, expires_at, ending, principal";

fn waiting(row: &Row<'_>) -> Result<WaitingCall, Fault> {
    Ok(WaitingCall {
        params: row.get(6)?,
        timeout_ms: row.get(7)?,
        expires_at_ms: row.get(8)?,
    })
}

fn read(row: &Row<'_>) -> Result<NodeCall, Fault> {
    let word: String = row.get(5)?;
    let state = match word.as_str() {
        "waiting" => CallState::Waiting(waiting(row)?),
        "sent" => CallState::Sent,
        "ended" => CallState::Ended(from_json(row, 9)?),
        _ => return Err(Fault::Unknown(word)),
    };
    Ok(NodeCall {
        id: row.get(0)?,
        node: DeviceId::new(row.get::<_, String>(1)?),
        command: row.get(2)?,
        by: row.get(10)?,
        key: row.get(3)?,
        at_ms: row.get(4)?,
        state,
    })
}

fn set_end(
    conn: &Connection,
    which: &str,
    ending: &CallEnding,
    now_ms: u64,
    more: impl rusqlite::ToSql,
) -> Result<u64, Fault> {
    let sql = format!(
        "UPDATE node_calls SET state = 'ended', ended_at = ?1, ending = ?2, params = NULL
         WHERE {which}"
    );
    let ending = serde_json::to_string(ending)?;
    change(conn, &sql, params![bound(now_ms), ending, more])
}

/// Ends what waited for too long.
fn expire(conn: &Connection, now_ms: u64) -> Result<(), Fault> {
    let which = "state = 'waiting' AND expires_at <= ?3";
    set_end(conn, which, &CallEnding::Expired, now_ms, bound(now_ms))?;
    Ok(())
}

pub(super) fn find(conn: &Connection, once: &Once) -> Result<Option<KnownCall>, Fault> {
    let sql = format!(
        "SELECT {CALL}, params_hash FROM node_calls
         WHERE principal = ?1 AND method = ?2 AND key = ?3"
    );
    let key = [&once.principal, once.method, &once.key];
    first(conn, &sql, key, |row| {
        if row.get::<_, String>(11)? == once.params_hash {
            Ok(KnownCall::Repeat(Box::new(read(row)?)))
        } else {
            Ok(KnownCall::KeyReused)
        }
    })
}

pub(super) fn begin(
    conn: &Connection,
    call: &NewNodeCall,
    room: WaitingRoom,
) -> Result<CallBegun, Fault> {
    expire(conn, call.at_ms)?;
    let once = &call.once;
    if let Some(known) = find(conn, once)? {
        return Ok(CallBegun::Known(known));
    }
    if let Some(waits) = &call.waits
        && !has_room(conn, &call.node, waits, room)?
    {
        return Ok(CallBegun::NoRoom);
    }
    let waits = call.waits.as_ref();
    change(
        conn,
        "INSERT INTO node_calls (id, node, command, principal, method, key, params_hash, at, state,
             params, timeout, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            call.id,
            call.node.as_str(),
            call.command,
            once.principal,
            once.method,
            once.key,
            once.params_hash,
            bound(call.at_ms),
            if waits.is_some() { "waiting" } else { "sent" },
            waits.and_then(|waits| waits.params.as_ref()),
            waits.map(|waits| bound(waits.timeout_ms)),
            waits.map(|waits| bound(waits.expires_at_ms))
        ],
    )?;
    Ok(CallBegun::New)
}

fn has_room(
    conn: &Connection,
    node: &DeviceId,
    call: &WaitingCall,
    room: WaitingRoom,
) -> Result<bool, Fault> {
    let sql = "SELECT count(*), coalesce(sum(length(CAST(params AS BLOB))), 0) FROM node_calls
         WHERE node = ?1 AND state = 'waiting'";
    let there = first(conn, sql, [node.as_str()], |row| {
        Ok((row.get::<_, u32>(0)?, row.get::<_, u64>(1)?))
    })?;
    let (calls, bytes) = there.unwrap_or_default();
    let more = call.params.as_ref().map_or(0, |params| params.len() as u64);
    Ok(calls < room.calls && bytes.saturating_add(more) <= room.bytes)
}

pub(super) fn end(
    conn: &Connection,
    id: &str,
    ending: &CallEnding,
    now_ms: u64,
) -> Result<bool, Fault> {
    let which = "state <> 'ended' AND id = ?3";
    Ok(set_end(conn, which, ending, now_ms, id)? > 0)
}

pub(super) fn next(
    conn: &Connection,
    node: &DeviceId,
    now_ms: u64,
) -> Result<Option<(NodeCall, WaitingCall)>, Fault> {
    expire(conn, now_ms)?;
    let sql = format!(
        "SELECT {CALL} FROM node_calls WHERE node = ?1 AND state = 'waiting' ORDER BY no LIMIT 1"
    );
    let found = first(conn, &sql, [node.as_str()], |row| {
        Ok((read(row)?, waiting(row)?))
    })?;
    let Some((mut call, waits)) = found else {
        return Ok(None);
    };
    let sql = "UPDATE node_calls SET state = 'sent' WHERE id = ?1";
    change(conn, sql, [&call.id])?;
    call.state = CallState::Sent;
    Ok(Some((call, waits)))
}

pub(super) fn put_back(conn: &Connection, id: &str) -> Result<(), Fault> {
    let sql = "UPDATE node_calls SET state = 'waiting'
         WHERE id = ?1 AND state = 'sent' AND expires_at IS NOT NULL";
    change(conn, sql, [id])?;
    Ok(())
}

pub(super) fn by_id(conn: &Connection, id: &str) -> Result<Option<NodeCall>, Fault> {
    let sql = format!("SELECT {CALL} FROM node_calls WHERE id = ?1");
    first(conn, &sql, [id], read)
}

pub(super) fn waiting_calls(conn: &Connection, now_ms: u64) -> Result<Vec<NodeCall>, Fault> {
    let sql = format!(
        "SELECT {CALL} FROM node_calls WHERE state = 'waiting' AND expires_at > ?1 ORDER BY no"
    );
    all(conn, &sql, [bound(now_ms)], read)
}

pub(super) fn cancel(conn: &Connection, id: &str, now_ms: u64) -> Result<bool, Fault> {
    let which = "state = 'waiting' AND id = ?3";
    Ok(set_end(conn, which, &CallEnding::Cancelled, now_ms, id)? > 0)
}

pub(super) fn recover(conn: &Connection, now_ms: u64) -> Result<u64, Fault> {
    set_end(conn, "state = ?3", &CallEnding::Interrupted, now_ms, "sent")
}

pub(super) fn prune(conn: &Connection, ended_before_ms: u64) -> Result<u64, Fault> {
    let sql = "DELETE FROM node_calls WHERE state = 'ended' AND ended_at < ?1";
    change(conn, sql, [bound(ended_before_ms)])
}
