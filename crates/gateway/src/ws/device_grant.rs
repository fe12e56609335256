//! What a device that proved its key may: by its token, by the shared secret, by a code.

use tidegate_core::Secret;
use tidegate_engine::{Admission, DeviceClaim, Joined, Refusal as PairRefusal};
use tidegate_protocol::api::connect::{ConnectAuth, ConnectParams};

use super::handshake::{Arrival, Refusal};
use super::refuse::{Refuse, counted, pairing, unauthorized};
use crate::auth::Shown;
use crate::auth::limiter::Kind;
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
    let shown = arrival.shared.auth.check(locality.addr, auth);
    let is_good = shown == Shown::Good;
    let token = device_token(auth, is_good);
    if let Some(token) = token {
        match engine
            .admit(claim.clone(), Joined::Token(Secret::new(token.to_owned())))
            .await
        {
            // Where a good secret was shown beside it, a token that gives less is no hindrance.
            Ok(admission) if gives_all(&admission, &claim) || !is_good => {
                count_beside(arrival, auth, token, shown);
                return Ok(admission);
            }
            Ok(_) | Err(PairRefusal::BadToken) => {}
            // Nor is one that was revoked.
            Err(PairRefusal::Revoked) if is_good => {}
            Err(why) => {
                count_beside(arrival, auth, token, shown);
                return Err(pairing(refuse, why));
            }
        }
    }
    match shown {
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
        Shown::Missing(_) if token.is_some() => {
            let (kind, why) = (Kind::DeviceToken, PairRefusal::BadToken);
            Err(counted(arrival, refuse, kind, why))
        }
        bad => Err(unauthorized(arrival, refuse, params, bad)),
    }
}

/// Counts a wrong secret that was shown beside a device's token: a right one would have given more,
/// so that what the token gives tells whether a guess was right.
fn count_beside(arrival: &Arrival, auth: Option<&ConnectAuth>, token: &str, shown: Shown) {
    let secrets = auth.map(|auth| [auth.token.as_deref(), auth.password.as_deref()]);
    let beside = |secret: &str| secret != token;
    if let Shown::Wrong(kind) = shown
        && secrets.is_some_and(|secrets| secrets.into_iter().flatten().any(beside))
    {
        // The token's answer stands, whether or not there is room for another try.
        let _ = arrival.shared.auth.wrong(arrival.locality.addr, kind);
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
        Err(why @ PairRefusal::BadCode) => Err(counted(arrival, refuse, Kind::Code, why)),
        // A code has 128 bits, so a good one is never refused for the sake of wrong ones.
        decided => decided.map_err(|why| pairing(refuse, why)),
    }
}

/// A token that may be a device's: the explicit field, else the common one. What is the secret is
/// none: it is not looked for among those of devices.
fn device_token(auth: Option<&ConnectAuth>, is_secret: bool) -> Option<&str> {
    let auth = auth?;
    let explicit = auth.device_token.as_deref();
    let alone = explicit.is_none() && auth.password.is_none();
    explicit
        .or(auth.token.as_deref())
        .filter(|_| !(alone && is_secret))
}
