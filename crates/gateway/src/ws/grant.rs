//! Who may join, with which rights: the order of checks is V3's, the rules are DECISIONS D8-D11.

use serde_json::{Value, json};
use tidegate_core::node::NodeFacts;
use tidegate_core::store::DeviceLabel;
use tidegate_core::{Chain, Principal, PrincipalId, ScopeSet, Secret, Standing};
use tidegate_engine::{Admission, DeviceClaim, Joined, OtherRole, Refusal as PairRefusal};
use tidegate_protocol::api::connect::{ConnectAuth, ConnectParams};
use tidegate_protocol::api::health::PresenceEntry;
use tidegate_protocol::version::Protocol;
use tidegate_protocol::{ErrorCode, ErrorShape, Role};

use super::handshake::{Arrival, Refusal};
use super::node;
use crate::auth::Shown;
use crate::auth::device::{Challenge, ProvedDevice, prove};
use crate::auth::limiter::Kind;
use crate::auth::locality::Locality;
use crate::error::ApiError;

/// Characters of a device id: hex SHA-256.
const DEVICE_ID_CHARS: usize = 64;

/// What a connection was granted.
pub(crate) struct Claim {
    pub(crate) principal: Principal,
    /// The device's token and when it was made.
    pub(crate) device_token: Option<(Secret<String>, u64)>,
    /// A token for its other role, from a setup code.
    pub(crate) other: Option<OtherRole>,
    /// Whether that still holds.
    pub(crate) standing: Option<Standing>,
    /// What a node says of itself.
    pub(crate) node: Option<NodeFacts>,
    pub(crate) presence: PresenceAs,
}

/// How the connection is listed.
#[derive(Debug, Clone)]
pub(crate) struct PresenceAs {
    /// None for one-shot command lines, which are not listed.
    pub(crate) key: Option<String>,
    pub(crate) entry: PresenceEntry,
}

/// Refuses in the shapes of both generations: protocol 4 gets a code in the details.
struct Refuse<'a> {
    id: &'a str,
    protocol: Protocol,
}

