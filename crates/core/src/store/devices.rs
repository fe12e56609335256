//! Devices.

use async_trait::async_trait;
use tidegate_protocol::{DeviceId, Role};

use super::StoreError;
use crate::node::Offer;
use crate::principal::ScopeSet;
use crate::secret::SecretHash;

/// Changes of trust that are told of one device, the newest ones.
pub const TRUST_CHANGES_TOLD: u32 = 20;
/// Changes of trust that are kept of one device, the newest ones.
pub const TRUST_CHANGES_KEPT: u32 = 100;

/// What a device says of itself; for people only.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceLabel {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// What kind of device it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_family: Option<String>,
    /// The program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// How it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_mode: Option<String>,
    /// Where it connected from; none if that was this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
}

/// How far the owner trusts a device. Only somebody's act changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Trust {
    /// Nobody said anything of it.
    #[default]
    Untrusted,
    /// Somebody made sure that it is the device that it says it is.
    Verified,
    /// It is the owner's own.
    Trusted,
}

impl Trust {
    /// Every level, lowest first.
    pub const ALL: [Self; 3] = [Self::Untrusted, Self::Verified, Self::Trusted];

    /// The word on the wire and in the store.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Untrusted => "untrusted",
            Self::Verified => "verified",
            Self::Trusted => "trusted",
        }
    }

    /// Reads the word, exactly.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

/// One change of the trust in a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustChange {
    /// What it was.
    pub from: Trust,
    /// What it is from then on.
    pub to: Trust,
    /// Who changed it: the storage key of a principal.
    pub by: String,
    /// When, in Unix milliseconds.
    pub at_ms: u64,
}

/// What a device may do in one role.
#[derive(Debug, Clone)]
pub struct DeviceGrant {
    /// The role.
    pub role: Role,
    /// The scopes that were approved.
    pub scopes: ScopeSet,
    /// Hash of the device's token for this role.
    pub token: SecretHash,
    /// Scopes of the token.
    pub token_scopes: ScopeSet,
    /// When the device first got this role, in Unix milliseconds.
    pub granted_at_ms: u64,
    /// When the token was made, in Unix milliseconds.
    pub issued_at_ms: u64,
    /// When the token was revoked.
    pub revoked_at_ms: Option<u64>,
    /// Until when the token is good; for ever if none.
    pub expires_at_ms: Option<u64>,
    /// When the token was last shown.
    pub used_at_ms: Option<u64>,
    /// From where; none if that was this machine.
    pub used_from: Option<String>,
    /// What somebody approved that a node is sent; none for an operator, and for a node that never
    /// said what it offers.
    pub offer: Option<Offer>,
}

impl DeviceGrant {
    /// Whether the token opens anything at this time.
    pub fn is_live(&self, now_ms: u64) -> bool {
        self.revoked_at_ms.is_none() && self.expires_at_ms.is_none_or(|end| now_ms < end)
    }
}

/// A paired device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Hex SHA-256 of its public key.
    pub id: DeviceId,
    /// Its raw public key.
    pub public_key: [u8; 32],
    /// What it says of itself.
    pub label: DeviceLabel,
    /// What the owner calls it.
    pub name: Option<String>,
    /// How far it is trusted.
    pub trust: Trust,
    /// How that came, newest first, at most [`TRUST_CHANGES_TOLD`].
    pub trust_changes: Vec<TrustChange>,
    /// When it was paired, in Unix milliseconds.
    pub paired_at_ms: u64,
    /// When it was last given more than it had, in Unix milliseconds.
    pub approved_at_ms: u64,
    /// What it may do, at most one row a role.
    pub grants: Vec<DeviceGrant>,
}

impl Device {
    /// What it may do in this role.
    pub fn grant(&self, role: Role) -> Option<&DeviceGrant> {
        self.grants.iter().find(|grant| grant.role == role)
    }
}

/// A device that wants to join, or wants more.
#[derive(Debug, Clone)]
pub struct PairRequest {
    /// A random id; another request of the device with other contents voids it.
    pub request_id: String,
    /// The device.
    pub device_id: DeviceId,
    /// Its raw public key.
    pub public_key: [u8; 32],
    /// What it says of itself.
    pub label: DeviceLabel,
    /// The role that it wants.
    pub role: Role,
    /// The scopes that it wants.
    pub scopes: ScopeSet,
    /// What it offers as a node; none for an operator.
    pub offer: Option<Offer>,
    /// When, in Unix milliseconds.
    pub at_ms: u64,
}

