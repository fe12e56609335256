//! Requests of devices, and who decides on them. What is approved is exactly the request that was
//! stored under this id: a changed one has another id (SECURITY T17).

use std::collections::BTreeSet;

use tidegate_core::store::{Device, PairRequest};
use tidegate_core::{Permit, ScopeSet};

use super::admission::standing_scopes;
use super::mint::{mint, not_its_own};
use super::told::Decision;
use crate::{Engine, EngineError};

/// A request is forgotten after this time, in milliseconds (V3 2.4).
pub(super) const REQUEST_TTL_MS: u64 = 5 * 60 * 1000;
/// Requests that may wait; the oldest gives way.
const MAX_PENDING: u32 = 50;

/// A request that waits, beside what the device has.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The request.
    pub request: PairRequest,
    /// Whether the device is known.
    pub is_known: bool,
    /// What it has in the role that it asks for; none if it has not this role.
    pub granted: Option<ScopeSet>,
    /// The commands that somebody approved for it, as far as they count for what it offers now.
    pub granted_commands: BTreeSet<String>,
}

impl Waiting {
    fn of(request: PairRequest, device: Option<&Device>) -> Self {
        let granted = standing_scopes(device, request.role);
        Self {
            is_known: device.is_some(),
            granted_commands: granted
                .and_then(|_| standing_commands(&request, device?))
                .unwrap_or_default(),
            granted,
            request,
        }
    }
}

/// What was approved of a node's commands for a machine of the system that the request says.
fn standing_commands(request: &PairRequest, device: &Device) -> Option<BTreeSet<String>> {
    let (offer, approved) = (
        request.offer.as_ref()?,
        device.grant(request.role)?.offer.as_ref()?,
    );
    (offer.system == approved.system).then(|| approved.commands.clone())
}

/// Devices that wait, and devices that may join.
#[derive(Debug, Clone)]
pub struct Devices {
    /// Those that wait, newest first.
    pub waiting: Vec<Waiting>,
    /// Those that may join, newest approval first, and whether each is connected.
    pub paired: Vec<(Device, bool)>,
}

impl Engine {
    /// Every device, with its last use, which is written for that. Nodes that offer more than was
    /// approved are among those that wait.
    ///
    /// # Errors
    /// The store failed.
    pub async fn devices(&self) -> Result<Devices, EngineError> {
        self.write_uses().await;
        self.nodes().ask_for_all().await?;
        let paired = self.inner().devices.devices().await?;
        let requests = self.requests().await?;
        let waiting = requests.into_iter().map(|request| {
            let device = paired.iter().find(|device| device.id == request.device_id);
            Waiting::of(request, device)
        });
        Ok(Devices {
            waiting: waiting.collect(),
            paired: paired
                .into_iter()
                .map(|device| {
                    let connected = self.inner().pairing.is_connected(&device.id);
                    (device, connected)
                })
                .collect(),
        })
    }

    /// Whether a device is connected.
    pub fn is_connected(&self, device: &Device) -> bool {
        self.inner().pairing.is_connected(&device.id)
    }

    /// The requests that wait.
    pub(crate) async fn requests(&self) -> Result<Vec<PairRequest>, EngineError> {
        let devices = &self.inner().devices;
        Ok(devices.pair_requests(self.expired_before_ms()).await?)
    }

    fn expired_before_ms(&self) -> u64 {
        self.now_ms().saturating_sub(REQUEST_TTL_MS)
    }

    /// Stores a request, or finds the one that asks for the same, and tells those who decide.
    pub(crate) async fn ask_to_pair(
        &self,
        request: PairRequest,
        device: Option<&Device>,
    ) -> Result<PairRequest, EngineError> {
        let devices = &self.inner().devices;
        let requested = devices
            .request_pairing(request, self.expired_before_ms(), MAX_PENDING)
            .await?;
        for voided in requested.voided {
            self.end_request(&voided, Decision::Superseded);
        }
        if requested.is_new {
            self.tell_requested(&Waiting::of(requested.request.clone(), device));
        }
        Ok(requested.request)
    }

    /// Tells everyone who waits for it how a request ended.
    fn end_request(&self, request: &PairRequest, decision: Decision) {
        let pairing = &self.inner().pairing;
        if decision == Decision::Superseded {
            pairing.note_voided(request.request_id.clone());
        }
        pairing.upgrades.settle(&request.request_id, decision);
        self.tell_resolved(&request.request_id, &request.device_id, decision);
    }

    /// Gives a device exactly what the request asks for.
    ///
    /// # Errors
    /// The request does not wait any more or was replaced, or it asks for more than the caller has.
    pub async fn approve_device(
        &self,
        permit: &Permit,
        request_id: &str,
    ) -> Result<Device, EngineError> {
        let _alone = self.alone_as(permit).await?;
        let requests = self.requests().await?;
        let request = requests
            .into_iter()
            .find(|request| request.request_id == request_id)
            .ok_or_else(|| self.gone(request_id))?;
        mint(permit.caller(), request.role, request.scopes)?;
        let devices = &self.inner().devices;
        if let Some(known) = devices.device(&request.device_id).await? {
            not_its_own(permit.caller(), &known, request.role)?;
        }
        // Nobody has this token; the device gets one of its own when it comes.
        let (_, token) = self.new_token();
        let device = devices
            .approve_pairing(request_id, self.expired_before_ms(), token)
            .await?
            .ok_or_else(|| self.gone(request_id))?;
        tracing::info!(
            target: "tidegate::devices", device = %device.id, role = request.role.as_str(),
            scopes = request.scopes.words().join(","), by = permit.caller().id.storage_key(), "approved"
        );
        if let Some(offer) = request.offer.clone() {
            self.inner().nodes.approve(&device.id, offer);
        }
        self.end_request(&request, Decision::Approved);
        Ok(device)
    }

    /// Refuses a request.
    ///
    /// # Errors
    /// The request does not wait any more.
    pub async fn reject_device(
        &self,
        permit: &Permit,
        request_id: &str,
    ) -> Result<PairRequest, EngineError> {
        let _alone = self.alone_as(permit).await?;
        let devices = &self.inner().devices;
        let request = devices
            .reject_pairing(request_id, self.expired_before_ms())
            .await?
            .ok_or_else(|| self.gone(request_id))?;
        tracing::info!(
            target: "tidegate::devices", device = %request.device_id,
            by = permit.caller().id.storage_key(), "rejected"
        );
        self.end_request(&request, Decision::Rejected);
        Ok(request)
    }

    fn gone(&self, request_id: &str) -> EngineError {
        if self.inner().pairing.was_voided(request_id) {
            EngineError::Stale
        } else {
            EngineError::invalid("unknown requestId")
        }
    }
}
