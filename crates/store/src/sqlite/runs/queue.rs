//! A run comes to be: queued, with its session.

use rusqlite::{Connection, params};
use tidegate_core::origin::Origin;
use tidegate_core::run::{NewRun, Run};
use tidegate_core::session::SessionKey;

use super::super::append::{ensure_session, renew_session};
use super::super::fault::Fault;
use super::super::rows::{bound, change};
use super::{by_id, is_free};

/// Stores a run as queued, with its session, which begins anew if the run says so.
pub(in crate::sqlite) fn queue(conn: &Connection, new: &NewRun) -> Result<Run, Fault> {
    if new.renews {
        renew_session(conn, &new.session_key, &new.new_session_id, new.at_ms)?;
    } else {
        ensure_session(conn, &new.session_key, &new.new_session_id, new.at_ms)?;
    }
    if let Some(label) = &new.request.label {
        let sql = "UPDATE OR IGNORE sessions SET label = ?2 WHERE key = ?1 AND label IS NULL";
        change(conn, sql, [new.session_key.as_str(), label.as_str()])?;
    }
    if let Some(origin) = &new.request.origin {
        note_origin(conn, &new.session_key, origin)?;
    }
    let id = if is_free(conn, &new.run_id)? {
        &new.run_id
    } else {
        &new.spare_run_id
    };
    change(
        conn,
        "INSERT INTO runs (id, session_key, session_id, request, state, accepted_at)
         SELECT ?1, s.key, t.session_id, ?3, 'queued', ?4
         FROM sessions s JOIN transcripts t ON t.no = s.transcript WHERE s.key = ?2",
        params![
            id.as_str(),
            new.session_key.as_str(),
            serde_json::to_string(&new.request)?,
            bound(new.at_ms)
        ],
    )?;
    by_id(conn, id)?.ok_or(Fault::Misuse("the run was not stored"))
}

/// Notes where the session was last spoken to from.
fn note_origin(conn: &Connection, key: &SessionKey, origin: &Origin) -> Result<(), Fault> {
    let origin = serde_json::to_string(origin)?;
    let sql = "UPDATE sessions SET origin = ?2 WHERE key = ?1";
    change(conn, sql, [key.as_str(), &origin])?;
    Ok(())
}
