//! Whether whoever asked for something still may. Asked again whenever it is used, so that what is
//! taken back from a device is taken from whatever it started (SECURITY T18, T23).

use std::sync::Arc;

use tidegate_core::run::{ByDevice, Run, RunRequest};
use tidegate_core::{Permit, PrincipalId};
use tidegate_protocol::{DeviceId, Role, Scope};
use tokio::sync::MutexGuard;

use crate::{Engine, EngineError};

/// By whose right a turn uses tools: the devices that asked. The owner without a device, and in a
/// chat, is none.
#[derive(Clone, Default)]
pub(crate) struct Askers(Arc<[ByDevice]>);

impl Askers {
    /// Of a turn that answers these runs; none if one of them may not administer.
    pub(crate) fn of(runs: &[Run]) -> Option<Self> {
        let all_may = runs.iter().all(|run| run.request.may_administer);
        let devices = runs.iter().filter_map(|run| run.request.by.clone());
        all_may.then(|| Self(devices.collect()))
    }
}

impl Engine {
    /// Whether a device has a right in this role that nobody took back.
    async fn holds(&self, id: &DeviceId, role: Role, scope: Scope) -> bool {
        match self.inner().devices.device(id).await {
            Ok(device) => {
                let grant = device.as_ref().and_then(|device| device.grant(role));
                let now_ms = self.now_ms();
                grant.is_some_and(|grant| grant.is_live(now_ms) && grant.scopes.grants(scope))
            }
            Err(error) => {
                tracing::warn!(device = %id, error = %error, "the right of a device could not be read, so it has none");
                false
            }
        }
    }

    /// Whether everyone who asked may still use tools.
    pub(crate) async fn may_use_tools(&self, askers: &Askers) -> bool {
        for by in askers.0.iter() {
            if !self.holds(&by.device, by.role, Scope::Admin).await {
                return false;
            }
        }
        true
    }

    /// Whether whoever asked for a run may still administer.
    pub(crate) async fn still_administers(&self, request: &RunRequest) -> bool {
        match &request.by {
            _ if !request.may_administer => false,
            None => true,
            Some(by) => self.holds(&by.device, by.role, Scope::Admin).await,
        }
    }

    /// Whether whoever sent a command to a node may still do that; `by` is a principal's storage key.
    pub(crate) async fn may_still_send(&self, by: &str, scope: Scope) -> bool {
        match PrincipalId::stored_device(by) {
            Some(device) => self.holds(&device, Role::Operator, scope).await,
            None => true,
        }
    }

    /// Alone with what devices may do, for a caller whose own right was not taken back while it
    /// waited for its turn.
    ///
    /// # Errors
    /// It was, or the store cannot be read.
    pub(super) async fn alone_as(
        &self,
        permit: &Permit,
    ) -> Result<MutexGuard<'_, ()>, EngineError> {
        let alone = self.inner().pairing.rights().await;
        let caller = permit.caller();
        let Some(id) = caller.id.device() else {
            return Ok(alone);
        };
        let device = self.inner().devices.device(id).await?;
        let grant = device.as_ref().and_then(|device| device.grant(caller.role));
        let stands = grant.is_some_and(|grant| grant.revoked_at_ms.is_none());
        // Also a token that was only replaced since gives nothing any more.
        if stands && permit.stands() {
            return Ok(alone);
        }
        Err(EngineError::TakenBack)
    }
}
