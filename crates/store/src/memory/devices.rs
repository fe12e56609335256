//! Devices, what they may do, and those that want to join.

use async_trait::async_trait;
use tidegate_core::store::{
    Device, DeviceGrant, DeviceLabel, DeviceStore, PairRequest, StoreError,
};
use tidegate_protocol::{DeviceId, Role};

use super::state::{MemoryStore, State, misuse};
use crate::rules;

impl State {
    fn grant(
        &mut self,
        id: &DeviceId,
        public_key: [u8; 32],
        label: DeviceLabel,
        grant: DeviceGrant,
    ) -> Result<(), StoreError> {
        let role = grant.role;
        let device = self.devices.entry(id.clone()).or_insert_with(|| Device {
            id: id.clone(),
            public_key,
            label: DeviceLabel::default(),
            paired_at_ms: grant.issued_at_ms,
            grants: Vec::new(),
        });
        if device.public_key != public_key {
            return Err(misuse("grant", "the device has another public key"));
        }
        device.label = label;
        device.grants.retain(|kept| kept.role != role);
        device.grants.push(grant);
        device.grants.sort_by_key(|kept| kept.role.as_str());
        self.pair_requests
            .retain(|request| request.device_id != *id || request.role != role);
        Ok(())
    }

    fn request_pairing(
        &mut self,
        request: PairRequest,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> PairRequest {
        self.pair_requests
            .retain(|kept| kept.at_ms >= expired_before_ms);
        let of_device = |kept: &&PairRequest| kept.device_id == request.device_id;
        if let Some(stored) = self.pair_requests.iter().find(of_device)
            && rules::asks_the_same(stored, &request)
        {
            return stored.clone();
        }
        self.pair_requests
            .retain(|kept| kept.device_id != request.device_id);
        self.pair_requests.sort_by_key(|kept| kept.at_ms);
        let room = max_pending.saturating_sub(1) as usize;
        let surplus = self.pair_requests.len().saturating_sub(room);
        self.pair_requests.drain(..surplus);
        self.pair_requests.push(request.clone());
        request
    }
}

#[async_trait]
impl DeviceStore for MemoryStore {
    async fn device(&self, id: &DeviceId) -> Result<Option<Device>, StoreError> {
        Ok(self.state().devices.get(id).cloned())
    }

    async fn grant(
        &self,
        id: &DeviceId,
        public_key: [u8; 32],
        label: DeviceLabel,
        grant: DeviceGrant,
    ) -> Result<(), StoreError> {
        self.state().grant(id, public_key, label, grant)
    }

    async fn touch(
        &self,
        id: &DeviceId,
        _role: Role,
        label: DeviceLabel,
        _now_ms: u64,
    ) -> Result<(), StoreError> {
        // The time of last use has no reader in the port yet.
        if let Some(device) = self.state().devices.get_mut(id) {
            device.label = label;
        }
        Ok(())
    }

    async fn request_pairing(
        &self,
        request: PairRequest,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<PairRequest, StoreError> {
        Ok(self
            .state()
            .request_pairing(request, expired_before_ms, max_pending))
    }
}
