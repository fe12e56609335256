//! Devices, what they may do, and those that want to join.

use async_trait::async_trait;
use tidegate_core::ScopeSet;
use tidegate_core::store::{
    Device, DeviceGrant, DeviceLabel, DeviceStore, NewToken, PairRequest, Requested, StoreError,
    TRUST_CHANGES_KEPT, TRUST_CHANGES_TOLD, Touch, Trust, TrustChange,
};
use tidegate_protocol::{DeviceId, Role};

use super::state::{MemoryStore, State, misuse};
use crate::rules;

impl State {
    fn device_or_new(
        &mut self,
        id: &DeviceId,
        public_key: [u8; 32],
        label: DeviceLabel,
        now_ms: u64,
    ) -> &mut Device {
        self.devices.entry(id.clone()).or_insert_with(|| Device {
            id: id.clone(),
            public_key,
            label,
            name: None,
            trust: Trust::default(),
            trust_changes: Vec::new(),
            paired_at_ms: now_ms,
            approved_at_ms: now_ms,
            grants: Vec::new(),
        })
    }

    fn grant(
        &mut self,
        id: &DeviceId,
        public_key: [u8; 32],
        label: DeviceLabel,
        mut grant: DeviceGrant,
    ) -> Result<(), StoreError> {
        let (role, now_ms) = (grant.role, grant.issued_at_ms);
        let device = self.device_or_new(id, public_key, DeviceLabel::default(), now_ms);
        if device.public_key != public_key {
            return Err(misuse("grant", "the device has another public key"));
        }
        device.label = label;
        let before = device.grant(role);
        if rules::widens(before, &grant) {
            device.approved_at_ms = now_ms;
        }
        grant.granted_at_ms = device
            .grant(role)
            .map_or(grant.granted_at_ms, |before| before.granted_at_ms);
        put_grant(device, grant);
        self.pair_requests
            .retain(|request| request.device_id != *id || request.role != role);
        Ok(())
    }

    fn request_pairing(
        &mut self,
        request: PairRequest,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Requested {
        self.pair_requests
            .retain(|kept| kept.at_ms >= expired_before_ms);
        let of_device = |kept: &PairRequest| kept.device_id == request.device_id;
        let place = self.pair_requests.iter().position(of_device);
        let mut voided = Vec::new();
        if let Some(place) = place {
            let stored = self.pair_requests.remove(place);
            if rules::asks_the_same(&stored, &request) {
                self.pair_requests.insert(place, stored.clone());
                return Requested {
                    request: stored,
                    is_new: false,
                    voided,
                };
            }
            voided.push(stored);
        }
        self.pair_requests.sort_by_key(|kept| kept.at_ms);
        let room = max_pending.saturating_sub(1) as usize;
        let surplus = self.pair_requests.len().saturating_sub(room);
        voided.extend(self.pair_requests.drain(..surplus));
        self.pair_requests.push(request.clone());
        Requested {
            request,
            is_new: true,
            voided,
        }
    }

    fn take_request(&mut self, request_id: &str, expired_before_ms: u64) -> Option<PairRequest> {
        self.pair_requests
            .retain(|kept| kept.at_ms >= expired_before_ms);
        let is_it = |kept: &PairRequest| kept.request_id == request_id;
        let place = self.pair_requests.iter().position(is_it)?;
        Some(self.pair_requests.remove(place))
    }

    fn approve(
        &mut self,
        request_id: &str,
        expired_before_ms: u64,
        token: NewToken,
    ) -> Option<Device> {
        let request = self.take_request(request_id, expired_before_ms)?;
        let now_ms = token.issued_at_ms;
        let id = request.device_id.clone();
        let device = self.device_or_new(&id, request.public_key, request.label.clone(), now_ms);
        let before = device.grant(request.role).cloned();
        device.approved_at_ms = now_ms;
        put_grant(device, rules::approved(before, &request, token));
        self.told_by(&id)
    }
}

impl State {
    /// A device as it is told: with the newest changes of trust.
    fn told(&self, device: &Device) -> Device {
        let changes = self.trust_changes.get(&device.id);
        let newest = changes.into_iter().flatten().rev();
        Device {
            trust_changes: newest.take(TRUST_CHANGES_TOLD as usize).cloned().collect(),
            ..device.clone()
        }
    }

    fn told_by(&self, id: &DeviceId) -> Option<Device> {
        self.devices.get(id).map(|device| self.told(device))
    }

    fn keep_trust(&mut self, id: &DeviceId, change: TrustChange) {
        let kept = self.trust_changes.entry(id.clone()).or_default();
        kept.push(change);
        let surplus = kept.len().saturating_sub(TRUST_CHANGES_KEPT as usize);
        kept.drain(..surplus);
    }
}

fn put_grant(device: &mut Device, grant: DeviceGrant) {
    device.grants.retain(|kept| kept.role != grant.role);
    device.grants.push(grant);
    device.grants.sort_by_key(|kept| kept.role.as_str());
}

#[async_trait]
impl DeviceStore for MemoryStore {
    async fn device(&self, id: &DeviceId) -> Result<Option<Device>, StoreError> {
        Ok(self.state().told_by(id))
    }

