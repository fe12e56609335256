//! A device as it is shown: everything but its tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tidegate_core::ScopeSet;
use tidegate_core::store::{Device, DeviceGrant, Trust};
use tidegate_protocol::api::devices::{DeviceTokenLine, PairedDevice, TrustChangeLine, TrustLevel};
use tidegate_protocol::{DeviceId, Role};

/// The word on the wire.
pub(super) const fn level(trust: Trust) -> TrustLevel {
    match trust {
        Trust::Untrusted => TrustLevel::Untrusted,
        Trust::Verified => TrustLevel::Verified,
        Trust::Trusted => TrustLevel::Trusted,
    }
}

/// From the word on the wire.
pub(super) const fn trust(level: TrustLevel) -> Trust {
    match level {
        TrustLevel::Untrusted => Trust::Untrusted,
        TrustLevel::Verified => Trust::Verified,
        TrustLevel::Trusted => Trust::Trusted,
    }
}

/// A device; `own` is the one that asks.
pub(super) fn paired(device: Device, connected: bool, own: Option<&DeviceId>) -> PairedDevice {
    let newest = device.grants.iter().max_by_key(|grant| grant.issued_at_ms);
    let scopes = device.grant(Role::Operator).map(|grant| grant.scopes);
    PairedDevice {
        own: own == Some(&device.id),
        public_key: URL_SAFE_NO_PAD.encode(device.public_key),
        role: newest.map_or(Role::Operator, |grant| grant.role),
        roles: device.grants.iter().map(|grant| grant.role).collect(),
        scopes: scopes.unwrap_or(ScopeSet::EMPTY).words(),
        tokens: device.grants.iter().map(token).collect(),
        device_id: device.id,
        label: device.name,
        display_name: device.label.display_name,
        platform: device.label.platform,
        device_family: device.label.device_family,
        client_id: device.label.client_id,
        client_mode: device.label.client_mode,
        remote_ip: device.label.remote_ip,
        created_at_ms: device.paired_at_ms,
        approved_at_ms: device.approved_at_ms,
        trust: level(device.trust),
        trust_changes: device
            .trust_changes
            .into_iter()
            .map(|change| TrustChangeLine {
                from: level(change.from),
                to: level(change.to),
                by: change.by,
                at_ms: change.at_ms,
            })
            .collect(),
        connected,
    }
}

fn token(grant: &DeviceGrant) -> DeviceTokenLine {
    let rotated = grant.issued_at_ms != grant.granted_at_ms;
    DeviceTokenLine {
        role: grant.role,
        scopes: grant.token_scopes.words(),
        created_at_ms: grant.granted_at_ms,
        rotated_at_ms: rotated.then_some(grant.issued_at_ms),
        revoked_at_ms: grant.revoked_at_ms,
        last_used_at_ms: grant.used_at_ms,
        last_used_from: grant.used_from.clone(),
        expires_at_ms: grant.expires_at_ms,
    }
}
