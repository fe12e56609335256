//! Who may join, with which rights: the order of checks is V3's, the rules are DECISIONS D8-D11. What
//! a device may is decided in `device_grant`, how somebody is refused in `refuse`.

use serde_json::json;
use tidegate_core::node::{NodeFacts, Offer};
use tidegate_core::store::DeviceLabel;
use tidegate_core::{Chain, Principal, PrincipalId, ScopeSet, Secret, Standing};
use tidegate_engine::{DeviceClaim, OtherRole};
use tidegate_protocol::api::connect::ConnectParams;
use tidegate_protocol::version::Protocol;
use tidegate_protocol::{ErrorCode, ErrorShape, Role};

use super::device_grant::with_device;
use super::handshake::{Arrival, Refusal};
use super::listed::{PresenceAs, presence};
use super::node;
use super::refuse::{Refuse, unauthorized};
use crate::auth::Shown;
use crate::auth::device::{Challenge, prove};
use crate::auth::locality::{Locality, Page};

/// What a connection was granted.
pub(crate) struct Claim {
    pub(crate) principal: Principal,
    /// The device's token and when it was made.
    pub(crate) device_token: Option<(Secret<String>, u64)>,
    /// A token for its other role, from a setup code.
    pub(crate) other: Option<OtherRole>,
    /// Whether that still holds.
    pub(crate) standing: Option<Standing>,
    /// What a node says of itself, and what somebody approved that it is sent.
    pub(crate) node: Option<(NodeFacts, Offer)>,
    pub(crate) presence: PresenceAs,
}

/// Decides about a `connect`.
pub(crate) async fn decide(
    arrival: &Arrival,
    id: &str,
    protocol: Protocol,
    params: &ConnectParams,
    nonce: &str,
) -> Result<Claim, Refusal> {
    let refuse = Refuse { id, protocol };
    let role_word = params.role.as_deref().unwrap_or("operator");
    let role =
        Role::parse(role_word).ok_or_else(|| refuse.invalid("invalid role", "INVALID_ROLE"))?;
    let scopes = match role {
        Role::Operator => ScopeSet::parse(params.scopes.iter().flatten().map(String::as_str)),
        Role::Node => ScopeSet::EMPTY,
    };
    let Some(proof) = &params.device else {
        return without_device(arrival, &refuse, params, role, scopes);
    };
    let locality = &arrival.locality;
    let challenge = Challenge {
        nonce,
        now_ms: arrival.shared.engine.now_ms(),
        nonce_optional: protocol == Protocol::V3 && locality.direct_loopback,
    };
    let device = prove(params, proof, role_word, challenge)
        .map_err(|doubt| refuse.invalid(doubt.text(), doubt.code()))?;
    let facts = (role == Role::Node).then(|| node::facts(arrival, params));
    let claim = DeviceClaim {
        id: device.id.clone(),
        public_key: device.public_key,
        label: label(arrival, params),
        role,
        requested: scopes,
        offer: facts.as_ref().map(NodeFacts::offer),
    };
    let admission = with_device(arrival, &refuse, params, claim).await?;
    let presence = presence(arrival, params, Some(&device), &admission.principal);
    Ok(Claim {
        principal: admission.principal,
        device_token: Some((admission.token, admission.issued_at_ms)),
        other: admission.other,
        standing: Some(admission.standing),
        node: facts.zip(admission.offer),
        presence,
    })
}

/// Without a device only the shared secret helps, and only directly from this machine and not
/// from a page does it give rights (DECISIONS D9a).
fn without_device(
    arrival: &Arrival,
    refuse: &Refuse<'_>,
    params: &ConnectParams,
    role: Role,
    scopes: ScopeSet,
) -> Result<Claim, Refusal> {
    if params.client.id.ends_with("control-ui") {
        let text = "control ui requires HTTPS or localhost (secure context)";
        return Err(refuse.invalid(text, "CONTROL_UI_DEVICE_IDENTITY_REQUIRED"));
    }
    let auth = params.auth.as_ref();
    if role == Role::Node || auth.is_none_or(|auth| auth.token.is_none() && auth.password.is_none())
    {
        let shape = ErrorShape::new(ErrorCode::NotPaired, "device identity required");
        return Err(refuse.with(shape, "DEVICE_IDENTITY_REQUIRED", json!({})));
    }
    let locality = &arrival.locality;
    match arrival.shared.auth.check(locality.addr, auth) {
        Shown::Good => {}
        bad => return Err(unauthorized(arrival, refuse, params, bad)),
    }
    let owner = locality.direct_loopback && locality.page == Page::None;
    let principal = if owner {
        Principal {
            id: PrincipalId::Owner,
            role,
            scopes,
        }
    } else {
        Principal {
            id: PrincipalId::Guest,
            role,
            scopes: ScopeSet::EMPTY,
        }
    };
    let presence = presence(arrival, params, None, &principal);
    Ok(Claim {
        principal,
        device_token: None,
        other: None,
        standing: None,
        node: None,
        presence,
    })
}

/// Whoever shows the secret in an HTTP request: the owner on this very machine and without a page
/// in between (DECISIONS D9), else somebody without rights.
pub(crate) fn bearer(locality: &Locality) -> Chain {
    let owner = locality.direct_loopback && locality.page == Page::None;
    let (id, scopes) = if owner {
        (PrincipalId::Owner, ScopeSet::all())
    } else {
        (PrincipalId::Guest, ScopeSet::EMPTY)
    };
    Chain::of(Principal {
        id,
        role: Role::Operator,
        scopes,
    })
}

fn label(arrival: &Arrival, params: &ConnectParams) -> DeviceLabel {
    let client = &params.client;
    DeviceLabel {
        display_name: client.display_name.clone(),
        platform: Some(client.platform.clone()),
        device_family: client.device_family.clone(),
        client_id: Some(client.id.clone()),
        client_mode: Some(client.mode.clone()),
        remote_ip: (!arrival.locality.direct_loopback).then(|| arrival.locality.addr.to_string()),
    }
}
