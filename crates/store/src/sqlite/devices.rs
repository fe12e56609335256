//! Devices, what they may do, and those that want to join.

mod requests;
mod rows;
mod tokens;
mod trust;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use tidegate_core::ScopeSet;
use tidegate_core::store::{
    Device, DeviceGrant, DeviceLabel, DeviceStore, NewToken, PairRequest, Requested, StoreError,
    Touch, Trust, TrustChange,
};
use tidegate_protocol::{DeviceId, Role};

use super::fault::Fault;
use super::rows::{bound, change, first, scope_words};
use super::store::SqliteStore;
use crate::rules;

fn grant(
    conn: &Connection,
    id: &DeviceId,
    public_key: [u8; 32],
    label: &DeviceLabel,
    grant: &DeviceGrant,
) -> Result<(), Fault> {
    let before = rows::grant(conn, id, grant.role)?;
    let stored: Option<[u8; 32]> = first(
        conn,
        "INSERT INTO devices (id, public_key, label, paired_at, approved_at) VALUES (?1, ?2, ?3, ?4, ?4)
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
    if rules::widens(before.as_ref(), grant) {
        let sql = "UPDATE devices SET approved_at = ?2 WHERE id = ?1";
        change(conn, sql, params![id.as_str(), bound(grant.issued_at_ms)])?;
    }
    let granted_at_ms = before.map_or(grant.granted_at_ms, |before| before.granted_at_ms);
    put_grant(
        conn,
        id,
        &DeviceGrant {
            granted_at_ms,
            ..grant.clone()
        },
    )?;
    // It has what it asked for, or less by somebody's decision.
    let sql = "DELETE FROM pair_requests WHERE device_id = ?1 AND role = ?2";
    change(conn, sql, [id.as_str(), grant.role.as_str()])?;
    Ok(())
}

/// Stores what a request was given.
fn approved(
    conn: &Connection,
    request: &PairRequest,
    grant: &DeviceGrant,
    at_ms: u64,
) -> Result<(), Fault> {
    let id = &request.device_id;
    change(
        conn,
        "INSERT INTO devices (id, public_key, label, paired_at, approved_at) VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (id) DO UPDATE SET approved_at = excluded.approved_at",
        params![
            id.as_str(),
            request.public_key,
            serde_json::to_string(&request.label)?,
            bound(at_ms)
        ],
    )?;
    put_grant(conn, id, grant)
}

fn put_grant(conn: &Connection, id: &DeviceId, grant: &DeviceGrant) -> Result<(), Fault> {
    change(
        conn,
        "INSERT OR REPLACE INTO device_grants
            (device_id, role, scopes, token, token_scopes, granted_at, issued_at, revoked_at,
             expires_at, used_at, used_from, offer)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            id.as_str(),
            grant.role.as_str(),
            scope_words(grant.scopes),
            grant.token.as_bytes(),
            scope_words(grant.token_scopes),
            bound(grant.granted_at_ms),
            bound(grant.issued_at_ms),
            grant.revoked_at_ms.map(bound),
            grant.expires_at_ms.map(bound),
            grant.used_at_ms.map(bound),
            grant.used_from,
            rows::offer_text(grant.offer.as_ref())?,
        ],
    )?;
    Ok(())
}

fn touch(conn: &Connection, id: &DeviceId, role: Role, touch: &Touch) -> Result<(), Fault> {
    let sql = "UPDATE devices SET label = ?2 WHERE id = ?1";
    let label = serde_json::to_string(&touch.label)?;
    change(conn, sql, [id.as_str(), &label])?;
    change(
        conn,
        "UPDATE device_grants SET used_at = ?3, used_from = ?4, expires_at = ?5,
            offer = coalesce(offer, ?6)
         WHERE device_id = ?1 AND role = ?2",
        params![
            id.as_str(),
            role.as_str(),
            bound(touch.at_ms),
            touch.label.remote_ip,
            touch.expires_at_ms.map(bound),
            rows::offer_text(touch.offer.as_ref())?
        ],
    )?;
    Ok(())
}