    async fn devices(&self) -> Result<Vec<Device>, StoreError> {
        let state = self.state();
        let told = state.devices.values().map(|device| state.told(device));
        let mut all: Vec<Device> = told.collect();
        all.sort_by(|a, b| {
            let newest_first = b.approved_at_ms.cmp(&a.approved_at_ms);
            newest_first.then_with(|| a.id.cmp(&b.id))
        });
        Ok(all)
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

    async fn touch(&self, id: &DeviceId, role: Role, touch: Touch) -> Result<(), StoreError> {
        let mut state = self.state();
        let Some(device) = state.devices.get_mut(id) else {
            return Ok(());
        };
        device.label = touch.label;
        let from = device.label.remote_ip.clone();
        if let Some(grant) = device.grants.iter_mut().find(|grant| grant.role == role) {
            grant.used_at_ms = Some(touch.at_ms);
            grant.used_from = from;
            grant.expires_at_ms = touch.expires_at_ms;
            grant.offer = grant.offer.take().or(touch.offer);
        }
        Ok(())
    }

    async fn request_pairing(
        &self,
        request: PairRequest,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<Requested, StoreError> {
        Ok(self
            .state()
            .request_pairing(request, expired_before_ms, max_pending))
    }

    async fn pair_requests(&self, expired_before_ms: u64) -> Result<Vec<PairRequest>, StoreError> {
        let state = self.state();
        let mut waiting: Vec<PairRequest> = state
            .pair_requests
            .iter()
            .filter(|kept| kept.at_ms >= expired_before_ms)
            .cloned()
            .collect();
        waiting.reverse();
        waiting.sort_by_key(|kept| std::cmp::Reverse(kept.at_ms));
        Ok(waiting)
    }

    async fn approve_pairing(
        &self,
        request_id: &str,
        expired_before_ms: u64,
        token: NewToken,
    ) -> Result<Option<Device>, StoreError> {
        Ok(self.state().approve(request_id, expired_before_ms, token))
    }

    async fn reject_pairing(
        &self,
        request_id: &str,
        expired_before_ms: u64,
    ) -> Result<Option<PairRequest>, StoreError> {
        Ok(self.state().take_request(request_id, expired_before_ms))
    }

    async fn replace_token(
        &self,
        id: &DeviceId,
        role: Role,
        token: NewToken,
        scopes: ScopeSet,
    ) -> Result<Option<Device>, StoreError> {
        let mut state = self.state();
        let Some(device) = state.devices.get_mut(id) else {
            return Ok(None);
        };
        let Some(grant) = device.grants.iter_mut().find(|grant| grant.role == role) else {
            return Ok(None);
        };
        *grant = DeviceGrant {
            role,
            scopes,
            token: token.hash,
            token_scopes: scopes,
            granted_at_ms: grant.granted_at_ms,
            issued_at_ms: token.issued_at_ms,
            revoked_at_ms: None,
            expires_at_ms: token.expires_at_ms,
            used_at_ms: None,
            used_from: None,
            offer: grant.offer.take(),
        };
        Ok(state.told_by(id))
    }

    async fn revoke_token(
        &self,
        id: &DeviceId,
        role: Role,
        at_ms: u64,
    ) -> Result<Option<u64>, StoreError> {
        let mut state = self.state();
        let device = state.devices.get_mut(id);
        let grant = device.and_then(|device| device.grants.iter_mut().find(|g| g.role == role));
        Ok(grant.map(|grant| *grant.revoked_at_ms.get_or_insert(at_ms)))
    }

    async fn remove_device(
        &self,
        id: &DeviceId,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<Device>, StoreError> {
        let mut state = self.state();
        state
            .pair_requests
            .retain(|request| request.device_id != *id);
        let told = state.told_by(id);
        if let Some(change) = state
            .devices
            .remove(id)
            .and_then(|device| rules::trust_ends(device.trust, by, at_ms))
        {
            state.keep_trust(id, change);
        }
        Ok(told)
    }

    async fn rename_device(&self, id: &DeviceId, name: &str) -> Result<bool, StoreError> {
        let mut state = self.state();
        let device = state.devices.get_mut(id);
        Ok(device
            .map(|device| device.name = Some(name.to_owned()))
            .is_some())
    }

    async fn set_trust(
        &self,
        id: &DeviceId,
        to: Trust,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<TrustChange>, StoreError> {
        let mut state = self.state();
        let Some(device) = state.devices.get_mut(id) else {
            return Ok(None);
        };
        let change = TrustChange {
            from: std::mem::replace(&mut device.trust, to),
            to,
            by: by.to_owned(),
            at_ms,
        };
        state.keep_trust(id, change.clone());
        Ok(Some(change))
    }
}
