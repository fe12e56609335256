//! A device that renews its right in the very moment in which it is taken back (SECURITY T18): each
//! thing that it can do is stopped at each of its steps in the store and the device is revoked
//! meanwhile, and the other way round; whichever comes first, the device comes out without rights.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use tidegate_core::store::{
    Device, DeviceGrant, DeviceLabel, DeviceStore, NewToken, PairRequest, Requested, StoreError,
    Touch, Trust, TrustChange,
};
use tidegate_core::{Principal, PrincipalId, ScopeSet, Secret};
use tidegate_engine::{Admission, CodeGrant, Joined, Refusal, UpgradeOutcome};
use tidegate_protocol::{DeviceId, Role, Scope};
use tidegate_store::MemoryStore;
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::devices::{admit, claim, id, owner, permit_of, scopes};
use crate::world::{Plan, World, settle};

/// Devices in memory; the step that is armed waits until the test lets it go on. Before and after
/// each verb is a step.
struct Halting {
    kept: MemoryStore,
    left: Mutex<Option<usize>>,
    halted: Notify,
    go: Notify,
}

impl Halting {
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
        self.around(self.kept.grant(id, public_key, label, grant))
            .await
    }

    async fn touch(&self, id: &DeviceId, role: Role, touch: Touch) -> Result<(), StoreError> {
        self.around(self.kept.touch(id, role, touch)).await
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
        self.around(asked).await
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
        self.around(approved).await
    }

    async fn reject_pairing(
        &self,
        request_id: &str,
        expired_before_ms: u64,
    ) -> Result<Option<PairRequest>, StoreError> {
        self.around(self.kept.reject_pairing(request_id, expired_before_ms))
            .await
    }

    async fn replace_token(
        &self,
        id: &DeviceId,
        role: Role,
        token: NewToken,
        scopes: ScopeSet,
    ) -> Result<Option<Device>, StoreError> {
        self.around(self.kept.replace_token(id, role, token, scopes))
            .await
    }

    async fn revoke_token(
        &self,
        id: &DeviceId,
        role: Role,
        at_ms: u64,
    ) -> Result<Option<u64>, StoreError> {
        self.around(self.kept.revoke_token(id, role, at_ms)).await
    }

    async fn remove_device(
        &self,
        id: &DeviceId,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<Device>, StoreError> {
        self.around(self.kept.remove_device(id, by, at_ms)).await
    }

    async fn rename_device(&self, id: &DeviceId, name: &str) -> Result<bool, StoreError> {
        self.around(self.kept.rename_device(id, name)).await
    }

    async fn set_trust(
        &self,
        id: &DeviceId,
        to: Trust,
        by: &str,
        at_ms: u64,
    ) -> Result<Option<TrustChange>, StoreError> {
        self.around(self.kept.set_trust(id, to, by, at_ms)).await
    }
}

const ALL: &[Scope] = &[Scope::Admin, Scope::Pairing, Scope::Read, Scope::Write];

/// What the device does in that moment.
#[derive(Debug, Clone, Copy)]
enum Deed {
    /// Connects with its token.
    Token,
    /// Connects with the shared secret, from elsewhere.
    Secret,
    /// Fetches a token for what it was approved for.
    Upgrade,
    /// Replaces its own token.
    Rotate,
    /// Replaces its own token as a node, whose role is taken back too.
    RotateNode,
    /// Approves what it asked for itself.
    Approve,
    /// Makes a code for another device.
    Code,
}

/// What came out of it.
#[derive(Default)]
struct Got {
    admission: Option<Admission>,
    token: Option<(Role, Secret<String>)>,
    code: Option<Secret<String>>,
}

fn operator() -> tidegate_engine::DeviceClaim {
    claim("d", Role::Operator, scopes(ALL))
}

fn itself() -> tidegate_core::Permit {
    permit_of(PrincipalId::Device(id("d")), scopes(ALL))
}

async fn did(world: &World, deed: Deed, token: Secret<String>, wish: String) -> Got {
    let engine = &world.engine;
    let permit = itself();
    let caller: &Principal = permit.caller();
    let mut got = Got::default();
    match deed {
        Deed::Token => got.admission = admit(world, operator(), Joined::Token(token)).await.ok(),
        Deed::Secret => got.admission = admit(world, operator(), Joined::Secret).await.ok(),
        Deed::Upgrade => {
            let asked = engine
                .request_upgrade(caller, Role::Operator, scopes(ALL))
                .await;
            if let Ok(asked) = asked
                && let Ok(UpgradeOutcome::Approved { token, .. }) =
                    engine.wait_upgrade(caller, &asked.request_id).await
            {
                got.token = Some((Role::Operator, token));
            }
        }
        Deed::Rotate | Deed::RotateNode => {
            let role = match deed {
                Deed::Rotate => Role::Operator,
                _ => Role::Node,
            };
            let rotated = engine.rotate_token(&permit, &id("d"), role, None).await;
            got.token = rotated.ok().map(|rotated| (role, rotated.token));
        }
        Deed::Approve => {
            let _ = engine.approve_device(&permit, &wish).await;
        }
        Deed::Code => {
            let made = engine.setup_code(caller, CodeGrant::full()).await;
            got.code = made.ok().map(|(code, ..)| code);
        }
    }
    got
}

