//! Whether a device may join, and with which rights.

use tidegate_core::node::Offer;
use tidegate_core::store::{Device, DeviceGrant, DeviceLabel, PairRequest};
use tidegate_core::{Principal, PrincipalId, ScopeSet, Secret, Standing};
use tidegate_protocol::{DeviceId, Role};

use super::codes::CodeGrant;
use super::pair::touch;
use super::uses::Use;
use crate::{Engine, EngineError};

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
    /// A one-time code, which is used up by this.
    Code(Secret<String>),
    /// A token of this device.
    Token(Secret<String>),
}

/// A device that may join.
#[derive(Debug, Clone)]
pub struct Admission {
    /// Who it is now.
    pub principal: Principal,
    /// Its token: the one that it showed or was told before, or a new one.
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
    /// Its code is wrong, used, expired or burned, or the device made it itself.
    BadCode,
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

/// Whether a node offers something that nobody approved yet.
fn offers_more(claim: &DeviceClaim, grant: &DeviceGrant) -> bool {
    let within = |offer: &Offer| grant.offer.as_ref().is_some_and(|had| offer.is_within(had));
    claim.offer.as_ref().is_some_and(|offer| !within(offer))
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
                let known = self.inner().devices.device(&claim.id).await?;
                self.pair_by_secret(claim, known.as_ref()).await
            }
            Joined::Code(code) => {
                // Used up here and not before: whoever lost a right meanwhile has no code any more.
                let _alone = alone.await;
                let codes = &self.inner().pairing.codes;
                let grant = codes.redeem(code.expose(), &claim.id);
                self.admit_code(claim, grant.ok_or(Refusal::BadCode)?).await
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
        let standing = self.standing_of(&claim).await?;
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
        self.came_by(&claim, grant, &standing, now_ms).await?;
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

    /// What a device is admitted with. Nothing is kept for a stranger who shows some token.
    async fn standing_of(&self, claim: &DeviceClaim) -> Result<Standing, Refusal> {
        let pairing = &self.inner().pairing;
        if let Some(standing) = pairing.known_standing(&claim.id, claim.role) {
            return Ok(standing);
        }
        let known = self.inner().devices.device(&claim.id).await?;
        known.ok_or(Refusal::BadToken)?;
        Ok(pairing.standing(&claim.id, claim.role))
    }

    /// Notes that a device came by. What a node offers for the first time counts as approved, and
    /// somebody is asked about what it offers beyond that: then it is stored, with what the node
    /// calls itself, before anybody goes by it.
    async fn came_by(
        &self,
        claim: &DeviceClaim,
        grant: &DeviceGrant,
        standing: &Standing,
        now_ms: u64,
    ) -> Result<(), Refusal> {
        let touch = touch(claim, now_ms);
        if offers_more(claim, grant) {
            let devices = &self.inner().devices;
            self.inner().pairing.uses.forget(&claim.id, claim.role);
            devices.touch(&claim.id, claim.role, touch).await?;
            return Ok(());
        }
        let used = Use {
            device: claim.id.clone(),
            role: claim.role,
            touch,
            standing: standing.clone(),
        };
        self.note_use(used).await;
        Ok(())
    }

    /// The shared secret from elsewhere admits a device that was approved for all that it asks, and
    /// not revoked since; anything more waits for an approval.
    async fn admit_secret(&self, claim: DeviceClaim) -> Result<Admission, Refusal> {
        let known = self.inner().devices.device(&claim.id).await?;
        let has = standing_scopes(known.as_ref(), claim.role);
        if has.is_some_and(|has| claim.requested.within(has) == claim.requested) {
            // The secret from elsewhere makes no more of a node than was approved.
            let approved = approved_offer(known.as_ref(), claim.role);
            let offer = approved.or(claim.offer);
            let claim = DeviceClaim { offer, ..claim };
            return self.pair_by_secret(claim, known.as_ref()).await;
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

    /// A code gives no more than it was made for, so its token can nothing beside; a phone gets its
    /// other role with it, since the code is used up.
    async fn admit_code(&self, claim: DeviceClaim, grant: CodeGrant) -> Result<Admission, Refusal> {
        let ceiling = grant.ceiling(claim.role).ok_or(Refusal::WrongRole)?;
        let known = self.inner().devices.device(&claim.id).await?;
        let other = other_role(&claim, grant, known.as_ref());
        let known = known.as_ref();
        let asked = DeviceClaim {
            requested: claim.requested.within(ceiling),
            offer: offer_by_code(&claim, grant, known),
            ..claim
        };
        let mut admission = self.pair(asked, known, ScopeSet::EMPTY).await?;
        if let Some(other) = other {
            let made = self.pair(other, known, ScopeSet::EMPTY).await?;
            admission.other = Some(OtherRole {
                role: made.principal.role,
                scopes: made.principal.scopes,
                token: made.token,
                issued_at_ms: made.issued_at_ms,
            });
        }
        Ok(admission)
    }
}

/// What a device gets by its code in the role in which it did not come.
fn other_role(claim: &DeviceClaim, code: CodeGrant, known: Option<&Device>) -> Option<DeviceClaim> {
    let role = match claim.role {
        Role::Operator => Role::Node,
        Role::Node => Role::Operator,
    };
    let other = DeviceClaim {
        role,
        requested: code.ceiling(role)?,
        offer: None,
        ..claim.clone()
    };
    let offer = offer_by_code(&other, code, known);
    Some(DeviceClaim { offer, ..other })
}

/// What a node is sent that came by a code. Who makes a code for a node alone says yes to what that
/// machine offers with it. Who makes one for a phone was shown no command: what it offers waits for
/// an approval (SECURITY T17).
fn offer_by_code(claim: &DeviceClaim, code: CodeGrant, known: Option<&Device>) -> Option<Offer> {
    let approved = || approved_offer(known, Role::Node).unwrap_or_default();
    match claim.role {
        Role::Operator => None,
        Role::Node if code.operator.is_none() => claim.offer.clone(),
        Role::Node => Some(approved()),
    }
}

/// What somebody approved that a node is sent, and nobody took back.
fn approved_offer(known: Option<&Device>, role: Role) -> Option<Offer> {
    let grant = known?.grant(role)?;
    let stands = grant.revoked_at_ms.is_none();
    stands.then(|| grant.offer.clone()).flatten()
}
