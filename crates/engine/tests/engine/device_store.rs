//! A store of devices that a test can stop at each step, and that counts its writes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tidegate_core::ScopeSet;
use tidegate_core::store::{
    Device, DeviceGrant, DeviceLabel, DeviceStore, NewToken, PairRequest, Requested, StoreError,
    Touch, Trust, TrustChange,
};
use tidegate_protocol::{DeviceId, Role};
use tidegate_store::MemoryStore;
use tokio::sync::Notify;

/// Devices in memory; the step that is armed waits until the test lets it go on. Before and after
/// each verb is a step.
pub(crate) struct Halting {
    pub(crate) kept: MemoryStore,
    pub(crate) left: Mutex<Option<usize>>,
    pub(crate) halted: Notify,
    pub(crate) go: Notify,
    writes: AtomicUsize,
}

impl Halting {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            kept: MemoryStore::new(),
            left: Mutex::default(),
            halted: Notify::new(),
            go: Notify::new(),
            writes: AtomicUsize::new(0),
        })
    }

    /// How often something was written since this was last asked.
    pub(crate) fn writes(&self) -> usize {
        self.writes.swap(0, Ordering::AcqRel)
    }

    async fn step(&self) {
        let halts = {
            let mut left = self.left.lock().unwrap();
            let halts = *left == Some(0);
            *left = left.and_then(|left| left.checked_sub(1));
            halts
        };
        if halts {
            self.halted.notify_one();
            self.go.notified().await;
        }
    }

    async fn around<T>(&self, verb: impl Future<Output = T>) -> T {
        self.step().await;
        let done = verb.await;
        self.step().await;
        done
    }

    async fn written<T>(&self, verb: impl Future<Output = T>) -> T {
        self.writes.fetch_add(1, Ordering::AcqRel);
        self.around(verb).await
    }
}

#[async_trait]
impl DeviceStore for Halting {
    async fn device(&self, id: &DeviceId) -> Result<Option<Device>, StoreError> {
        self.around(self.kept.device(id)).await
    }

    async fn devices(&self) -> Result<Vec<Device>, StoreError> {
        self.around(self.kept.devices()).await
    }

    async fn grant(
        &self,
        id: &DeviceId,
        public_key: [u8; 32],
        label: DeviceLabel,
        grant: DeviceGrant,
    ) -> Result<(), StoreError> {
        self.written(self.kept.grant(id, public_key, label, grant))
            .await
    }

    async fn touch(&self, id: &DeviceId, role: Role, touch: Touch) -> Result<(), StoreError> {
        self.written(self.kept.touch(id, role, touch)).await
    }

    async fn request_pairing(
        &self,
        request: PairRequest,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<Requested, StoreError> {
        let asked = self
            .kept
            .request_pairing(request, expired_before_ms, max_pending);
        self.written(asked).await
    }

    async fn pair_requests(&self, expired_before_ms: u64) -> Result<Vec<PairRequest>, StoreError> {
        self.around(self.kept.pair_requests(expired_before_ms))
            .await
    }

    async fn approve_pairing(
        &self,
        request_id: &str,
        expired_before_ms: u64,
        token: NewToken,
    ) -> Result<Option<Device>, StoreError> {
        let approved = self
            .kept
            .approve_pairing(request_id, expired_before_ms, token);
        self.written(approved).await
    }

    async fn reject_pairing(
        &self,
        request_id: &str,
        expired_before_ms: u64,
    ) -> Result<Option<PairRequest>, StoreError> {
        self.written(self.kept.reject_pairing(request_id, expired_before_ms))
            .await
    }

    async fn replace_token(
        &self,
        id: &DeviceId,
        role: Role,
        token: NewToken,
        scopes: ScopeSet,
    ) -> Result<Option<Device>, StoreError> {
        self.written(self.kept.replace_token(id, role, token, scopes))
            .await
    }

    async fn revoke_token(
        &self,
        id: &DeviceId,
        role: Role,
        at_ms: u64,
    ) -> Result<Option<u64>, StoreError> {
        self.written(self.kept.revoke_token(id, role, at_ms)).await
    }

    async fn remove_device(
        &self,
        id: &DeviceId,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<Device>, StoreError> {
        self.written(self.kept.remove_device(id, by, at_ms)).await
    }

    async fn rename_device(&self, id: &DeviceId, name: &str) -> Result<bool, StoreError> {
        self.written(self.kept.rename_device(id, name)).await
    }

    async fn set_trust(
        &self,
        id: &DeviceId,
        to: Trust,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<TrustChange>, StoreError> {
        self.written(self.kept.set_trust(id, to, by, at_ms)).await
    }
}
