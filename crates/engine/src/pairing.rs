//! Devices: who may join as what. The edge has verified the signature before anything here is
//! asked; scopes are always what was requested and is also granted.

use std::sync::{Arc, Mutex, PoisonError};

use tidegate_core::secret::hex;
use tidegate_core::store::{DeviceGrant, DeviceLabel, PairRequest};
use tidegate_core::{Clock, IdGen, Principal, PrincipalId, ScopeSet, Secret, SecretHash};
use tidegate_protocol::{DeviceId, Role};

use crate::{Engine, EngineError};

/// A pairing request is forgotten after this time (V3 2.4).
const REQUEST_TTL_MS: u64 = 5 * 60 * 1000;
const MAX_PENDING: u32 = 50;
/// A one-time code lives this long (DECISIONS D10).
const CODE_TTL_MS: u64 = 10 * 60 * 1000;
/// Wrong tries that burn a code (DECISIONS D14).
const CODE_TRIES: u8 = 5;
const CODES: usize = 16;
/// Characters of a code that name it; the rest is its secret of 128 bits.
const CODE_NAME_CHARS: usize = 8;
const CODE_CHARS: usize = CODE_NAME_CHARS + 32;

/// A device whose signature was verified, and what it asks for.
#[derive(Debug, Clone)]
pub struct DeviceClaim {
    /// Computed from the key.
    pub id: DeviceId,
    /// The raw key.
    pub public_key: [u8; 32],
    /// What it says of itself.
    pub label: DeviceLabel,
    /// As what.
    pub role: Role,
    /// With which rights.
    pub requested: ScopeSet,
}

/// What the device showed beside its signature.
#[derive(Debug, Clone)]
pub enum Joined {
    /// The owner's proof: the shared secret over a direct loopback connection.
    Owner,
    /// The shared secret from elsewhere.
    Secret,
    /// A one-time code that was redeemed.
    Code,
    /// A token of this device.
    Token(Secret<String>),
}

/// A device that may join.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Who it is now.
    pub principal: Principal,
    /// Its token: the one that it showed, or a new one.
    pub token: Secret<String>,
    /// When the token was made, in Unix milliseconds.
    pub issued_at_ms: u64,
}

/// Why a device may not join.
#[derive(Debug)]
pub enum Refusal {
    /// Its token is not (or no longer) good for this role.
    BadToken,
    /// Somebody must approve it first, under this id.
    PairingRequired {
        /// The request.
        request_id: String,
        /// Whether the device is known and wants more.
        upgrade: bool,
    },
    /// It could not be decided.
    Failed(EngineError),
}

impl<E: Into<EngineError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Engine {
    /// Decides whether a device may join, and with which rights.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn admit(&self, claim: DeviceClaim, shown: Joined) -> Result<Admission, Refusal> {
        match shown {
            Joined::Token(token) => self.admit_token(claim, token).await,
            Joined::Owner | Joined::Code => self.pair(claim).await,
            Joined::Secret => self.admit_secret(claim).await,
        }
    }

    async fn admit_token(
        &self,
        claim: DeviceClaim,
        token: Secret<String>,
    ) -> Result<Admission, Refusal> {
        let device = self
            .inner()
            .devices
            .device(&claim.id)
            .await?
            .ok_or(Refusal::BadToken)?;
        let grant = device.grant(claim.role).ok_or(Refusal::BadToken)?;
        if grant.revoked_at_ms.is_some() || !grant.token.matches(token.expose()) {
            return Err(Refusal::BadToken);
        }
        self.inner()
            .devices
            .touch(&claim.id, claim.role, claim.label, self.now_ms())
            .await?;
        Ok(Admission {
            principal: Principal {
                id: PrincipalId::Device(claim.id),
                role: claim.role,
                scopes: claim.requested.within(grant.token_scopes),
            },
            token,
            issued_at_ms: grant.issued_at_ms,
        })
    }

    /// The shared secret from elsewhere admits a device that was approved for all that it asks;
    /// anything more waits for an approval.
    async fn admit_secret(&self, claim: DeviceClaim) -> Result<Admission, Refusal> {
        let known = self.inner().devices.device(&claim.id).await?;
        let granted = known.as_ref().and_then(|device| device.grant(claim.role));
        if granted.is_some_and(|grant| claim.requested.within(grant.scopes) == claim.requested) {
            return self.pair(claim).await;
        }
        let now = self.now_ms();
        let request = PairRequest {
            request_id: self.inner().ids.uuid(),
            device_id: claim.id,
            public_key: claim.public_key,
            label: claim.label,
            role: claim.role,
            scopes: claim.requested,
            at_ms: now,
        };
        let stored = self
            .inner()
            .devices
            .request_pairing(request, now.saturating_sub(REQUEST_TTL_MS), MAX_PENDING)
            .await?;
        Err(Refusal::PairingRequired {
            request_id: stored.request_id,
            upgrade: known.is_some(),
        })
    }

    /// Adds role and scopes to the device and gives it a new token for exactly what it asked.
    async fn pair(&self, claim: DeviceClaim) -> Result<Admission, Refusal> {
        let known = self.inner().devices.device(&claim.id).await?;
        let before = known
            .as_ref()
            .and_then(|device| device.grant(claim.role))
            .map_or(ScopeSet::EMPTY, |grant| grant.scopes);
        let token = hex(&self.inner().ids.secret());
        let now = self.now_ms();
        let grant = DeviceGrant {
            role: claim.role,
            scopes: before.union(claim.requested),
            token: SecretHash::of(&token),
            token_scopes: claim.requested,
            issued_at_ms: now,
            revoked_at_ms: None,
        };
        self.inner()
            .devices
            .grant(&claim.id, claim.public_key, claim.label, grant)
            .await?;
        Ok(Admission {
            principal: Principal {
                id: PrincipalId::Device(claim.id),
                role: claim.role,
                scopes: claim.requested,
            },
            token: Secret::new(token),
            issued_at_ms: now,
        })
    }

    /// Makes a one-time code with which a browser may join. Gives the code and when it expires.
    pub fn one_time_code(&self) -> (Secret<String>, u64) {
        self.inner().codes.make(&*self.inner().ids)
    }

    /// Uses a one-time code up. False if it is wrong, used, expired or burned.
    pub fn redeem(&self, code: &str) -> bool {
        self.inner().codes.redeem(code)
    }
}

