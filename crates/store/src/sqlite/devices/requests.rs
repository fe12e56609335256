//! Devices that want to join, or want more.

use rusqlite::{Connection, Row, params};
use tidegate_core::store::{Device, NewToken, PairRequest, Requested};
use tidegate_protocol::DeviceId;

use super::super::fault::Fault;
use super::super::rows::{self, all, bound, change, first, scope_words};
use crate::rules;

/// Columns of a request.
const REQUEST: &str = "request_id, device_id, public_key, label, role, scopes, at, offer";

fn from_row(row: &Row<'_>) -> Result<PairRequest, Fault> {
    Ok(PairRequest {
        request_id: row.get(0)?,
        device_id: DeviceId::new(row.get::<_, String>(1)?),
        public_key: row.get(2)?,
        label: rows::label(row, 3)?,
        role: rows::role(row, 4)?,
        scopes: rows::scopes(row, 5)?,
        offer: super::rows::offer(row, 7)?,
        at_ms: row.get(6)?,
    })
}

fn forget_old(conn: &Connection, expired_before_ms: u64) -> Result<(), Fault> {
    let sql = "DELETE FROM pair_requests WHERE at < ?1";
    change(conn, sql, [bound(expired_before_ms)])?;
    Ok(())
}

pub(super) fn ask(
    conn: &Connection,
    request: PairRequest,
    expired_before_ms: u64,
    max_pending: u32,
) -> Result<Requested, Fault> {
    forget_old(conn, expired_before_ms)?;
    let sql = format!("SELECT {REQUEST} FROM pair_requests WHERE device_id = ?1");
    let stored = first(conn, &sql, [request.device_id.as_str()], from_row)?;
    let mut voided = Vec::new();
    if let Some(stored) = stored {
        if rules::asks_the_same(&stored, &request) {
            return Ok(Requested {
                request: stored,
                is_new: false,
                voided,
            });
        }
        let sql = "DELETE FROM pair_requests WHERE device_id = ?1";
        change(conn, sql, [request.device_id.as_str()])?;
        voided.push(stored);
    }
    // Room for this one: the newest of the others stay.
    let sql = format!(
        "DELETE FROM pair_requests WHERE no NOT IN
            (SELECT no FROM pair_requests ORDER BY at DESC, no DESC LIMIT ?1) RETURNING {REQUEST}"
    );
    voided.extend(all(conn, &sql, [max_pending.saturating_sub(1)], from_row)?);
    put(conn, &request)?;
    Ok(Requested {
        request,
        is_new: true,
        voided,
    })
}

fn put(conn: &Connection, request: &PairRequest) -> Result<(), Fault> {
    change(
        conn,
        "INSERT INTO pair_requests (request_id, device_id, public_key, label, role, scopes, at, offer)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            request.request_id,
            request.device_id.as_str(),
            request.public_key,
            serde_json::to_string(&request.label)?,
            request.role.as_str(),
            scope_words(request.scopes),
            bound(request.at_ms),
            super::rows::offer_text(request.offer.as_ref())?
        ],
    )?;
    Ok(())
}

pub(super) fn waiting(
    conn: &Connection,
    expired_before_ms: u64,
) -> Result<Vec<PairRequest>, Fault> {
    let sql =
        format!("SELECT {REQUEST} FROM pair_requests WHERE at >= ?1 ORDER BY at DESC, no DESC");
    all(conn, &sql, [bound(expired_before_ms)], from_row)
}

/// Takes a request out, if it still waits.
pub(super) fn take(
    conn: &Connection,
    request_id: &str,
    expired_before_ms: u64,
) -> Result<Option<PairRequest>, Fault> {
    forget_old(conn, expired_before_ms)?;
    let sql = format!("DELETE FROM pair_requests WHERE request_id = ?1 RETURNING {REQUEST}");
    first(conn, &sql, [request_id], from_row)
}

pub(super) fn approve(
    conn: &Connection,
    request_id: &str,
    expired_before_ms: u64,
    token: NewToken,
) -> Result<Option<Device>, Fault> {
    let Some(request) = take(conn, request_id, expired_before_ms)? else {
        return Ok(None);
    };
    let before = super::rows::grant(conn, &request.device_id, request.role)?;
    let grant = rules::approved(before, &request, token);
    super::approved(conn, &request, &grant, token.issued_at_ms)?;
    super::rows::device(conn, &request.device_id)
}
