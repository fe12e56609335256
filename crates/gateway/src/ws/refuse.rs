//! How somebody is refused at the door, in the shapes of both generations.

use serde_json::{Value, json};
use tidegate_engine::Refusal as PairRefusal;
use tidegate_protocol::api::connect::{
    AUTH_BOOTSTRAP_TOKEN_INVALID, AUTH_DEVICE_TOKEN_MISMATCH, AUTH_PASSWORD_MISMATCH,
    AUTH_PASSWORD_MISSING, AUTH_RATE_LIMITED, AUTH_TOKEN_MISMATCH, AUTH_TOKEN_MISSING,
    CODE_WRONG_ROLE, ConnectParams, TOKEN_REVOKED,
};
use tidegate_protocol::version::Protocol;
use tidegate_protocol::{ErrorCode, ErrorShape};

use super::handshake::{Arrival, Refusal};
use crate::auth::Shown;
use crate::auth::limiter::Kind;
use crate::error::ApiError;

const BAD_CODE: &str = "unauthorized: this code was used before or has expired; make a new one where the gateway runs, for a browser with `tidegate dashboard`, for a device with `tidegate devices code`";

/// Refuses in the shapes of both generations: protocol 4 gets a code in the details.
pub(super) struct Refuse<'a> {
    pub(super) id: &'a str,
    pub(super) protocol: Protocol,
}

impl Refuse<'_> {
    pub(super) fn with(&self, mut shape: ErrorShape, code: &str, more: Value) -> Refusal {
        let mut details = more;
        if let (Protocol::V4, Value::Object(object)) = (self.protocol, &mut details) {
            object.insert("code".into(), code.into());
        }
        if details.as_object().is_some_and(|object| !object.is_empty()) {
            shape.details = Some(details);
        }
        Refusal::with(self.id, shape)
    }

    /// More than the code says, for whoever can read it.
    fn reason(&self, word: &str) -> Value {
        match self.protocol {
            Protocol::V3 => json!({}),
            Protocol::V4 => json!({ "reason": word }),
        }
    }

    pub(super) fn invalid(&self, text: &str, code: &str) -> Refusal {
        self.with(ErrorShape::invalid(text), code, json!({}))
    }
}

pub(super) fn pairing(refuse: &Refuse<'_>, why: PairRefusal) -> Refusal {
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
        // No guess: whoever knows it was let in by it. So it is told, and not counted.
        PairRefusal::Revoked => refuse.with(
            ErrorShape::invalid("unauthorized: device token mismatch (it was revoked)"),
            AUTH_DEVICE_TOKEN_MISMATCH,
            refuse.reason(TOKEN_REVOKED),
        ),
        PairRefusal::BadToken => refuse.invalid(
            "unauthorized: device token mismatch",
            AUTH_DEVICE_TOKEN_MISMATCH,
        ),
        PairRefusal::BadCode => refuse.invalid(BAD_CODE, AUTH_BOOTSTRAP_TOKEN_INVALID),
        PairRefusal::WrongRole => refuse.with(
            ErrorShape::invalid(
                "unauthorized: this code is not for this role; ask for one that is",
            ),
            AUTH_BOOTSTRAP_TOKEN_INVALID,
            refuse.reason(CODE_WRONG_ROLE),
        ),
        PairRefusal::Failed(error) => Refusal::with(refuse.id, *ApiError::from(error).shape),
    }
}

/// A wrong try is counted, and past the limit only that is said.
pub(super) fn counted(
    arrival: &Arrival,
    refuse: &Refuse<'_>,
    kind: Kind,
    why: PairRefusal,
) -> Refusal {
    limited(arrival, refuse, kind).unwrap_or_else(|| pairing(refuse, why))
}

/// A missing or wrong secret; a wrong one is counted, and past the limit only that is said.
pub(super) fn unauthorized(
    arrival: &Arrival,
    refuse: &Refuse<'_>,
    params: &ConnectParams,
    shown: Shown,
) -> Refusal {
    let kind = match shown {
        Shown::Limited { retry_after_ms } => return rate_limited(arrival, refuse, retry_after_ms),
        Shown::Wrong(kind) => {
            if let Some(limited) = limited(arrival, refuse, kind) {
                return limited;
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
        (Shown::Missing(_), Kind::Password) => ("missing", AUTH_PASSWORD_MISSING),
        (Shown::Missing(_), _) => ("missing", AUTH_TOKEN_MISSING),
        (_, Kind::Password) => ("mismatch", AUTH_PASSWORD_MISMATCH),
        _ => ("mismatch", AUTH_TOKEN_MISMATCH),
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

/// Counts a wrong try; a refusal if there was no room for it.
fn limited(arrival: &Arrival, refuse: &Refuse<'_>, kind: Kind) -> Option<Refusal> {
    let wait_ms = arrival.shared.auth.wrong(arrival.locality.addr, kind)?;
    Some(rate_limited(arrival, refuse, wait_ms))
}

fn rate_limited(arrival: &Arrival, refuse: &Refuse<'_>, wait_ms: u64) -> Refusal {
    arrival.shared.metrics.refused("rate");
    let mut shape =
        ErrorShape::invalid("unauthorized: too many failed authentication attempts (retry later)");
    shape.retryable = Some(true);
    shape.retry_after_ms = Some(wait_ms);
    refuse.with(shape, AUTH_RATE_LIMITED, json!({}))
}