/// What became of a request.
#[derive(Debug, Clone)]
pub struct Requested {
    /// The request as it stands now: the new one, or the one that asked for the same before.
    pub request: PairRequest,
    /// Whether it is new.
    pub is_new: bool,
    /// Requests that it voided: the device's other one, and the oldest where there was no room.
    pub voided: Vec<PairRequest>,
}

/// A token as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct NewToken {
    /// Its hash.
    pub hash: SecretHash,
    /// When it was made, in Unix milliseconds.
    pub issued_at_ms: u64,
    /// Until when it is good; for ever if none.
    pub expires_at_ms: Option<u64>,
}

/// How a device came by: what is noted of a good connect.
#[derive(Debug, Clone)]
pub struct Touch {
    /// What it says of itself, and from where.
    pub label: DeviceLabel,
    /// When, in Unix milliseconds.
    pub at_ms: u64,
    /// Until when its token is good from now on.
    pub expires_at_ms: Option<u64>,
    /// What a node offers: counts as approved if it never said so before.
    pub offer: Option<Offer>,
}

/// Devices.
#[async_trait]
pub trait DeviceStore: Send + Sync + 'static {
    /// One device.
    async fn device(&self, id: &DeviceId) -> Result<Option<Device>, StoreError>;
    /// Every device, newest approval first.
    async fn devices(&self) -> Result<Vec<Device>, StoreError>;
    /// Pairs a device, or adds a role or scopes to it, and replaces its token of this role. The
    /// first time of the role stays.
    async fn grant(
        &self,
        id: &DeviceId,
        public_key: [u8; 32],
        label: DeviceLabel,
        grant: DeviceGrant,
    ) -> Result<(), StoreError>;
    /// Notes a good connect of a device with the token of this role.
    async fn touch(&self, id: &DeviceId, role: Role, touch: Touch) -> Result<(), StoreError>;
    /// Stores a request, or finds the stored one that asks for the same. Requests older than
    /// `expired_before_ms` are forgotten; at most `max_pending` are kept, the oldest go first.
    async fn request_pairing(
        &self,
        request: PairRequest,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<Requested, StoreError>;
    /// Requests that wait, newest first; older ones than `expired_before_ms` do not count.
    async fn pair_requests(&self, expired_before_ms: u64) -> Result<Vec<PairRequest>, StoreError>;
    /// Gives a device what this very request asks for, beside what it has. A live token stays and
    /// can what was asked for too; without one, `token` is stored. None if the request does not
    /// wait any more.
    async fn approve_pairing(
        &self,
        request_id: &str,
        expired_before_ms: u64,
        token: NewToken,
    ) -> Result<Option<Device>, StoreError>;
    /// Forgets a request. None if it does not wait any more.
    async fn reject_pairing(
        &self,
        request_id: &str,
        expired_before_ms: u64,
    ) -> Result<Option<PairRequest>, StoreError>;
    /// Replaces the token of a role, and what the role may do; a revoked one is good again. None
    /// if the device has no such role.
    async fn replace_token(
        &self,
        id: &DeviceId,
        role: Role,
        token: NewToken,
        scopes: ScopeSet,
    ) -> Result<Option<Device>, StoreError>;
    /// Revokes the token of a role. Gives since when it is, or none if there is no such role.
    async fn revoke_token(
        &self,
        id: &DeviceId,
        role: Role,
        at_ms: u64,
    ) -> Result<Option<u64>, StoreError>;
    /// Forgets a device, its tokens and what it asked for. The trust in it ends, which is kept with
    /// who did it. None if there is no such device.
    async fn remove_device(
        &self,
        id: &DeviceId,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<Device>, StoreError>;
    /// Gives a device the owner's name for it. False if there is no such device.
    async fn rename_device(&self, id: &DeviceId, name: &str) -> Result<bool, StoreError>;
    /// Changes the trust in a device and keeps who did it, both or neither. An act that changes
    /// nothing is kept too. None if there is no such device.
    async fn set_trust(
        &self,
        id: &DeviceId,
        to: Trust,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<TrustChange>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_of_trust_is_read_back_and_nothing_else() {
        for level in Trust::ALL {
            assert_eq!(Trust::parse(level.as_str()), Some(level));
        }
        for word in ["", "Trusted", " trusted", "full"] {
            assert_eq!(Trust::parse(word), None, "{word}");
        }
    }
}