impl Refuse<'_> {
    fn with(&self, mut shape: ErrorShape, code: &str, more: Value) -> Refusal {
        let mut details = more;
        if let (Protocol::V4, Value::Object(object)) = (self.protocol, &mut details) {
            object.insert("code".into(), code.into());
        }
        if details.as_object().is_some_and(|object| !object.is_empty()) {
            shape.details = Some(details);
        }
        Refusal::with(self.id, shape)
    }

    fn invalid(&self, text: &str, code: &str) -> Refusal {
        self.with(ErrorShape::invalid(text), code, json!({}))
    }
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
    let claim = DeviceClaim {
        id: device.id.clone(),
        public_key: device.public_key,
        label: label(arrival, params),
        role,
        requested: scopes,
    };
    let admission = with_device(arrival, &refuse, params, claim).await?;
    let presence = presence(arrival, params, Some(&device), &admission.principal);
    Ok(Claim {
        principal: admission.principal,
        device_token: Some((admission.token, admission.issued_at_ms)),
        other: admission.other,
        standing: Some(admission.standing),
        node: (role == Role::Node).then(|| node::facts(arrival, params)),
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
    let owner = locality.direct_loopback && !locality.has_origin;
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
    let owner = locality.direct_loopback && !locality.has_origin;
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

async fn with_device(
    arrival: &Arrival,
    refuse: &Refuse<'_>,
    params: &ConnectParams,
    claim: DeviceClaim,
) -> Result<Admission, Refusal> {
    let engine = &arrival.shared.engine;
    let locality = &arrival.locality;
    let auth = params.auth.as_ref();
    if let Some(code) = auth.and_then(|auth| auth.bootstrap_token.as_deref()) {
        return with_code(arrival, refuse, claim, code).await;
    }
    // A live token of the device comes first and is never blocked; what else was shown is judged,
    // and counted, as the secret that it claims to be.
    let token = device_token(auth);
    if let Some(token) = token {
        match engine
            .admit(claim.clone(), Joined::Token(Secret::new(token.to_owned())))
            .await
        {
            // Where a good secret was shown beside it, a token that gives less is no hindrance.
            Ok(admission)
                if admission.principal.scopes == claim.requested
                    || !matches!(arrival.shared.auth.check(locality.addr, auth), Shown::Good) =>
            {
                return Ok(admission);
            }
            Ok(_) | Err(PairRefusal::BadToken) => {}
            Err(why) => return Err(pairing(refuse, why)),
        }
    }
    match arrival.shared.auth.check(locality.addr, auth) {
        Shown::Good => {
            let joined = if locality.direct_loopback {
                Joined::Owner
            } else {
                Joined::Secret
            };
            engine
                .admit(claim, joined)
                .await
                .map_err(|why| pairing(refuse, why))
        }
        Shown::Missing(_) if token.is_some() => Err(bad_device_token(arrival, refuse)),
        bad => Err(unauthorized(arrival, refuse, params, bad)),
    }
}

fn bad_device_token(arrival: &Arrival, refuse: &Refuse<'_>) -> Refusal {
    let limited = arrival
        .shared
        .auth
        .wrong(arrival.locality.addr, Kind::DeviceToken);
    limited.map_or_else(
        || {
            refuse.invalid(
                "unauthorized: device token mismatch",
                "AUTH_DEVICE_TOKEN_MISMATCH",
            )
        },
        |wait| rate_limited(arrival, refuse, wait),
    )
}

async fn with_code(
    arrival: &Arrival,
    refuse: &Refuse<'_>,
    claim: DeviceClaim,
    code: &str,
) -> Result<Admission, Refusal> {
    // A code has 128 bits, so a good one is never refused for the sake of wrong ones.
    let Some(grant) = arrival.shared.engine.redeem(code) else {
        if let Some(wait) = arrival.shared.auth.wrong(arrival.locality.addr, Kind::Code) {
            return Err(rate_limited(arrival, refuse, wait));
        }
        let text = "unauthorized: this code was used before or has expired; run `tidegate dashboard` or `tidegate devices code` for a new one";
        return Err(refuse.invalid(text, "AUTH_BOOTSTRAP_TOKEN_INVALID"));
    };
    arrival
        .shared
        .engine
        .admit(claim, Joined::Code(grant))
        .await
        .map_err(|why| pairing(refuse, why))
}

/// A token that may be a device's: the explicit field, else the common one.
fn device_token(auth: Option<&ConnectAuth>) -> Option<&str> {
    let auth = auth?;
    auth.device_token.as_deref().or(auth.token.as_deref())
}

fn pairing(refuse: &Refuse<'_>, why: PairRefusal) -> Refusal {
    match why {
        PairRefusal::PairingRequired {
            request_id,
            upgrade,
        } => {
            let shape = ErrorShape::new(ErrorCode::NotPaired, "pairing required");
            let more = match refuse.protocol {
                Protocol::V3 => json!({ "requestId": request_id }),
                Protocol::V4 => {
                    let reason = if upgrade {
                        "scope-upgrade"
                    } else {
                        "not-paired"
                    };
                    json!({ "requestId": request_id, "reason": reason })
                }
            };
            refuse.with(shape, "PAIRING_REQUIRED", more)
        }
        PairRefusal::BadToken => refuse.invalid(
            "unauthorized: device token mismatch",
            "AUTH_DEVICE_TOKEN_MISMATCH",
        ),
        PairRefusal::WrongRole => refuse.invalid(
            "unauthorized: this code is not for this role; ask for one that is",
            "AUTH_BOOTSTRAP_TOKEN_INVALID",
        ),
        PairRefusal::Failed(error) => Refusal::with(refuse.id, *ApiError::from(error).shape),
    }
}

/// A missing or wrong secret; a wrong one is counted, and past the limit only that is said.
fn unauthorized(
    arrival: &Arrival,
    refuse: &Refuse<'_>,
    params: &ConnectParams,
    shown: Shown,
) -> Refusal {
    let kind = match shown {
        Shown::Limited { retry_after_ms } => return rate_limited(arrival, refuse, retry_after_ms),
        Shown::Wrong(kind) => {
            if let Some(wait) = arrival.shared.auth.wrong(arrival.locality.addr, kind) {
                return rate_limited(arrival, refuse, wait);
            }
            kind
        }
        Shown::Missing(kind) => kind,
        Shown::Good => Kind::Token,
    };
    let (name, field) = match kind {
        Kind::Password => ("password", "password"),
        Kind::Token | Kind::DeviceToken | Kind::Code | Kind::Webhook => ("token", "token"),
    };
    let (what, code) = match (shown, kind) {
        (Shown::Missing(_), Kind::Password) => ("missing", "AUTH_PASSWORD_MISSING"),
        (Shown::Missing(_), _) => ("missing", "AUTH_TOKEN_MISSING"),
        (_, Kind::Password) => ("mismatch", "AUTH_PASSWORD_MISMATCH"),
        _ => ("mismatch", "AUTH_TOKEN_MISMATCH"),
    };
    let hint = hint(params, field);
    refuse.invalid(
        &format!("unauthorized: gateway {name} {what} ({hint})"),
        code,
    )
}

fn hint(params: &ConnectParams, field: &str) -> String {
    let page = params.client.id.ends_with("control-ui") || params.client.mode == "webchat";
    if params.client.mode == "cli" {
        format!("set gateway.remote.{field} to match gateway.auth.{field}")
    } else if page && field == "token" {
        "open the link that `tidegate dashboard` prints, or paste the token in the settings".into()
    } else if page {
        "enter the password in the settings".into()
    } else {
        format!("provide gateway auth {field}")
    }
}

fn rate_limited(arrival: &Arrival, refuse: &Refuse<'_>, wait_ms: u64) -> Refusal {
    arrival.shared.metrics.refused("rate");
    let mut shape =
        ErrorShape::invalid("unauthorized: too many failed authentication attempts (retry later)");
    shape.retryable = Some(true);
    shape.retry_after_ms = Some(wait_ms);
    refuse.with(shape, "AUTH_RATE_LIMITED", json!({}))
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

fn presence(
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
