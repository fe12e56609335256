//! Tokens that are replaced or taken back, and devices that are forgotten. The store holds the change
//! before anything else happens; then whatever the device opened ends (SECURITY T18).

use tidegate_core::store::Device;
use tidegate_core::{Permit, ScopeSet, Secret};
use tidegate_protocol::{DeviceId, Role, close};

use super::mint::{manage, mint, not_its_own};
use crate::{Engine, EngineError};

/// Reason of the close frame; the others are `tidegate_protocol::close`'s.
const ROTATED: &str = "device token rotated";

/// A token that replaced another.
#[derive(Debug)]
pub struct Rotated {
    /// The token; worthless without the device's key.
    pub token: Secret<String>,
    /// What it is good for.
    pub scopes: ScopeSet,
    /// When it was made, in Unix milliseconds.
    pub at_ms: u64,
    /// Until when it is good, in Unix milliseconds.
    pub expires_at_ms: Option<u64>,
}

impl Engine {
    async fn managed(&self, permit: &Permit, id: &DeviceId) -> Result<Device, EngineError> {
        let device = self.inner().devices.device(id).await?;
        let device = device.ok_or_else(|| EngineError::invalid("unknown deviceId"))?;
        manage(permit.caller(), &device)?;
        Ok(device)
    }

    /// Replaces the token of a device, and with `scopes` what it may do: no more than it was
    /// approved for, and than the caller may.
    ///
    /// # Errors
    /// There is no such device or role, or it would be too much.
    pub async fn rotate_token(
        &self,
        permit: &Permit,
        id: &DeviceId,
        role: Role,
        scopes: Option<ScopeSet>,
    ) -> Result<Rotated, EngineError> {
        let _alone = self.alone_as(permit).await?;
        let device = self.managed(permit, id).await?;
        let grant = device.grant(role).ok_or_else(unknown_role)?;
        not_its_own(permit.caller(), &device, role)?;
        let scopes = scopes.unwrap_or(grant.scopes);
        mint(permit.caller(), role, scopes)?;
        if scopes.within(grant.scopes) != scopes {
            return Err(EngineError::invalid(
                "the device was not approved for that much: let it ask for it, then approve the request",
            ));
        }
        let (token, stored) = self.new_token();
        let devices = &self.inner().devices;
        devices
            .replace_token(id, role, stored, scopes)
            .await?
            .ok_or_else(unknown_role)?;
        self.cut(permit, id, role, ROTATED);
        Ok(Rotated {
            token,
            scopes,
            at_ms: stored.issued_at_ms,
            expires_at_ms: stored.expires_at_ms,
        })
    }

    /// Makes the token of a device worthless. Gives since when it is, in Unix milliseconds.
    ///
    /// # Errors
    /// There is no such device or role, or it may do more than the caller.
    pub async fn revoke_token(
        &self,
        permit: &Permit,
        id: &DeviceId,
        role: Role,
    ) -> Result<u64, EngineError> {
        let _alone = self.alone_as(permit).await?;
        self.managed(permit, id).await?;
        let devices = &self.inner().devices;
        let since = devices
            .revoke_token(id, role, self.now_ms())
            .await?
            .ok_or_else(unknown_role)?;
        self.cut(permit, id, role, close::TOKEN_REVOKED);
        self.stop_what_it_started(id, role).await;
        Ok(since)
    }

    /// Forgets a device. Gives when, in Unix milliseconds.
    ///
    /// # Errors
    /// There is no such device, or it may do more than the caller.
    pub async fn remove_device(&self, permit: &Permit, id: &DeviceId) -> Result<u64, EngineError> {
        let _alone = self.alone_as(permit).await?;
        self.managed(permit, id).await?;
        let now_ms = self.now_ms();
        let by = permit.caller().id.storage_key();
        let devices = &self.inner().devices;
        devices
            .remove_device(id, &by, now_ms)
            .await?
            .ok_or_else(|| EngineError::invalid("unknown deviceId"))?;
        for role in [Role::Operator, Role::Node] {
            self.cut(permit, id, role, close::DEVICE_REMOVED);
            self.stop_what_it_started(id, role).await;
        }
        Ok(now_ms)
    }

    /// Stops what a device asked for and that waits or works. Whatever this misses finds no right
    /// when it comes to use one.
    async fn stop_what_it_started(&self, id: &DeviceId, role: Role) {
        self.stop_runs_of(id, role).await;
        if role == Role::Operator
            && let Err(error) = self.nodes().give_up_of(id).await
        {
            tracing::warn!(device = %id, error = %error, "commands of a revoked device still wait; they will not be sent");
        }
    }

    fn cut(&self, permit: &Permit, id: &DeviceId, role: Role, why: &'static str) {
        tracing::info!(
            target: "tidegate::devices", device = %id, role = role.as_str(),
            by = permit.caller().id.storage_key(), "{why}"
        );
        self.inner().pairing.cut(id, role, why);
    }
}

fn unknown_role() -> EngineError {
    EngineError::invalid("unknown deviceId/role")
}
