//! Requests that were carried out, so that a repetition is recognised.

use rusqlite::{Connection, params};
use tidegate_core::run::Once;
use tidegate_protocol::RunId;

use super::fault::Fault;
use super::rows::{bound, change, first};

/// A request that was carried out before.
pub(super) struct Remembered {
    /// Whether it asked for the same.
    pub(super) same_params: bool,
    /// The run that it made.
    pub(super) run_id: Option<RunId>,
    /// The message that it made.
    pub(super) message_id: Option<String>,
}

/// Whether the request was carried out before.
pub(super) fn remembered(conn: &Connection, once: &Once) -> Result<Option<Remembered>, Fault> {
    let sql = "SELECT params_hash = ?4, run_id, message_id FROM once
         WHERE principal = ?1 AND method = ?2 AND key = ?3";
    first(
        conn,
        sql,
        params![once.principal, once.method, once.key, once.params_hash],
        |row| {
            Ok(Remembered {
                same_params: row.get(0)?,
                run_id: row.get::<_, Option<String>>(1)?.map(RunId::new),
                message_id: row.get(2)?,
            })
        },
    )
}

/// Remembers a request with what it made.
pub(super) fn remember(
    conn: &Connection,
    once: &Once,
    run: Option<&RunId>,
    message_id: Option<&str>,
    at_ms: u64,
) -> Result<(), Fault> {
    change(
        conn,
        "INSERT INTO once (principal, method, key, params_hash, run_id, message_id, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            once.principal,
            once.method,
            once.key,
            once.params_hash,
            run.map(RunId::as_str),
            message_id,
            bound(at_ms)
        ],
    )?;
    Ok(())
}
