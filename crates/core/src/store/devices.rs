//! Devices.

use async_trait::async_trait;
use tidegate_protocol::{DeviceId, Role};

use super::StoreError;
use crate::principal::ScopeSet;
use crate::secret::SecretHash;

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
    /// The program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// How it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_mode: Option<String>,
    /// Where it connected from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
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
    /// When the token was made, in Unix milliseconds.
    pub issued_at_ms: u64,
    /// When the token was revoked.
    pub revoked_at_ms: Option<u64>,
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
    /// When it was paired, in Unix milliseconds.
    pub paired_at_ms: u64,
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
    /// When, in Unix milliseconds.
    pub at_ms: u64,
}

/// Devices.
#[async_trait]
pub trait DeviceStore: Send + Sync + 'static {
    /// One device.
    async fn device(&self, id: &DeviceId) -> Result<Option<Device>, StoreError>;
    /// Pairs a device, or adds a role or scopes to it, and replaces its token of this role.
    async fn grant(
        &self,
        id: &DeviceId,
        public_key: [u8; 32],
        label: DeviceLabel,
        grant: DeviceGrant,
    ) -> Result<(), StoreError>;
    /// Notes a good connect: label and time of last use of the role's token.
    async fn touch(
        &self,
        id: &DeviceId,
        role: Role,
        label: DeviceLabel,
        now_ms: u64,
    ) -> Result<(), StoreError>;
    /// Stores a request, or returns the stored one if it asks for the same. Requests older than
    /// `expired_before_ms` are forgotten; at most `max_pending` are kept, the oldest go first.
    async fn request_pairing(
        &self,
        request: PairRequest,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<PairRequest, StoreError>;
}
