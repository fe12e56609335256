//! Conversations that get another id.

use rusqlite::{Connection, params};
use tidegate_core::channel::{AccountKey, OutboundPart, Target};
use tidegate_core::routing::moved_key;
use tidegate_core::session::SessionKey;

use super::super::append::transcript_of;
use super::super::fault::Fault;
use super::super::places::{self, TARGET};
use super::super::rows::{all, bound, change, from_json};
use super::words;

pub(super) fn move_peer(
    conn: &Connection,
    account: &AccountKey,
    from: &str,
    to: &str,
    now_ms: u64,
) -> Result<(), Fault> {
    if from == to {
        return Ok(());
    }
    remember(conn, account, from, to, now_ms)?;
    move_inbox(conn, account, from, to)?;
    move_outbox(conn, account, from, to)?;
    move_origins(conn, account, from, to)?;
    for (old, new) in keys(conn, account, from, to)? {
        rename_session(conn, &old, &new)?;
    }
    Ok(())
}

/// Every old id leads to the newest one at once.
fn remember(
    conn: &Connection,
    account: &AccountKey,
    from: &str,
    to: &str,
    now_ms: u64,
) -> Result<(), Fault> {
    let (channel, account) = words(account);
    let sql = "DELETE FROM moved_peers WHERE channel = ?1 AND account = ?2 AND old = ?3";
    change(conn, sql, [channel, account, to])?;
    let sql = "UPDATE moved_peers SET new = ?4 WHERE channel = ?1 AND account = ?2 AND new = ?3";
    change(conn, sql, [channel, account, from, to])?;
    change(
        conn,
        "INSERT INTO moved_peers (channel, account, old, new, at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET new = excluded.new, at = excluded.at",
        params![channel, account, from, to, bound(now_ms)],
    )?;
    Ok(())
}

fn move_inbox(conn: &Connection, account: &AccountKey, from: &str, to: &str) -> Result<(), Fault> {
    let (channel, account) = words(account);
    let sql = "UPDATE inbox SET peer = ?4 WHERE channel = ?1 AND account = ?2 AND peer = ?3";
    change(conn, sql, [channel, account, from, to])?;
    Ok(())
}

/// Parts that are open or may be tried again.
fn move_outbox(conn: &Connection, account: &AccountKey, from: &str, to: &str) -> Result<(), Fault> {
    let (channel, account) = words(account);
    let sql = format!(
        "SELECT {TARGET}, no, body FROM outbox WHERE channel = ?1 AND account = ?2 AND peer = ?3
            AND (settled_at IS NULL OR state = 'dead')"
    );
    let parts: Vec<(Target, i64, OutboundPart)> =
        all(conn, &sql, [channel, account, from], |row| {
            Ok((places::target(row, 0)?, row.get(5)?, from_json(row, 6)?))
        })?;
    for (mut target, no, mut body) in parts {
        to.clone_into(&mut target.peer.id);
        body.moved();
        let sql = "UPDATE outbox SET peer = ?2, line = ?3, body = ?4 WHERE no = ?1";
        let body = serde_json::to_string(&body)?;
        change(conn, sql, params![no, to, target.line(), body])?;
    }
    Ok(())
}

fn move_origins(
    conn: &Connection,
    account: &AccountKey,
    from: &str,
    to: &str,
) -> Result<(), Fault> {
    let (channel, account) = words(account);
    change(
        conn,
        "UPDATE sessions SET origin = json_set(origin, '$.target.peer.id', ?4)
         WHERE origin ->> '$.target.channel' = ?1 AND origin ->> '$.target.account' = ?2
            AND origin ->> '$.target.peer.id' = ?3",
        [channel, account, from, to],
    )?;
    Ok(())
}

/// The sessions of the conversation and its threads, and the keys that they get, unless those are
/// taken.
fn keys(
    conn: &Connection,
    account: &AccountKey,
    from: &str,
    to: &str,
) -> Result<Vec<(SessionKey, SessionKey)>, Fault> {
    let stored: Vec<String> = all(conn, "SELECT key FROM sessions", [], |row| Ok(row.get(0)?))?;
    let mut moved = Vec::new();
    for old in stored.into_iter().map(SessionKey::stored) {
        if let Some(new) = moved_key(&old, &account.channel, from, to)
            && transcript_of(conn, &new)?.is_none()
        {
            moved.push((old, new));
        }
    }
    Ok(moved)
}

fn rename_session(conn: &Connection, old: &SessionKey, new: &SessionKey) -> Result<(), Fault> {
    let names = [old.as_str(), new.as_str()];
    change(conn, "UPDATE sessions SET key = ?2 WHERE key = ?1", names)?;
    for table in ["runs", "inbox", "outbox"] {
        let sql = format!("UPDATE {table} SET session_key = ?2 WHERE session_key = ?1");
        change(conn, &sql, names)?;
    }
    Ok(())
}

pub(super) fn moves(
    conn: &Connection,
    account: &AccountKey,
) -> Result<Vec<(String, String)>, Fault> {
    let sql = "SELECT old, new FROM moved_peers WHERE channel = ?1 AND account = ?2 ORDER BY old";
    all(conn, sql, words(account), |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
}
