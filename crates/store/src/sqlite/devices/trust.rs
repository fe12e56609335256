//! How far devices are trusted, and who said so.

use rusqlite::{Connection, params};
use tidegate_core::store::{TRUST_CHANGES_KEPT, Trust, TrustChange};
use tidegate_protocol::DeviceId;

use super::super::fault::Fault;
use super::super::rows::{all, bound, change, first};
use super::rows::level;

/// The newest changes of one device, newest first.
pub(super) fn changes(
    conn: &Connection,
    id: &DeviceId,
    most: u32,
) -> Result<Vec<TrustChange>, Fault> {
    let sql = "SELECT trust_from, trust_to, by, at FROM device_trust
         WHERE device_id = ?1 ORDER BY no DESC LIMIT ?2";
    all(conn, sql, params![id.as_str(), most], |row| {
        Ok(TrustChange {
            from: level(row, 0)?,
            to: level(row, 1)?,
            by: row.get(2)?,
            at_ms: row.get(3)?,
        })
    })
}

pub(super) fn set(
    conn: &Connection,
    id: &DeviceId,
    to: Trust,
    by: String,
    at_ms: u64,
) -> Result<Option<TrustChange>, Fault> {
    let sql = "SELECT trust FROM devices WHERE id = ?1";
    let Some(from) = first(conn, sql, [id.as_str()], |row| level(row, 0))? else {
        return Ok(None);
    };
    let sql = "UPDATE devices SET trust = ?2 WHERE id = ?1";
    change(conn, sql, [id.as_str(), to.as_str()])?;
    let changed = TrustChange {
        from,
        to,
        by,
        at_ms,
    };
    keep(conn, id, &changed)?;
    Ok(Some(changed))
}

/// Keeps a change, and of each device no more than its newest.
pub(super) fn keep(conn: &Connection, id: &DeviceId, changed: &TrustChange) -> Result<(), Fault> {
    change(
        conn,
        "INSERT INTO device_trust (device_id, trust_from, trust_to, by, at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            id.as_str(),
            changed.from.as_str(),
            changed.to.as_str(),
            changed.by,
            bound(changed.at_ms)
        ],
    )?;
    change(
        conn,
        "DELETE FROM device_trust WHERE device_id = ?1 AND no NOT IN
            (SELECT no FROM device_trust WHERE device_id = ?1 ORDER BY no DESC LIMIT ?2)",
        params![id.as_str(), TRUST_CHANGES_KEPT],
    )?;
    Ok(())
}
