//! What a device that proved its key may: by its token, by the shared secret, by a code.

use tidegate_core::Secret;
use tidegate_engine::{Admission, DeviceClaim, Joined, Refusal as PairRefusal};
use tidegate_protocol::api::connect::{ConnectAuth, ConnectParams};

use super::handshake::{Arrival, Refusal};
use super::refuse::{Refuse, bad_code, bad_device_token, pairing, unauthorized};
use crate::auth::Shown;
use crate::auth::locality::Page;

/// Decides about a device whose signature was verified.
pub(super) async fn with_device(
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
    let secret = || matches!(arrival.shared.auth.check(locality.addr, auth), Shown::Good);
    let token = device_token(auth, secret);
    if let Some(token) = token {
        match engine
            .admit(claim.clone(), Joined::Token(Secret::new(token.to_owned())))
            .await
        {
            // Where a good secret was shown beside it, a token that gives less is no hindrance.
            Ok(admission) if gives_all(&admission, &claim) || !secret() => return Ok(admission),
            Ok(_) | Err(PairRefusal::BadToken) => {}
            // Nor is one that was revoked.
            Err(PairRefusal::Revoked) if secret() => {}
            Err(why) => return Err(pairing(refuse, why)),
        }
    }
    match arrival.shared.auth.check(locality.addr, auth) {
        Shown::Good => {
            // Another page than ours may have got the secret from anywhere: an Origin gives nothing.
            let joined = if locality.direct_loopback && locality.page != Page::Listed {
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

/// Whether a device got all that it asked for, and is sent all that it offers.
fn gives_all(admission: &Admission, claim: &DeviceClaim) -> bool {
    let offers_more = match (&claim.offer, &admission.offer) {
        (Some(offer), Some(approved)) => !offer.is_within(approved),
        _ => false,
    };
    admission.principal.scopes == claim.requested && !offers_more
}

async fn with_code(
    arrival: &Arrival,
    refuse: &Refuse<'_>,
    claim: DeviceClaim,
    code: &str,
) -> Result<Admission, Refusal> {
    let shown = Joined::Code(Secret::new(code.to_owned()));
    match arrival.shared.engine.admit(claim, shown).await {
        Err(PairRefusal::BadCode) => Err(bad_code(arrival, refuse)),
        // A code has 128 bits, so a good one is never refused for the sake of wrong ones.
        decided => decided.map_err(|why| pairing(refuse, why)),
    }
}

/// A token that may be a device's: the explicit field, else the common one. What is the secret is
/// none: it is not looked for among those of devices.
fn device_token(auth: Option<&ConnectAuth>, secret: impl Fn() -> bool) -> Option<&str> {
    let auth = auth?;
    let explicit = auth.device_token.as_deref();
    let alone = explicit.is_none() && auth.password.is_none();
    let is_secret = alone && secret();
    explicit.or(auth.token.as_deref()).filter(|_| !is_secret)
}