/// Codes that wait to be used: in memory, hashed, few.
pub(crate) struct OneTimeCodes {
    clock: Arc<dyn Clock>,
    codes: Mutex<Vec<OneTimeCode>>,
}

struct OneTimeCode {
    name: String,
    hash: SecretHash,
    expires_at_ms: u64,
    tries: u8,
}

impl OneTimeCodes {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            codes: Mutex::default(),
        }
    }

    fn make(&self, ids: &dyn IdGen) -> (Secret<String>, u64) {
        let code: String = hex(&ids.secret()).chars().take(CODE_CHARS).collect();
        let expires_at_ms = self.clock.now_ms() + CODE_TTL_MS;
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        if codes.len() >= CODES {
            codes.remove(0);
        }
        let name = code.chars().take(CODE_NAME_CHARS).collect();
        codes.push(OneTimeCode {
            name,
            hash: SecretHash::of(&code),
            expires_at_ms,
            tries: 0,
        });
        (Secret::new(code), expires_at_ms)
    }

    fn redeem(&self, code: &str) -> bool {
        let now = self.clock.now_ms();
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        codes.retain(|c| c.expires_at_ms > now);
        let Some(index) = codes.iter().position(|c| code.starts_with(&c.name)) else {
            return false;
        };
        let Some(found) = codes.get_mut(index) else {
            return false;
        };
        let good = found.hash.matches(code);
        found.tries += 1;
        if good || found.tries >= CODE_TRIES {
            codes.remove(index);
        }
        good
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::{ManualClock, SystemIds};

    fn codes() -> (Arc<ManualClock>, OneTimeCodes) {
        let clock = Arc::new(ManualClock::at(1_000));
        (Arc::clone(&clock), OneTimeCodes::new(clock))
    }

    #[test]
    fn a_code_works_once_and_not_after_ten_minutes() {
        let (clock, codes) = codes();
        let (code, _) = codes.make(&SystemIds);
        assert!(codes.redeem(code.expose()));
        assert!(!codes.redeem(code.expose()));
        let (late, _) = codes.make(&SystemIds);
        clock.advance_ms(CODE_TTL_MS);
        assert!(!codes.redeem(late.expose()));
    }

    #[test]
    fn five_wrong_tries_burn_a_code() {
        let (_, codes) = codes();
        let (code, _) = codes.make(&SystemIds);
        let wrong = format!("{}{}", &code.expose()[..CODE_NAME_CHARS], "0".repeat(32));
        for _ in 0..CODE_TRIES {
            assert!(!codes.redeem(&wrong));
        }
        assert!(!codes.redeem(code.expose()));
    }
}
