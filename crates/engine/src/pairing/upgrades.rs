//! More rights for a device that is connected: it asks on its connection, somebody decides, and it
//! fetches its new token there. Nobody is thrown out for asking, and what it has keeps working.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::node::Offer;
use tidegate_core::store::PairRequest;
use tidegate_core::{Permit, Principal, ScopeSet, Secret};
use tidegate_protocol::{DeviceId, Role};
use tokio::sync::watch;
use tokio::time::Instant;

use super::admission::standing_scopes;
use super::decide::REQUEST_TTL_MS;
use super::told::Decision;
use crate::{Engine, EngineError};

/// Upgrades that are remembered; the oldest gives way.
const MOST: usize = 64;

/// A request for more that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The request.
    pub request_id: String,
    /// When it is void, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// How it ended.
#[derive(Debug)]
pub enum UpgradeOutcome {
    /// The device got it; this is its new token.
    Approved {
        /// The token.
        token: Secret<String>,
        /// What it is good for.
        scopes: ScopeSet,
    },
    /// Somebody said no, or the device asked for something else since.
    Rejected,
    /// Nobody answered.
    Expired,
}

/// Upgrades that somebody may wait for.
#[derive(Default)]
pub(crate) struct Upgrades(Mutex<Vec<Pending>>);

struct Pending {
    request_id: String,
    device: DeviceId,
    role: Role,
    ends: Instant,
    decision: watch::Sender<Option<Decision>>,
}

/// What a device waits for.
struct Awaited {
    role: Role,
    ends: Instant,
    decision: watch::Receiver<Option<Decision>>,
}

impl Upgrades {
    fn lock(&self) -> MutexGuard<'_, Vec<Pending>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn register(&self, request_id: &str, device: &DeviceId, role: Role, decided: Option<Decision>) {
        let mut pending = self.lock();
        if pending.iter().any(|kept| kept.request_id == request_id) {
            return;
        }
        let now = Instant::now();
        pending.retain(|kept| kept.ends > now);
        if pending.len() >= MOST {
            pending.remove(0);
        }
        pending.push(Pending {
            request_id: request_id.to_owned(),
            device: device.clone(),
            role,
            ends: now + Duration::from_millis(REQUEST_TTL_MS),
            decision: watch::Sender::new(decided),
        });
    }

    pub(super) fn settle(&self, request_id: &str, decision: Decision) {
        let pending = self.lock();
        for kept in pending.iter().filter(|kept| kept.request_id == request_id) {
            kept.decision.send_replace(Some(decision));
        }
    }

    /// Settles whatever the device asked for in this role and nobody decided on.
    pub(super) fn settle_of(&self, device: &DeviceId, role: Role, decision: Decision) {
        let pending = self.lock();
        let concerned = |kept: &&Pending| kept.device == *device && kept.role == role;
        for kept in pending.iter().filter(concerned) {
            kept.decision.send_if_modified(|open| {
                let was_open = open.is_none();
                *open = open.or(Some(decision));
                was_open
            });
        }
    }

    /// Whatever the device waits for in this role is a no from now on, also what was a yes: its
    /// right was replaced or taken back since.
    pub(super) fn refuse_of(&self, device: &DeviceId, role: Role) {
        let pending = self.lock();
        let concerned = |kept: &&Pending| kept.device == *device && kept.role == role;
        for kept in pending.iter().filter(concerned) {
            kept.decision.send_replace(Some(Decision::Rejected));
        }
    }

    fn awaited(&self, request_id: &str, device: &DeviceId) -> Option<Awaited> {
        let pending = self.lock();
        let of_it = |kept: &&Pending| kept.request_id == request_id && kept.device == *device;
        pending.iter().find(of_it).map(|kept| Awaited {
            role: kept.role,
            ends: kept.ends,
            decision: kept.decision.subscribe(),
        })
    }

    /// A decision is fetched once.
    fn forget(&self, request_id: &str) -> bool {
        let mut pending = self.lock();
        let before = pending.len();
        pending.retain(|kept| kept.request_id != request_id);
        pending.len() < before
    }
}