/// Lets one of the two come to this step, the other as far as it can, and looks at what is left. False
/// if the first was over before.
async fn raced(deed: Deed, deed_first: bool, step: usize) -> bool {
    let store = Arc::new(Halting {
        kept: MemoryStore::new(),
        left: Mutex::default(),
        halted: Notify::new(),
        go: Notify::new(),
    });
    let plan = Plan {
        devices: Some(Arc::clone(&store) as _),
        ..Plan::default()
    };
    let world = Arc::new(plan.start().await);
    let joined = admit(&world, operator(), Joined::Owner).await.unwrap();
    let node = claim("d", Role::Node, ScopeSet::EMPTY);
    admit(&world, node, Joined::Owner).await.unwrap();
    // It wants one scope more than it has.
    let more = [ALL, &[Scope::Approvals]].concat();
    let wish = world
        .engine
        .request_upgrade(itself().caller(), Role::Operator, scopes(&more))
        .await
        .unwrap()
        .request_id;

    let (doing, token) = (Arc::clone(&world), joined.token.clone());
    let deed_done = async move { did(&doing, deed, token, wish).await };
    let revoking = Arc::clone(&world);
    let revoked = async move {
        for role in [Role::Operator, Role::Node] {
            let done = revoking.engine.revoke_token(&owner(), &id("d"), role).await;
            done.unwrap();
        }
    };
    let got = if deed_first {
        meet(&store, step, deed_done, revoked)
            .await
            .map(|(got, ())| got)
    } else {
        meet(&store, step, revoked, deed_done)
            .await
            .map(|((), got)| got)
    };
    let Some(got) = got else {
        return false;
    };
    let what = format!("{deed:?} at step {step}, deed first: {deed_first}");
    has_nothing(&world, &store.kept, &joined, got, &what).await;
    true
}

/// Lets the first come to this step, the second as far as it can, and then both to their ends. None
/// if the first was over before.
async fn meet<A: Send + 'static, B: Send + 'static>(
    store: &Halting,
    step: usize,
    first: impl Future<Output = A> + Send + 'static,
    second: impl Future<Output = B> + Send + 'static,
) -> Option<(A, B)> {
    let tasks = TaskTracker::new();
    *store.left.lock().unwrap() = Some(step);
    let mut first = tasks.spawn(first);
    tokio::select! {
        () = store.halted.notified() => {}
        done = &mut first => {
            done.unwrap();
            return None;
        }
    }
    let second = tasks.spawn(second);
    settle().await;
    store.go.notify_one();
    Some((first.await.unwrap(), second.await.unwrap()))
}

async fn has_nothing(world: &World, store: &MemoryStore, before: &Admission, got: Got, what: &str) {
    let device = store.device(&id("d")).await.unwrap().unwrap();
    for grant in &device.grants {
        assert!(grant.revoked_at_ms.is_some(), "{what}: {grant:?}");
    }
    assert!(!before.standing.is_current(), "{what}");
    let tokens = [Some((Role::Operator, before.token.clone())), got.token];
    for (role, token) in tokens.into_iter().flatten() {
        let asked = claim("d", role, ScopeSet::EMPTY);
        let back = admit(world, asked, Joined::Token(token)).await;
        assert!(
            matches!(back, Err(Refusal::Revoked | Refusal::BadToken)),
            "{what}: {back:?}"
        );
    }
    if let Some(admission) = got.admission {
        assert!(!admission.standing.is_current(), "{what}");
    }
    if let Some(code) = got.code {
        assert_eq!(world.engine.redeem(code.expose(), &id("e")), None, "{what}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_device_outruns_its_own_revocation() {
    for deed in [
        Deed::Token,
        Deed::Secret,
        Deed::Upgrade,
        Deed::Rotate,
        Deed::RotateNode,
        Deed::Approve,
        Deed::Code,
    ] {
        for deed_first in [true, false] {
            let mut steps = 0;
            while raced(deed, deed_first, steps).await {
                steps += 1;
            }
            assert!(steps >= 2, "{deed:?} asks the store nothing");
        }
    }
}

/// The owner's own proof lets a device in whatever was taken from it before, but what it had then
/// does not come back with it.
#[tokio::test(start_paused = true)]
async fn the_owners_proof_in_that_moment_brings_back_no_more_than_was_asked() {
    for step in 0.. {
        let store = Arc::new(Halting {
            kept: MemoryStore::new(),
            left: Mutex::default(),
            halted: Notify::new(),
            go: Notify::new(),
        });
        let plan = Plan {
            devices: Some(Arc::clone(&store) as _),
            ..Plan::default()
        };
        let world = Arc::new(plan.start().await);
        admit(&world, operator(), Joined::Owner).await.unwrap();
        let doing = Arc::clone(&world);
        let joins = async move {
            let asked = claim("d", Role::Operator, scopes(&[Scope::Read]));
            admit(&doing, asked, Joined::Owner).await.unwrap()
        };
        let revoking = Arc::clone(&world);
        let revoked = async move {
            let (by, device) = (owner(), id("d"));
            let done = revoking.engine.revoke_token(&by, &device, Role::Operator);
            done.await.unwrap();
        };
        let Some((admission, ())) = meet(&store, step, joins, revoked).await else {
            assert!(step >= 2);
            return;
        };
        let device = store.kept.device(&id("d")).await.unwrap().unwrap();
        let grant = device.grant(Role::Operator).unwrap();
        if grant.revoked_at_ms.is_none() {
            assert_eq!(grant.scopes, scopes(&[Scope::Read]), "step {step}");
        }
        let holds = grant.revoked_at_ms.is_none();
        assert_eq!(admission.standing.is_current(), holds, "step {step}");
    }
}
