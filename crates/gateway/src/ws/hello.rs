//! The answer to a good `connect`: both generations' fields, and state at the moment of joining.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use tidegate_core::PrincipalId;
use tidegate_engine::OtherRole;
use tidegate_protocol::api::connect::{
    Features, HelloAuth, HelloDeviceToken, HelloOk, Policy, ServerInfo, SessionDefaults, Snapshot,
};
use tidegate_protocol::version::Protocol;
use tidegate_protocol::{Role, limits};

use super::handshake::Granted;
use crate::canvas::{CANVAS, node_comes};
use crate::hub::Conn;
use crate::state::Shared;

pub(crate) fn hello_ok(shared: &Shared, conn: &Conn, granted: &Granted) -> HelloOk {
    let caller = conn.caller();
    // A guest and a node learn nothing of others and of this machine.
    let is_trusted = caller.role == Role::Operator && caller.id != PrincipalId::Guest;
    let names = &shared.engine.agents().names;
    let surfaces = node_comes(shared, conn).map(|address| address.url);
    let own = |list: Vec<&'static str>| list.into_iter().map(str::to_owned).collect();
    let health = shared
        .engine
        .health()
        .map_or_else(|| "{}".to_owned(), |health| health.json.to_string());
    HelloOk {
        kind: "hello-ok".into(),
        protocol: granted.protocol.number(),
        server: ServerInfo {
            version: env!("CARGO_PKG_VERSION").into(),
            host: Some(shared.engine.facts().host.clone()),
            conn_id: conn.id.to_string(),
            boot_id: shared.boot_id.clone(),
        },
        features: Features {
            methods: own(shared.router.callable(&conn.chain)),
            events: own(shared.hub.audible(&conn.chain)),
        },
        snapshot: Snapshot {
            presence: if is_trusted {
                shared.engine.presence().list().0
            } else {
                Vec::new()
            },
            health: RawValue::from_string(health).unwrap_or_default(),
            state_version: shared.engine.state_version(),
            uptime_ms: shared.uptime_ms(),
            config_path: is_trusted.then(|| shared.config.config_path.clone()),
            state_dir: is_trusted.then(|| shared.config.state_dir.clone()),
            session_defaults: SessionDefaults {
                default_agent_id: names.default_agent.to_string(),
                main_key: names.main_key.clone(),
                main_session_key: names.main().to_string(),
                scope: "per-sender".into(),
                model_configured: shared.engine.agents().model_configured,
            },
            auth_mode: shared.auth.mode().into(),
        },
        canvas_host_url: surfaces.clone().filter(|_| conn.protocol == Protocol::V3),
        plugin_surface_urls: surfaces
            .filter(|_| conn.protocol == Protocol::V4)
            .map(|url| BTreeMap::from([(CANVAS.to_owned(), url)])),
        auth: Some(HelloAuth {
            device_token: granted
                .claim
                .device_token
                .as_ref()
                .map(|(token, _)| token.expose().clone()),
            role: caller.role,
            scopes: caller.scopes.words(),
            issued_at_ms: granted.claim.device_token.as_ref().map(|(_, at)| *at),
            device_tokens: granted.claim.other.iter().map(other_role).collect(),
        }),
        policy: Policy {
            max_payload: conn.message_limit() as u64,
            max_buffered_bytes: limits::event_backlog_bytes(conn.protocol) as u64,
            tick_interval_ms: limits::TICK_INTERVAL_MS,
        },
    }
}

fn other_role(other: &OtherRole) -> HelloDeviceToken {
    HelloDeviceToken {
        device_token: other.token.expose().clone(),
        role: other.role,
        scopes: other.scopes.words(),
        issued_at_ms: other.issued_at_ms,
    }
}
