//! Whether a device may join, and with which rights.

use tidegate_core::node::Offer;
use tidegate_core::secret::hex;
use tidegate_core::store::{Device, DeviceGrant, DeviceLabel, NewToken, PairRequest, Touch};
use tidegate_core::{Principal, PrincipalId, ScopeSet, Secret, SecretHash, Standing};
use tidegate_protocol::{DeviceId, Role};

use super::codes::CodeGrant;
use super::told::Decision;
use crate::{Engine, EngineError};

/// A token that nobody showed for so long is worthless, in milliseconds: half a year.
const TOKEN_IDLE_MS: u64 = 180 * 24 * 60 * 60 * 1000;

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
    /// What it offers as a node; none for an operator.
    pub offer: Option<Offer>,
}

/// What the device showed beside its signature.
#[derive(Debug, Clone)]
pub enum Joined {
    /// The owner's proof: the shared secret over a direct loopback connection.
    Owner,
    /// The shared secret from elsewhere.
    Secret,
    /// A one-time code that was redeemed, and what it is good for.
    Code(CodeGrant),
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
    /// Whether that still holds; asked at each use.
    pub standing: Standing,
    /// The other role that its code gave it.
    pub other: Option<OtherRole>,
    /// What somebody approved that it is sent as a node; none for an operator.
    pub offer: Option<Offer>,
}

/// The token for a role in which a device did not connect.
#[derive(Debug, Clone)]
pub struct OtherRole {
    /// The role.
    pub role: Role,
    /// Its token.
    pub token: Secret<String>,
    /// What it is good for.
    pub scopes: ScopeSet,
    /// When it was made, in Unix milliseconds.
    pub issued_at_ms: u64,
}

/// Why a device may not join.
#[derive(Debug)]
pub enum Refusal {
    /// Its token is not (or no longer) good for this role.
    BadToken,
    /// Its token was the right one until somebody revoked it.
    Revoked,
    /// Its code is not for this role.
    WrongRole,
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

/// What a device has in a role that nobody took back.
pub(super) fn standing_scopes(device: Option<&Device>, role: Role) -> Option<ScopeSet> {
    let grant = device?.grant(role)?;
    grant.revoked_at_ms.is_none().then_some(grant.scopes)
}

impl Engine {
    /// Decides whether a device may join, and with which rights.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub async fn admit(&self, claim: DeviceClaim, shown: Joined) -> Result<Admission, Refusal> {
        let alone = self.inner().pairing.rights();
        match shown {
            Joined::Token(token) => self.admit_token(claim, token).await,
            Joined::Owner => {
                let _alone = alone.await;
                self.pair(claim).await
            }
            Joined::Code(grant) => {
                let _alone = alone.await;
                self.admit_code(claim, grant).await
            }
            Joined::Secret => {
                let _alone = alone.await;
                self.admit_secret(claim).await
            }
        }
    }

    async fn admit_token(
        &self,
        claim: DeviceClaim,
        token: Secret<String>,
    ) -> Result<Admission, Refusal> {
        // Nothing is kept for a stranger who shows some token.
        if self.inner().devices.device(&claim.id).await?.is_none() {
            return Err(Refusal::BadToken);
        }
        let standing = self.inner().pairing.standing(&claim.id, claim.role);
        let now_ms = self.now_ms();
        let device = self.inner().devices.device(&claim.id).await?;
        let grant = device
            .as_ref()
            .and_then(|device| device.grant(claim.role))
            .filter(|grant| grant.token.matches(token.expose()))
            .ok_or(Refusal::BadToken)?;
        if grant.revoked_at_ms.is_some() {
            return Err(Refusal::Revoked);
        }
        if !grant.is_live(now_ms) {
            return Err(Refusal::BadToken);
        }
        let noted = Touch {
            label: claim.label,
            at_ms: now_ms,
            expires_at_ms: Some(now_ms.saturating_add(TOKEN_IDLE_MS)),
            offer: claim.offer.clone(),
        };
        let devices = &self.inner().devices;
        devices.touch(&claim.id, claim.role, noted).await?;
        Ok(Admission {
            principal: Principal {
                id: PrincipalId::Device(claim.id),
                role: claim.role,
                scopes: claim.requested.within(grant.token_scopes),
            },
            token,
            issued_at_ms: grant.issued_at_ms,
            standing,
            other: None,
            offer: grant.offer.clone().or(claim.offer),
        })
    }

