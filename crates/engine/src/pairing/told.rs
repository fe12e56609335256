//! How requests and their ends are told, in the words of the wire.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tidegate_core::ScopeSet;
use tidegate_core::store::PairRequest;
use tidegate_protocol::DeviceId;
use tidegate_protocol::api::devices::{
    DevicePairRequested, DevicePairResolved, DevicePairResolvedEvent, PendingDevice,
};

use super::decide::{REQUEST_TTL_MS, Waiting};
use crate::Engine;

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Approved,
    Rejected,
    /// The device asked for something else, or too many wait.
    Superseded,
}

impl Decision {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Superseded => "superseded",
        }
    }
}

impl Waiting {
    /// As it stands on the wire.
    pub fn told(&self) -> PendingDevice {
        let PairRequest {
            request_id,
            device_id,
            public_key,
            label,
            role,
            scopes,
            offer,
            at_ms,
        } = self.request.clone();
        PendingDevice {
            request_id,
            device_id,
            public_key: URL_SAFE_NO_PAD.encode(public_key),
            display_name: label.display_name,
            platform: label.platform,
            device_family: label.device_family,
            client_id: label.client_id,
            client_mode: label.client_mode,
            role,
            roles: vec![role],
            scopes: scopes.words(),
            commands: offer.map_or_else(Vec::new, |offer| offer.commands.into_iter().collect()),
            granted_scopes: self.granted.map_or(ScopeSet::EMPTY, |has| has).words(),
            granted_commands: self.granted_commands.iter().cloned().collect(),
            remote_ip: label.remote_ip,
            silent: false,
            is_repair: self.is_known,
            expires_at_ms: at_ms.saturating_add(REQUEST_TTL_MS),
            ts: at_ms,
        }
    }
}

impl Engine {
    pub(super) fn tell_requested(&self, waiting: &Waiting) {
        let events = &self.inner().events;
        events.publish::<DevicePairRequested>(&waiting.told());
    }

    pub(super) fn tell_resolved(&self, request_id: &str, device: &DeviceId, decision: Decision) {
        let payload = DevicePairResolved {
            request_id: request_id.to_owned(),
            device_id: device.clone(),
            decision: decision.as_str().to_owned(),
            ts: self.now_ms(),
        };
        let events = &self.inner().events;
        events.publish::<DevicePairResolvedEvent>(&payload);
    }
}
