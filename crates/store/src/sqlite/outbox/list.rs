//! What lies in the outbox.

use rusqlite::{Connection, params};
use tidegate_core::channel::{AccountKey, Target};
use tidegate_core::store::{AccountLoad, MAX_TRACE_HITS, MOST_RECEIPTS, OutboxRow};
use tidegate_protocol::RunId;

use super::super::fault::Fault;
use super::super::rows::{all, first};
use super::part::{self, PART};
use super::words;
use crate::trace::Way;

/// The parts of a group, in order.
pub(super) fn group(conn: &Connection, group: &str) -> Result<Vec<OutboxRow>, Fault> {
    let sql = format!("SELECT {PART} FROM outbox WHERE answer = ?1 ORDER BY part");
    all(conn, &sql, [group], part::part)
}

pub(super) const IS_DEAD: &str = "state = 'dead'";
pub(super) const IS_OPEN: &str = "settled_at IS NULL";

/// The newest parts of an account, or of all, for which this holds.
pub(super) fn newest(
    conn: &Connection,
    condition: &str,
    account: Option<&AccountKey>,
    limit: u32,
) -> Result<Vec<OutboxRow>, Fault> {
    let sql = newest_sql(condition, account.is_some());
    match account.map(words) {
        None => all(conn, &sql, [limit], part::part),
        Some((channel, account)) => all(conn, &sql, params![limit, channel, account], part::part),
    }
}

/// See [`newest`].
pub(super) fn newest_sql(condition: &str, of_account: bool) -> String {
    let of_account = if of_account {
        "AND channel = ?2 AND account = ?3"
    } else {
        ""
    };
    // The plus keeps the order from being had by a walk through the whole table.
    format!("SELECT {PART} FROM outbox WHERE {condition} {of_account} ORDER BY +no DESC LIMIT ?1")
}

pub(super) const LOAD: &str = "SELECT
    (SELECT count(*) FROM outbox WHERE channel = ?1 AND account = ?2 AND settled_at IS NULL),
    (SELECT count(*) FROM outbox WHERE channel = ?1 AND account = ?2 AND state = 'dead'),
    (SELECT max(settled_at) FROM outbox WHERE channel = ?1 AND account = ?2 AND state = 'sent')";

pub(super) const RECEIPTS: &str = "
    SELECT message_id FROM outbox
    WHERE channel = ?1 AND account = ?2 AND state = 'sent' AND settled_at >= ?3 AND line = ?4
    ORDER BY settled_at DESC, no DESC LIMIT ?5";

/// The network's ids of what went to a conversation, newest first.
pub(super) fn receipts(
    conn: &Connection,
    target: &Target,
    since_ms: u64,
) -> Result<Vec<String>, Fault> {
    let (channel, account) = words(&target.account);
    let since_ms = i64::try_from(since_ms).unwrap_or(i64::MAX);
    let most = i64::try_from(MOST_RECEIPTS).unwrap_or(i64::MAX);
    let named = params![channel, account, since_ms, target.line(), most];
    all(conn, RECEIPTS, named, |row| Ok(row.get(0)?))
}

/// How much waits and lies dead.
pub(super) fn load(conn: &Connection, account: &AccountKey) -> Result<AccountLoad, Fault> {
    let load = first(conn, LOAD, words(account), |row| {
        Ok(AccountLoad {
            open: row.get(0)?,
            dead: row.get(1)?,
            last_sent_at_ms: row.get(2)?,
        })
    })?;
    Ok(load.unwrap_or_default())
}

pub(super) const WAYS_NAMED: &str = "
    SELECT run_id, answer FROM outbox WHERE message_id = ?1 AND receipt IS NOT NULL OR answer = ?1
    ORDER BY no DESC LIMIT ?2";

/// Ways of parts with this receipt or group, newest first.
pub(in crate::sqlite) fn ways_named(conn: &Connection, id: &str) -> Result<Vec<Way>, Fault> {
    all(conn, WAYS_NAMED, params![id, MAX_TRACE_HITS], |row| {
        let run: Option<String> = row.get(0)?;
        Ok(match run {
            Some(run) => Way::Run(RunId::new(run)),
            None => Way::Answer(row.get(1)?),
        })
    })
}

/// Parts that went this way, oldest first.
pub(in crate::sqlite) fn parts_of(conn: &Connection, way: &Way) -> Result<Vec<OutboxRow>, Fault> {
    let (column, name) = match way {
        Way::Run(run) => ("run_id", run.as_str()),
        Way::Answer(answer) => ("answer", answer.as_str()),
    };
    let sql = format!("SELECT {PART} FROM outbox WHERE {column} = ?1 ORDER BY no");
    all(conn, &sql, [name], part::part)
}
