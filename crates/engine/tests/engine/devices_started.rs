//! What a device started: it goes on no longer than its right (SECURITY T18, T23).

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::node::CallEnding;
use tidegate_core::run::{ByDevice, RunStatus};
use tidegate_core::store::DeviceStore;
use tidegate_core::{Permit, Principal, PrincipalId};
use tidegate_engine::{Admission, Joined, Refusal, RunAsk};
use tidegate_protocol::{Role, RunId, Scope};
use tidegate_store::MemoryStore;

use crate::devices::{admit, claim, id, is_good, owner, scopes};
use crate::node_world::{Node, ending, pair};
use crate::nodes_waiting::{keys, notify, waits};
use crate::tools::{Scene, bench, scene, scene_on, work};
use crate::world::{World, ask, settle};

const ALL: &[Scope] = &[Scope::Admin, Scope::Pairing, Scope::Read, Scope::Write];

async fn operator(world: &World) -> Admission {
    let asked = claim("d", Role::Operator, scopes(ALL));
    admit(world, asked, Joined::Owner).await.unwrap()
}

fn of_device(world: &World, session: &str, message: &str) -> RunAsk {
    let mut asked = ask("device:d", message, &world.session(session), message);
    asked.request.by = Some(ByDevice {
        device: id("d"),
        role: Role::Operator,
    });
    asked
}

async fn says(world: &World, session: &str, message: &str) -> RunId {
    let asked = of_device(world, session, message);
    world.engine.ask(asked).await.unwrap().run.id
}

async fn ended(scene: &Scene, run: &RunId) -> RunStatus {
    let run = scene.world.ended(run).await;
    run.end.as_ref().unwrap().status
}

async fn revoke(world: &World) {
    let (engine, by, device) = (&world.engine, owner(), id("d"));
    let revoked = engine.revoke_token(&by, &device, Role::Operator).await;
    revoked.unwrap();
}

/// Leaves the device no more than reading.
async fn narrow(world: &World) {
    let (engine, by, device) = (&world.engine, owner(), id("d"));
    let only = Some(scopes(&[Scope::Read]));
    let rotated = engine
        .rotate_token(&by, &device, Role::Operator, only)
        .await;
    rotated.unwrap();
}

#[tokio::test(start_paused = true)]
async fn revoking_a_device_stops_the_runs_that_it_asked_for_and_no_others() {
    let scene = scene(vec![work(5)]).await;
    let world = &scene.world;
    operator(world).await;
    let at_work = says(world, "main", "go").await;
    let queued = says(world, "main", "and then").await;
    let other = world.ask("other", "mine").await.unwrap().run.id;
    tokio::time::sleep(Duration::from_secs(30)).await;
    revoke(world).await;
    assert_eq!(ended(&scene, &at_work).await, RunStatus::Aborted);
    assert_eq!(ended(&scene, &queued).await, RunStatus::Aborted);
    assert_eq!(ended(&scene, &other).await, RunStatus::Ok);
}

#[tokio::test(start_paused = true)]
async fn a_run_uses_no_tool_that_its_device_may_not_use_any_more() {
    let scene = scene(vec![work(1), bench("well")]).await;
    operator(&scene.world).await;
    let run = says(&scene.world, "main", "go").await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    narrow(&scene.world).await;
    assert_eq!(ended(&scene, &run).await, RunStatus::Ok);
    let outline = scene.outline().await;
    assert_eq!(outline[2], "worked");
    assert!(outline[3].contains("was taken back"), "{outline:?}");
    let next = says(&scene.world, "main", "again").await;
    ended(&scene, &next).await;
    assert_eq!(scene.offered(), [1, 0], "and the next turn has none");
}

#[tokio::test(start_paused = true)]
async fn what_a_person_allows_too_late_is_not_done() {
    let scene = scene(vec![bench("ask")]).await;
    let engine = &scene.world.engine;
    operator(&scene.world).await;
    let run = says(&scene.world, "main", "go").await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    narrow(&scene.world).await;
    let question = engine.approvals().open().await.unwrap().pop().unwrap();
    let decision = tidegate_core::exec::Decision::AllowOnce;
    let resolved = engine
        .approvals()
        .resolve(
            &crate::approval_world::owner(),
            None,
            &question.id,
            decision,
        )
        .await;
    resolved.unwrap();
    ended(&scene, &run).await;
    let outline = scene.outline().await;
    assert!(outline[2].contains("was taken back"), "{outline:?}");
}