fn device_of(caller: &Principal) -> Result<&DeviceId, EngineError> {
    let none = "only a paired device can ask for more: connect with a device identity";
    let id = caller.id.device();
    id.ok_or_else(|| EngineError::invalid(none))
}

impl Engine {
    /// Asks for more than the caller's device has. What it was already approved for in the role that
    /// it speaks in needs nobody; a token of another role would outlive that one's rotation.
    ///
    /// # Errors
    /// The caller is no paired device.
    pub async fn request_upgrade(
        &self,
        caller: &Principal,
        role: Role,
        scopes: ScopeSet,
    ) -> Result<Upgrade, EngineError> {
        let id = device_of(caller)?;
        let device = self.inner().devices.device(id).await?;
        let device = device.ok_or_else(|| EngineError::invalid("unknown deviceId"))?;
        let upgrades = &self.inner().pairing.upgrades;
        let now_ms = self.now_ms();
        let has = standing_scopes(Some(&device), role);
        if role == caller.role && has.is_some_and(|has| scopes.within(has) == scopes) {
            let request_id = self.inner().ids.uuid();
            upgrades.register(&request_id, id, role, Some(Decision::Approved));
            return Ok(Upgrade {
                request_id,
                expires_at_ms: now_ms.saturating_add(REQUEST_TTL_MS),
            });
        }
        let request = PairRequest {
            request_id: self.inner().ids.uuid(),
            device_id: id.clone(),
            public_key: device.public_key,
            label: device.label.clone(),
            role,
            scopes,
            // It says what it offers when it comes as a node, and that is asked about then.
            offer: (role == Role::Node).then(Offer::default),
            at_ms: now_ms,
        };
        let stored = self.ask_to_pair(request, Some(&device)).await?;
        upgrades.register(&stored.request_id, id, role, None);
        Ok(Upgrade {
            request_id: stored.request_id,
            expires_at_ms: stored.at_ms.saturating_add(REQUEST_TTL_MS),
        })
    }

    /// Waits until somebody decided, and makes the new token.
    ///
    /// # Errors
    /// There is no such request of this device, or the gateway is stopping.
    pub async fn wait_upgrade(
        &self,
        permit: &Permit,
        request_id: &str,
    ) -> Result<UpgradeOutcome, EngineError> {
        let id = device_of(permit.caller())?;
        let unknown = || EngineError::invalid("scope upgrade expired or not found");
        let upgrades = &self.inner().pairing.upgrades;
        let mut awaited = upgrades.awaited(request_id, id).ok_or_else(unknown)?;
        let decided = tokio::select! {
            () = self.inner().stop.cancelled() => return Err(EngineError::Draining),
            () = tokio::time::sleep_until(awaited.ends) => None,
            decided = awaited.decision.wait_for(Option::is_some) => {
                decided.ok().and_then(|decided| *decided)
            }
        };
        // Of several who wait, one gets it.
        if !upgrades.forget(request_id) {
            return Err(unknown());
        }
        match decided {
            None => Ok(UpgradeOutcome::Expired),
            Some(Decision::Approved) => self.upgraded(permit, id, awaited.role).await,
            Some(Decision::Rejected | Decision::Superseded) => Ok(UpgradeOutcome::Rejected),
        }
    }

    async fn upgraded(
        &self,
        permit: &Permit,
        id: &DeviceId,
        role: Role,
    ) -> Result<UpgradeOutcome, EngineError> {
        let _alone = self.alone_as(permit).await?;
        let devices = &self.inner().devices;
        let device = devices.device(id).await?;
        // Whatever was taken back meanwhile is not given.
        let Some(scopes) = standing_scopes(device.as_ref(), role) else {
            return Ok(UpgradeOutcome::Rejected);
        };
        let (token, stored) = self.new_token();
        let replaced = devices.replace_token(id, role, stored, scopes).await?;
        Ok(match replaced {
            Some(_) => UpgradeOutcome::Approved { token, scopes },
            None => UpgradeOutcome::Rejected,
        })
    }
}
