//! Tokens that are replaced or revoked.

use rusqlite::{Connection, params};
use tidegate_core::ScopeSet;
use tidegate_core::store::{Device, NewToken};
use tidegate_protocol::{DeviceId, Role};

use super::super::fault::Fault;
use super::super::rows::{bound, change, first, scope_words};
use super::rows;

pub(super) fn replace(
    conn: &Connection,
    id: &DeviceId,
    role: Role,
    token: NewToken,
    scopes: ScopeSet,
) -> Result<Option<Device>, Fault> {
    let replaced = change(
        conn,
        "UPDATE device_grants SET scopes = ?3, token = ?4, token_scopes = ?3, issued_at = ?5,
            expires_at = ?6, revoked_at = NULL, used_at = NULL, used_from = NULL
         WHERE device_id = ?1 AND role = ?2",
        params![
            id.as_str(),
            role.as_str(),
            scope_words(scopes),
            token.hash.as_bytes(),
            bound(token.issued_at_ms),
            token.expires_at_ms.map(bound)
        ],
    )?;
    if replaced == 0 {
        return Ok(None);
    }
    rows::device(conn, id)
}

/// A token is revoked once: the first time stays.
pub(super) fn revoke(
    conn: &Connection,
    id: &DeviceId,
    role: Role,
    at_ms: u64,
) -> Result<Option<u64>, Fault> {
    first(
        conn,
        "UPDATE device_grants SET revoked_at = coalesce(revoked_at, ?3)
         WHERE device_id = ?1 AND role = ?2 RETURNING revoked_at",
        params![id.as_str(), role.as_str(), bound(at_ms)],
        |row| Ok(row.get(0)?),
    )
}
