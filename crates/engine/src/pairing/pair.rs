//! A right that a device is given because of what it showed, and its token.

use tidegate_core::secret::hex;
use tidegate_core::store::{Device, DeviceGrant, NewToken, Touch};
use tidegate_core::{Principal, PrincipalId, ScopeSet, Secret, SecretHash};

use super::admission::{Admission, DeviceClaim, Refusal, standing_scopes};
use super::told::Decision;
use super::uses::Use;
use crate::Engine;

/// A token that nobody showed for so long is worthless, in milliseconds: half a year.
pub(super) const TOKEN_IDLE_MS: u64 = 180 * 24 * 60 * 60 * 1000;

impl Engine {
    /// Lets in a device with which the shared secret was shown. A token that it was told and that
    /// gives what it asks is told again; else it gets one that can what the live one could, too:
    /// another program with the same key loses nothing. The caller is alone with the rights.
    pub(super) async fn pair_by_secret(
        &self,
        claim: DeviceClaim,
        known: Option<&Device>,
    ) -> Result<Admission, Refusal> {
        if let Some(admission) = self.told_again(&claim, known) {
            return Ok(admission);
        }
        let grant = known.and_then(|device| device.grant(claim.role));
        let live = grant.filter(|grant| grant.is_live(self.now_ms()));
        let could = live.map_or(ScopeSet::EMPTY, |grant| grant.token_scopes);
        self.pair(claim, known, could).await
    }

    /// The admission with a token that was told before. None if it gives less than what is asked,
    /// or is not known any more.
    fn told_again(&self, claim: &DeviceClaim, known: Option<&Device>) -> Option<Admission> {
        let now_ms = self.now_ms();
        let grant = known?.grant(claim.role)?;
        let gives_all = grant.is_live(now_ms)
            && claim.requested.is_subset(grant.token_scopes)
            && claim.offer == grant.offer;
        let pairing = &self.inner().pairing;
        let again = || pairing.told.again(&claim.id, claim.role, &grant.token);
        let token = gives_all.then(again).flatten()?;
        let standing = pairing.standing(&claim.id, claim.role);
        let used = Use {
            device: claim.id.clone(),
            role: claim.role,
            touch: touch(claim, now_ms),
            standing: standing.clone(),
        };
        pairing.uses.note(used).ok()?;
        Some(Admission {
            principal: principal(claim),
            token,
            issued_at_ms: grant.issued_at_ms,
            standing,
            other: None,
            offer: claim.offer.clone(),
        })
    }

    /// Adds role and scopes to the device and gives it a new token: for exactly what it asked, and
    /// for `beside`, which is no more than it has. The caller is alone with the rights.
    pub(super) async fn pair(
        &self,
        claim: DeviceClaim,
        known: Option<&Device>,
        beside: ScopeSet,
    ) -> Result<Admission, Refusal> {
        let pairing = &self.inner().pairing;
        let standing = pairing.standing(&claim.id, claim.role);
        let before = standing_scopes(known, claim.role);
        let scopes = before.unwrap_or_default().union(claim.requested);
        let (token, stored) = self.new_token();
        let now_ms = stored.issued_at_ms;
        let grant = DeviceGrant {
            role: claim.role,
            scopes,
            token: stored.hash,
            token_scopes: claim.requested.union(beside).intersection(scopes),
            granted_at_ms: now_ms,
            issued_at_ms: now_ms,
            revoked_at_ms: None,
            expires_at_ms: stored.expires_at_ms,
            used_at_ms: Some(now_ms),
            used_from: claim.label.remote_ip.clone(),
            offer: claim.offer.clone(),
        };
        let devices = &self.inner().devices;
        devices
            .grant(&claim.id, claim.public_key, claim.label.clone(), grant)
            .await?;
        pairing.uses.forget(&claim.id, claim.role);
        pairing.told.keep(&claim.id, claim.role, &token);
        if before.is_none_or(|before| !claim.requested.is_subset(before)) {
            let request_id = self.inner().ids.uuid();
            self.tell_resolved(&request_id, &claim.id, Decision::Approved);
            let upgrades = &pairing.upgrades;
            upgrades.settle_of(&claim.id, claim.role, Decision::Approved);
        }
        Ok(Admission {
            principal: principal(&claim),
            token,
            issued_at_ms: now_ms,
            standing,
            other: None,
            offer: claim.offer,
        })
    }

    /// A token of 256 random bits, and what is stored of it.
    pub(super) fn new_token(&self) -> (Secret<String>, NewToken) {
        let token = hex(&self.inner().ids.secret());
        let issued_at_ms = self.now_ms();
        let stored = NewToken {
            hash: SecretHash::of(&token),
            issued_at_ms,
            expires_at_ms: Some(issued_at_ms.saturating_add(TOKEN_IDLE_MS)),
        };
        (Secret::new(token), stored)
    }
}

/// What is noted of a device that came by: its token is good for another while.
pub(super) fn touch(claim: &DeviceClaim, now_ms: u64) -> Touch {
    Touch {
        label: claim.label.clone(),
        at_ms: now_ms,
        expires_at_ms: Some(now_ms.saturating_add(TOKEN_IDLE_MS)),
        offer: claim.offer.clone(),
    }
}

/// The device with all that it asked for.
fn principal(claim: &DeviceClaim) -> Principal {
    Principal {
        id: PrincipalId::Device(claim.id.clone()),
        role: claim.role,
        scopes: claim.requested,
    }
}