#[tokio::test(start_paused = true)]
async fn a_command_that_waits_for_a_node_goes_with_the_right_of_whoever_sent_it() {
    for revoked in [true, false] {
        let scene = scene(Vec::new()).await;
        let world = &scene.world;
        operator(world).await;
        pair(&world.engine, "n").await;
        let mut own = notify("n", "a");
        own.once.principal = "device:d".into();
        waits(world, own.clone()).await;
        waits(world, notify("n", "b")).await;
        let expected = if revoked {
            revoke(world).await;
            assert_eq!(keys(world).await, ["b"], "given up at once");
            CallEnding::Cancelled
        } else {
            narrow(world).await;
            CallEnding::Failed {
                code: Some("NOT_ALLOWED".into()),
                message: Some("the right of whoever sent it was taken back".into()),
            }
        };
        let mut node = Node::join(&world.engine, "n", "c1");
        let request = node.next().await;
        assert_eq!(request["idempotencyKey"], "b", "the owner's is sent");
        settle().await;
        assert!(node.came().is_empty());
        let told = ending(world.engine.nodes().invoke(own).await);
        assert_eq!(told, expected);
    }
}

/// The store as a crash leaves it that came right after the revocation was written.
async fn revoked_in_the_store(store: &MemoryStore) {
    let revoked = store.revoke_token(&id("d"), Role::Operator, 1).await;
    revoked.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_revocation_holds_in_the_next_life() {
    let store = Arc::new(MemoryStore::new());
    let first = scene_on(vec![work(5)], Arc::clone(&store)).await;
    let joined = operator(&first.world).await;
    let at_work = says(&first.world, "main", "go").await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    let queued = says(&first.world, "main", "/new").await;
    let also = says(&first.world, "main", "hello").await;
    pair(&first.world.engine, "n").await;
    let mut own = notify("n", "a");
    own.once.principal = "device:d".into();
    waits(&first.world, own).await;
    revoked_in_the_store(&store).await;

    let next = scene_on(vec![bench("well")], store).await;
    let world = &next.world;
    assert_eq!(ended(&next, &at_work).await, RunStatus::Interrupted);
    let run = next.world.ended(&queued).await;
    let text = &run.end.as_ref().unwrap().text;
    assert!(text.contains("operator.admin"), "{text}");
    ended(&next, &also).await;
    assert_eq!(next.offered(), [0], "no tools");
    let mut node = Node::join(&world.engine, "n", "c1");
    settle().await;
    assert!(node.came().is_empty());
    let asked = || claim("d", Role::Operator, scopes(ALL));
    let by_token = admit(world, asked(), Joined::Token(joined.token)).await;
    assert!(matches!(by_token, Err(Refusal::Revoked)), "{by_token:?}");
    let by_secret = admit(world, asked(), Joined::Secret).await;
    assert!(matches!(by_secret, Err(Refusal::PairingRequired { .. })));
}

/// What a device may do as far as its own permit says.
fn permit_of_device() -> Permit {
    crate::devices::permit_of(PrincipalId::Device(id("d")), scopes(ALL))
}

#[tokio::test(start_paused = true)]
async fn a_device_does_not_give_itself_back_what_was_taken() {
    let scene = scene(Vec::new()).await;
    let engine = &scene.world.engine;
    operator(&scene.world).await;
    pair(engine, "d").await;
    engine
        .revoke_token(&owner(), &id("d"), Role::Node)
        .await
        .unwrap();
    let own = permit_of_device();
    let rotated = engine.rotate_token(&own, &id("d"), Role::Node, None).await;
    assert!(rotated.is_err(), "{rotated:?}");
    let caller: &Principal = own.caller();
    let wish = engine
        .request_upgrade(caller, Role::Node, scopes(&[]))
        .await
        .unwrap();
    let approved = engine.approve_device(&own, &wish.request_id).await;
    assert!(approved.is_err(), "{approved:?}");
    let code = engine
        .setup_code(&own, tidegate_engine::CodeGrant::node())
        .await
        .unwrap()
        .code;
    assert!(!is_good(&scene.world, &code, "d").await);
    // Somebody else does.
    engine
        .approve_device(&owner(), &wish.request_id)
        .await
        .unwrap();
    let rotated = engine.rotate_token(&own, &id("d"), Role::Node, None).await;
    rotated.unwrap();
}