fn remove(conn: &Connection, id: &DeviceId, by: &str, at_ms: u64) -> Result<Option<Device>, Fault> {
    let sql = "DELETE FROM pair_requests WHERE device_id = ?1";
    change(conn, sql, [id.as_str()])?;
    let Some(device) = rows::device(conn, id)? else {
        return Ok(None);
    };
    change(conn, "DELETE FROM devices WHERE id = ?1", [id.as_str()])?;
    if let Some(ended) = rules::trust_ends(device.trust, by, at_ms) {
        trust::keep(conn, id, &ended)?;
    }
    Ok(Some(device))
}

#[async_trait]
impl DeviceStore for SqliteStore {
    async fn device(&self, id: &DeviceId) -> Result<Option<Device>, StoreError> {
        let id = id.clone();
        self.read("device", move |conn| rows::device(conn, &id))
            .await
    }

    async fn devices(&self) -> Result<Vec<Device>, StoreError> {
        self.read("devices", rows::devices).await
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

    async fn touch(&self, id: &DeviceId, role: Role, noted: Touch) -> Result<(), StoreError> {
        let id = id.clone();
        self.write("touch", move |conn| touch(conn, &id, role, &noted))
            .await
    }

    async fn request_pairing(
        &self,
        request: PairRequest,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<Requested, StoreError> {
        self.write("request_pairing", move |conn| {
            requests::ask(conn, request, expired_before_ms, max_pending)
        })
        .await
    }

    async fn pair_requests(&self, expired_before_ms: u64) -> Result<Vec<PairRequest>, StoreError> {
        self.read("pair_requests", move |conn| {
            requests::waiting(conn, expired_before_ms)
        })
        .await
    }

    async fn approve_pairing(
        &self,
        request_id: &str,
        expired_before_ms: u64,
        token: NewToken,
    ) -> Result<Option<Device>, StoreError> {
        let request_id = request_id.to_owned();
        self.write("approve_pairing", move |conn| {
            requests::approve(conn, &request_id, expired_before_ms, token)
        })
        .await
    }

    async fn reject_pairing(
        &self,
        request_id: &str,
        expired_before_ms: u64,
    ) -> Result<Option<PairRequest>, StoreError> {
        let request_id = request_id.to_owned();
        self.write("reject_pairing", move |conn| {
            requests::take(conn, &request_id, expired_before_ms)
        })
        .await
    }

    async fn replace_token(
        &self,
        id: &DeviceId,
        role: Role,
        token: NewToken,
        scopes: ScopeSet,
    ) -> Result<Option<Device>, StoreError> {
        let id = id.clone();
        self.write("replace_token", move |conn| {
            tokens::replace(conn, &id, role, token, scopes)
        })
        .await
    }

    async fn revoke_token(
        &self,
        id: &DeviceId,
        role: Role,
        at_ms: u64,
    ) -> Result<Option<u64>, StoreError> {
        let id = id.clone();
        self.write("revoke_token", move |conn| {
            tokens::revoke(conn, &id, role, at_ms)
        })
        .await
    }

    async fn remove_device(
        &self,
        id: &DeviceId,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<Device>, StoreError> {
        let (id, by) = (id.clone(), by.to_owned());
        self.write("remove_device", move |conn| remove(conn, &id, &by, at_ms))
            .await
    }

    async fn rename_device(&self, id: &DeviceId, name: &str) -> Result<bool, StoreError> {
        let (id, name) = (id.clone(), name.to_owned());
        self.write("rename_device", move |conn| {
            let sql = "UPDATE devices SET name = ?2 WHERE id = ?1";
            Ok(change(conn, sql, [id.as_str(), &name])? > 0)
        })
        .await
    }

    async fn set_trust(
        &self,
        id: &DeviceId,
        to: Trust,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<TrustChange>, StoreError> {
        let (id, by) = (id.clone(), by.to_owned());
        self.write("set_trust", move |conn| {
            trust::set(conn, &id, to, by, at_ms)
        })
        .await
    }
}