    /// The shared secret from elsewhere admits a device that was approved for all that it asks, and
    /// not revoked since; anything more waits for an approval.
    async fn admit_secret(&self, claim: DeviceClaim) -> Result<Admission, Refusal> {
        let known = self.inner().devices.device(&claim.id).await?;
        let has = standing_scopes(known.as_ref(), claim.role);
        if has.is_some_and(|has| claim.requested.within(has) == claim.requested) {
            // The secret from elsewhere makes no more of a node than was approved.
            let approved = known.as_ref().and_then(|device| device.grant(claim.role));
            let approved = approved.and_then(|grant| grant.offer.clone());
            let offer = approved.or(claim.offer);
            return self.pair(DeviceClaim { offer, ..claim }).await;
        }
        let request = PairRequest {
            request_id: self.inner().ids.uuid(),
            device_id: claim.id,
            public_key: claim.public_key,
            label: claim.label,
            role: claim.role,
            scopes: claim.requested,
            offer: claim.offer,
            at_ms: self.now_ms(),
        };
        let stored = self.ask_to_pair(request, known.as_ref()).await?;
        Err(Refusal::PairingRequired {
            request_id: stored.request_id,
            upgrade: known.is_some(),
        })
    }

    /// A code gives no more than it was made for; a phone gets its other role with it, since the
    /// code is used up.
    async fn admit_code(&self, claim: DeviceClaim, grant: CodeGrant) -> Result<Admission, Refusal> {
        let ceiling = grant.ceiling(claim.role).ok_or(Refusal::WrongRole)?;
        let other_role = match claim.role {
            Role::Operator => Role::Node,
            Role::Node => Role::Operator,
        };
        let other = grant.ceiling(other_role).map(|scopes| DeviceClaim {
            role: other_role,
            requested: scopes,
            offer: None,
            ..claim.clone()
        });
        let mut admission = self
            .pair(DeviceClaim {
                requested: claim.requested.within(ceiling),
                ..claim
            })
            .await?;
        if let Some(other) = other {
            let made = self.pair(other).await?;
            admission.other = Some(OtherRole {
                role: made.principal.role,
                scopes: made.principal.scopes,
                token: made.token,
                issued_at_ms: made.issued_at_ms,
            });
        }
        Ok(admission)
    }

    /// Adds role and scopes to the device and gives it a new token for exactly what it asked.
    async fn pair(&self, claim: DeviceClaim) -> Result<Admission, Refusal> {
        let standing = self.inner().pairing.standing(&claim.id, claim.role);
        let known = self.inner().devices.device(&claim.id).await?;
        let before = standing_scopes(known.as_ref(), claim.role);
        let (token, stored) = self.new_token();
        let now_ms = stored.issued_at_ms;
        let grant = DeviceGrant {
            role: claim.role,
            scopes: before.unwrap_or_default().union(claim.requested),
            token: stored.hash,
            token_scopes: claim.requested,
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
            .grant(&claim.id, claim.public_key, claim.label, grant)
            .await?;
        if before.is_none_or(|before| !claim.requested.is_subset(before)) {
            let request_id = self.inner().ids.uuid();
            self.tell_resolved(&request_id, &claim.id, Decision::Approved);
            let upgrades = &self.inner().pairing.upgrades;
            upgrades.settle_of(&claim.id, claim.role, Decision::Approved);
        }
        Ok(Admission {
            principal: Principal {
                id: PrincipalId::Device(claim.id),
                role: claim.role,
                scopes: claim.requested,
            },
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
