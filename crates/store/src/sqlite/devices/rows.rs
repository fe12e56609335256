//! Devices and their grants, as they are read.

use rusqlite::{Connection, Row};
use tidegate_core::SecretHash;
use tidegate_core::node::Offer;
use tidegate_core::store::{Device, DeviceGrant, TRUST_CHANGES_TOLD, Trust};
use tidegate_protocol::{DeviceId, Role};

use super::super::fault::Fault;
use super::super::rows::{all, first, label, role, scopes};
use super::trust;

/// Columns of a device.
const DEVICE: &str = "id, public_key, label, name, trust, paired_at, approved_at";
/// Columns of a grant.
const GRANT: &str = "role, scopes, token, token_scopes, granted_at, issued_at, revoked_at, expires_at, used_at, used_from, offer";

/// A device from [`DEVICE`], without its grants and its changes of trust.
fn from_row(row: &Row<'_>) -> Result<Device, Fault> {
    Ok(Device {
        id: DeviceId::new(row.get::<_, String>(0)?),
        public_key: row.get(1)?,
        label: label(row, 2)?,
        name: row.get(3)?,
        trust: level(row, 4)?,
        trust_changes: Vec::new(),
        paired_at_ms: row.get(5)?,
        approved_at_ms: row.get(6)?,
        grants: Vec::new(),
    })
}

/// A grant from [`GRANT`].
fn grant_from_row(row: &Row<'_>) -> Result<DeviceGrant, Fault> {
    Ok(DeviceGrant {
        role: role(row, 0)?,
        scopes: scopes(row, 1)?,
        token: SecretHash::from_bytes(row.get(2)?),
        token_scopes: scopes(row, 3)?,
        granted_at_ms: row.get(4)?,
        issued_at_ms: row.get(5)?,
        revoked_at_ms: row.get(6)?,
        expires_at_ms: row.get(7)?,
        used_at_ms: row.get(8)?,
        used_from: row.get(9)?,
        offer: offer(row, 10)?,
    })
}

/// What a node offers, if it said so.
pub(super) fn offer(row: &Row<'_>, column: usize) -> Result<Option<Offer>, Fault> {
    let text: Option<String> = row.get(column)?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// The same as it is stored.
pub(super) fn offer_text(offer: Option<&Offer>) -> Result<Option<String>, Fault> {
    Ok(offer.map(serde_json::to_string).transpose()?)
}

/// A stored level of trust.
pub(super) fn level(row: &Row<'_>, column: usize) -> Result<Trust, Fault> {
    let word: String = row.get(column)?;
    Trust::parse(&word).ok_or(Fault::Unknown(word))
}

fn with_more(conn: &Connection, mut device: Device) -> Result<Device, Fault> {
    let sql = format!("SELECT {GRANT} FROM device_grants WHERE device_id = ?1 ORDER BY role");
    device.grants = all(conn, &sql, [device.id.as_str()], grant_from_row)?;
    device.trust_changes = trust::changes(conn, &device.id, TRUST_CHANGES_TOLD)?;
    Ok(device)
}

/// One device, whole.
pub(super) fn device(conn: &Connection, id: &DeviceId) -> Result<Option<Device>, Fault> {
    let sql = format!("SELECT {DEVICE} FROM devices WHERE id = ?1");
    let found = first(conn, &sql, [id.as_str()], from_row)?;
    found.map(|device| with_more(conn, device)).transpose()
}

/// Every device, newest approval first.
pub(super) fn devices(conn: &Connection) -> Result<Vec<Device>, Fault> {
    let sql = format!("SELECT {DEVICE} FROM devices ORDER BY approved_at DESC, id");
    let found = all(conn, &sql, [], from_row)?;
    found
        .into_iter()
        .map(|device| with_more(conn, device))
        .collect()
}

/// What a device may do in one role.
pub(super) fn grant(
    conn: &Connection,
    id: &DeviceId,
    role: Role,
) -> Result<Option<DeviceGrant>, Fault> {
    let sql = format!("SELECT {GRANT} FROM device_grants WHERE device_id = ?1 AND role = ?2");
    first(conn, &sql, [id.as_str(), role.as_str()], grant_from_row)
}
