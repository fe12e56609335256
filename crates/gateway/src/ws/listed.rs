//! How a connection is listed among those who are there.

use tidegate_core::Principal;
use tidegate_protocol::api::connect::ConnectParams;
use tidegate_protocol::api::health::PresenceEntry;

use super::handshake::Arrival;
use crate::auth::device::ProvedDevice;

/// Characters of a device id: hex SHA-256.
const DEVICE_ID_CHARS: usize = 64;

/// How the connection is listed.
#[derive(Debug, Clone)]
pub(crate) struct PresenceAs {
    /// None for one-shot command lines, which are not listed.
    pub(crate) key: Option<String>,
    pub(crate) entry: PresenceEntry,
}

/// How a connection is listed.
pub(super) fn presence(
    arrival: &Arrival,
    params: &ConnectParams,
    device: Option<&ProvedDevice>,
    principal: &Principal,
) -> PresenceAs {
    let client = &params.client;
    let device_id = device.map(|device| device.id.to_string());
    let host = client
        .display_name
        .clone()
        .unwrap_or_else(|| client.id.clone());
    // Only a device may stand under a device's id.
    let named = client
        .instance_id
        .clone()
        .filter(|id| id.len() != DEVICE_ID_CHARS);
    let instance_id = device_id.clone().or(named);
    let key = (client.mode != "cli").then(|| {
        let fallback = || format!("{}@{}", client.id, arrival.peer.addr);
        instance_id.clone().unwrap_or_else(fallback)
    });
    let entry = PresenceEntry {
        text: format!("Node: {host} · mode {}", client.mode),
        host: Some(host),
        ip: (!arrival.locality.addr.is_loopback()).then(|| arrival.locality.addr.to_string()),
        version: Some(client.version.clone()),
        platform: Some(client.platform.clone()),
        device_family: client.device_family.clone(),
        model_identifier: client.model_identifier.clone(),
        mode: Some(client.mode.clone()),
        reason: Some("connect".into()),
        device_id,
        roles: vec![principal.role.as_str().to_owned()],
        scopes: principal.scopes.words(),
        instance_id,
        ts: arrival.shared.engine.now_ms(),
        ..Default::default()
    };
    PresenceAs { key, entry }
}
