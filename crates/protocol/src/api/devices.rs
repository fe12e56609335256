//! Devices: who wants to join, who may, with which rights, and how to take that back (V3 2.4, 2.5).

mod setup;
mod shown;
mod upgrade;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::api::connect::NoParams;
use crate::ids::DeviceId;
use crate::macros::{events, methods};

pub use setup::{
    DevicePairSetupCodeParams, DevicePairSetupCodeResult, SetupAccess, SetupPayload, SetupProfile,
};
pub use shown::{DeviceTokenLine, PairedDevice, PendingDevice, TrustChangeLine, TrustLevel};
pub use upgrade::{DeviceUpgradeOutcome, DeviceUpgradeParams, DeviceUpgradeResult, UpgradeStatus};

/// Longest name that the owner gives a device, in characters (as in the family).
pub const DEVICE_LABEL_CHARS: usize = 64;

/// Answer of `device.pair.list`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct DevicePairListResult {
    /// Those that wait, newest first.
    pub pending: Vec<PendingDevice>,
    /// Those that may join, newest approval first.
    pub paired: Vec<PairedDevice>,
}

/// Params of `device.pair.approve` and `device.pair.reject`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PairRequestParams {
    /// The request, as it was shown.
    #[schemars(length(min = 1, max = 64))]
    pub request_id: String,
}

/// Answer of `device.pair.approve`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DevicePairApproveResult {
    /// The request.
    pub request_id: String,
    /// The device, with what it may do now.
    pub device: PairedDevice,
}

/// Answer of `device.pair.reject`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DevicePairRejectResult {
    /// The request.
    pub request_id: String,
    /// The device.
    pub device_id: DeviceId,
}

/// Params of `device.pair.remove`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DevicePairRemoveParams {
    /// The device.
    pub device_id: DeviceId,
}

/// Answer of `device.pair.remove`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DevicePairRemoveResult {
    /// The device.
    pub device_id: DeviceId,
    /// When, in Unix milliseconds.
    pub removed_at_ms: u64,
}

/// Params of `device.pair.rename`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DevicePairRenameParams {
    /// The device.
    pub device_id: DeviceId,
    /// What the owner calls it.
    #[schemars(length(min = 1, max = DEVICE_LABEL_CHARS))]
    pub label: String,
}

/// Answer of `device.pair.rename`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DevicePairRenameResult {
    /// The device.
    pub device_id: DeviceId,
    /// What the owner calls it now.
    pub label: String,
}

/// Params of `device.token.rotate`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceTokenRotateParams {
    /// The device.
    pub device_id: DeviceId,
    /// The role.
    pub role: Role,
    /// What the device may do from now on: no more than it was approved for, and than the caller
    /// may. As before if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(inner(length(min = 1)), length(max = 64))]
    pub scopes: Option<Vec<String>>,
}

/// Answer of `device.token.rotate`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceTokenRotateResult {
    /// The device.
    pub device_id: DeviceId,
    /// The role.
    pub role: Role,
    /// The new token; worthless without the device's key.
    pub token: String,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// When, in Unix milliseconds.
    pub rotated_at_ms: u64,
    /// Until when it is good, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<u64>,
}

impl std::fmt::Debug for DeviceTokenRotateResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceTokenRotateResult(..)")
    }
}

/// Params of `device.token.revoke`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceTokenRevokeParams {
    /// The device.
    pub device_id: DeviceId,
    /// The role.
    pub role: Role,
}

/// Answer of `device.token.revoke`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceTokenRevokeResult {
    /// The device.
    pub device_id: DeviceId,
    /// The role.
    pub role: Role,
    /// Since when, in Unix milliseconds.
    pub revoked_at_ms: u64,
}

/// Params of `device.trust.set`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceTrustSetParams {
    /// The device.
    pub device_id: DeviceId,
    /// How far to trust it from now on.
    pub trust: TrustLevel,
}

/// Answer of `device.trust.set`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceTrustSetResult {
    /// The device.
    pub device_id: DeviceId,
    /// What the trust was.
    pub from: TrustLevel,
    /// What it is.
    pub trust: TrustLevel,
    /// When, in Unix milliseconds.
    pub changed_at_ms: u64,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DevicePairResolved {
    /// The request.
    pub request_id: String,
    /// The device.
    pub device_id: DeviceId,
    /// `approved`, `rejected`, or `superseded` by another request.
    pub decision: String,
    /// When, in Unix milliseconds.
    pub ts: u64,
}

methods! {
    /// Devices that wait to be let in, and those that may join. No token is in it.
    pub DevicePairList = "device.pair.list" {
        params: NoParams,
        result: DevicePairListResult,
        access: operator(Pairing),
        effect: read,
        since: 3,
    }
    /// Gives a device exactly what this request asks for, which must be within what the caller may
    /// do. A request that was replaced is refused with `details.code` `STALE`.
    pub DevicePairApprove = "device.pair.approve" {
        params: PairRequestParams,
        result: DevicePairApproveResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// Refuses a request.
    pub DevicePairReject = "device.pair.reject" {
        params: PairRequestParams,
        result: DevicePairRejectResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// Forgets a device. Its tokens are worthless at once and its connections end.
    pub DevicePairRemove = "device.pair.remove" {
        params: DevicePairRemoveParams,
        result: DevicePairRemoveResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 4,
    }
    /// Gives a device a name of the owner's.
    pub DevicePairRename = "device.pair.rename" {
        params: DevicePairRenameParams,
        result: DevicePairRenameResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 4,
    }
    /// Makes a code with which one device joins, once, within ten minutes, without the gateway's
    /// secret. Without a profile it is good for everything.
    pub DevicePairSetupCode = "device.pair.setupCode" {
        params: DevicePairSetupCodeParams,
        result: DevicePairSetupCodeResult,
        access: operator(Admin),
        effect: idempotent,
        since: 4,
    }
    /// Replaces the token of a device, never with a wider one. Its connections in this role end.
    pub DeviceTokenRotate = "device.token.rotate" {
        params: DeviceTokenRotateParams,
        result: DeviceTokenRotateResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// Makes the token of a device worthless. Its connections in this role end.
    pub DeviceTokenRevoke = "device.token.revoke" {
        params: DeviceTokenRevokeParams,
        result: DeviceTokenRevokeResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// Says how far a device is trusted; kept with who said so. It gives no right by itself.
    pub DeviceTrustSet = "device.trust.set" {
        params: DeviceTrustSetParams,
        result: DeviceTrustSetResult,
        access: operator(Admin),
        effect: idempotent,
        since: 4,
    }
    /// Asks for more than the device has, on the live connection. Somebody must approve it.
    pub DeviceScopesRequestUpgrade = "device.scopes.requestUpgrade" {
        params: DeviceUpgradeParams,
        result: DeviceUpgradeResult,
        access: device,
        effect: idempotent,
        since: 4,
    }
    /// Waits until somebody decided on such a request of this device, and fetches the new token.
    pub DeviceScopesWaitUpgrade = "device.scopes.waitUpgrade" {
        params: PairRequestParams,
        result: DeviceUpgradeOutcome,
        access: device,
        effect: idempotent,
        since: 4,
        waits: true,
    }
}

events! {
    /// A device asks to be let in, or asks for more.
    pub DevicePairRequested = "device.pair.requested" {
        payload: PendingDevice,
        access: operator(Pairing),
        delivery: Drop,
    }
    /// A request of a device was decided, or a device was let in by a proof or a code.
    pub DevicePairResolvedEvent = "device.pair.resolved" {
        payload: DevicePairResolved,
        access: operator(Pairing),
        delivery: Drop,
    }
}
