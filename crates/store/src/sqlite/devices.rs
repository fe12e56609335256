//! Devices, what they may do, and those that want to join.

use async_trait::async_trait;
use rusqlite::{Connection, Row, params};
use tidegate_core::SecretHash;
use tidegate_core::store::{
    Device, DeviceGrant, DeviceLabel, DeviceStore, PairRequest, StoreError,
};
use tidegate_protocol::{DeviceId, Role};

use super::fault::Fault;
use super::rows::{self, all, bound, change, first, scope_words};
use super::store::SqliteStore;
use crate::rules;

fn by_id(conn: &Connection, id: &DeviceId) -> Result<Option<Device>, Fault> {
    let sql = "SELECT public_key, label, paired_at FROM devices WHERE id = ?1";
    let device = first(conn, sql, [id.as_str()], |row| {
        Ok(Device {
            id: id.clone(),
            public_key: row.get(0)?,
            label: rows::label(row, 1)?,
            paired_at_ms: row.get(2)?,
            grants: Vec::new(),
        })
    })?;
    let Some(mut device) = device else {
        return Ok(None);
    };
    let sql = "SELECT role, scopes, token, token_scopes, issued_at, revoked_at
         FROM device_grants WHERE device_id = ?1 ORDER BY role";
    device.grants = all(conn, sql, [id.as_str()], |row| {
        Ok(DeviceGrant {
            role: rows::role(row, 0)?,
            scopes: rows::scopes(row, 1)?,
            token: SecretHash::from_bytes(row.get(2)?),
            token_scopes: rows::scopes(row, 3)?,
            issued_at_ms: row.get(4)?,
            revoked_at_ms: row.get(5)?,
        })
    })?;
    Ok(Some(device))
}

fn grant(
    conn: &Connection,
    id: &DeviceId,
    public_key: [u8; 32],
    label: &DeviceLabel,
    grant: &DeviceGrant,
) -> Result<(), Fault> {
    let stored: Option<[u8; 32]> = first(
        conn,
        "INSERT INTO devices (id, public_key, label, paired_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET label = excluded.label RETURNING public_key",
        params![
            id.as_str(),
            public_key,
            serde_json::to_string(label)?,
            bound(grant.issued_at_ms)
        ],
        |row| Ok(row.get(0)?),
    )?;
    if stored != Some(public_key) {
        return Err(Fault::Misuse("the device has another public key"));
    }
    change(
        conn,
        "INSERT OR REPLACE INTO device_grants
            (device_id, role, scopes, token, token_scopes, issued_at, revoked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            id.as_str(),
            grant.role.as_str(),
            scope_words(grant.scopes),
            grant.token.as_bytes(),
            scope_words(grant.token_scopes),
            bound(grant.issued_at_ms),
            grant.revoked_at_ms.map(bound)
        ],
    )?;
    // It has what it asked for, or less by somebody's decision.
    let sql = "DELETE FROM pair_requests WHERE device_id = ?1 AND role = ?2";
    change(conn, sql, [id.as_str(), grant.role.as_str()])?;
    Ok(())
}

fn touch(
    conn: &Connection,
    id: &DeviceId,
    role: Role,
    label: &DeviceLabel,
    now_ms: u64,
) -> Result<(), Fault> {
    let sql = "UPDATE devices SET label = ?2 WHERE id = ?1";
    change(conn, sql, [id.as_str(), &serde_json::to_string(label)?])?;
    let sql = "UPDATE device_grants SET used_at = ?3 WHERE device_id = ?1 AND role = ?2";
    change(
        conn,
        sql,
        params![id.as_str(), role.as_str(), bound(now_ms)],
    )?;
    Ok(())
}

fn pair_request(row: &Row<'_>) -> Result<PairRequest, Fault> {
    Ok(PairRequest {
        request_id: row.get(0)?,
        device_id: DeviceId::new(row.get::<_, String>(1)?),
        public_key: row.get(2)?,
        label: rows::label(row, 3)?,
        role: rows::role(row, 4)?,
        scopes: rows::scopes(row, 5)?,
        at_ms: row.get(6)?,
    })
}

fn request_pairing(
    conn: &Connection,
    request: PairRequest,
    expired_before_ms: u64,
    max_pending: u32,
) -> Result<PairRequest, Fault> {
    change(
        conn,
        "DELETE FROM pair_requests WHERE at < ?1",
        [bound(expired_before_ms)],
    )?;
    let sql = "SELECT request_id, device_id, public_key, label, role, scopes, at
         FROM pair_requests WHERE device_id = ?1";
    let stored = first(conn, sql, [request.device_id.as_str()], pair_request)?;
    if let Some(stored) = stored {
        if rules::asks_the_same(&stored, &request) {
            return Ok(stored);
        }
        let sql = "DELETE FROM pair_requests WHERE device_id = ?1";
        change(conn, sql, [request.device_id.as_str()])?;
    }
    // Room for this one: the newest of the others stay.
    change(
        conn,
        "DELETE FROM pair_requests WHERE no NOT IN
            (SELECT no FROM pair_requests ORDER BY at DESC, no DESC LIMIT ?1)",
        [max_pending.saturating_sub(1)],
    )?;
    change(
        conn,
        "INSERT INTO pair_requests (request_id, device_id, public_key, label, role, scopes, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            request.request_id,
            request.device_id.as_str(),
            request.public_key,
            serde_json::to_string(&request.label)?,
            request.role.as_str(),
            scope_words(request.scopes),
            bound(request.at_ms)
        ],
    )?;
    Ok(request)
}

#[async_trait]
impl DeviceStore for SqliteStore {
    async fn device(&self, id: &DeviceId) -> Result<Option<Device>, StoreError> {
        let id = id.clone();
        self.read("device", move |conn| by_id(conn, &id)).await
    }

    async fn grant(
        &self,
        id: &DeviceId,
        public_key: [u8; 32],
        label: DeviceLabel,
        given: DeviceGrant,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        self.write("grant", move |conn| {
            grant(conn, &id, public_key, &label, &given)
        })
        .await
    }

    async fn touch(
        &self,
        id: &DeviceId,
        role: Role,
        label: DeviceLabel,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        self.write("touch", move |conn| touch(conn, &id, role, &label, now_ms))
            .await
    }

    async fn request_pairing(
        &self,
        request: PairRequest,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<PairRequest, StoreError> {
        self.write("request_pairing", move |conn| {
            request_pairing(conn, request, expired_before_ms, max_pending)
        })
        .await
    }
}
