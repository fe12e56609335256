//! A device that renews its right in the very moment in which it is taken back (SECURITY T18): each
//! thing that it can do is stopped at each of its steps in the store and the device is revoked
//! meanwhile, and the other way round; whichever comes first, the device comes out without rights.

use std::sync::Arc;

use tidegate_core::store::DeviceStore;
use tidegate_core::{Principal, PrincipalId, ScopeSet, Secret};
use tidegate_engine::{Admission, CodeGrant, Joined, Refusal, UpgradeOutcome};
use tidegate_protocol::{Role, Scope};
use tidegate_store::MemoryStore;
use tokio_util::task::TaskTracker;

use crate::device_store::Halting;
use crate::devices::{admit, claim, id, is_good, owner, permit_of, scopes};
use crate::world::{Plan, World, settle};

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
                    engine.wait_upgrade(&permit, &asked.request_id).await
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
            let made = engine.setup_code(&permit, CodeGrant::full()).await;
            got.code = made.ok().map(|made| made.code);
        }
    }
    got
}

/// Lets one of the two come to this step, the other as far as it can, and looks at what is left. False
/// if the first was over before.
async fn raced(deed: Deed, deed_first: bool, step: usize) -> bool {
    let store = Halting::new();
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
        assert!(!is_good(world, &code, "e").await, "{what}");
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
        let store = Halting::new();
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

/// A code that is shown while its maker's right is taken back is worth nothing: it is used up
/// alone with the rights, not before (SECURITY T18).
#[tokio::test(start_paused = true)]
async fn nobody_comes_in_by_the_code_of_a_device_that_is_being_revoked() {
    for step in 0.. {
        let store = Halting::new();
        let plan = Plan {
            devices: Some(Arc::clone(&store) as _),
            ..Plan::default()
        };
        let world = Arc::new(plan.start().await);
        admit(&world, operator(), Joined::Owner).await.unwrap();
        let made = world.engine.setup_code(&itself(), CodeGrant::full()).await;
        let code = made.unwrap().code;
        let revoking = Arc::clone(&world);
        let revoked = async move {
            let (by, device) = (owner(), id("d"));
            let done = revoking.engine.revoke_token(&by, &device, Role::Operator);
            done.await.unwrap();
        };
        let shows = Arc::clone(&world);
        let comes_in = async move { is_good(&shows, &code, "e").await };
        let Some(((), came_in)) = meet(&store, step, revoked, comes_in).await else {
            assert!(step >= 2);
            return;
        };
        assert!(!came_in, "step {step}");
        let bearer = store.kept.device(&id("e")).await.unwrap();
        assert!(bearer.is_none(), "step {step}");
    }
}
