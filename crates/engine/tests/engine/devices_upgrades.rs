//! More rights, asked for on the live connection.

use std::time::Duration;

use tidegate_core::{Action, Chain, Permit, Principal, PrincipalId, Resource, ScopeSet, authorize};
use tidegate_engine::{DeviceClaim, EngineError, Joined, UpgradeOutcome};
use tidegate_protocol::api::devices::DeviceScopesWaitUpgrade;
use tidegate_protocol::{Method, Role, Scope};

use crate::devices::{admit, ask, claim, id, owner, scopes};
use crate::world::{Plan, World, settle};

const READ: &[Scope] = &[Scope::Read];
const BOTH: &[Scope] = &[Scope::Read, Scope::Write];

async fn reader(world: &World) -> Permit {
    let asked = claim("d", Role::Operator, scopes(READ));
    let joined = admit(world, asked, Joined::Owner).await.unwrap();
    permit(joined.principal).while_it_holds(Some(joined.standing))
}

/// What every device may call.
fn permit(caller: Principal) -> Permit {
    let action = Action::Call(const { &DeviceScopesWaitUpgrade::SPEC });
    authorize(&Chain::of(caller), action, &Resource::Gateway).unwrap()
}

async fn upgrade(world: &World, caller: &Permit, wants: &[Scope]) -> String {
    let asked = world
        .engine
        .request_upgrade(caller.caller(), Role::Operator, scopes(wants))
        .await;
    asked.unwrap().request_id
}

fn wants(role: Role, words: &[Scope]) -> DeviceClaim {
    claim("d", role, scopes(words))
}

#[tokio::test(start_paused = true)]
async fn an_approved_upgrade_gives_the_waiting_device_its_token_and_throws_nobody_out() {
    let world = Plan::default().start().await;
    let caller = reader(&world).await;
    let request = upgrade(&world, &caller, BOTH).await;
    assert_eq!(upgrade(&world, &caller, BOTH).await, request, "once");
    let wait = world.engine.wait_upgrade(&caller, &request);
    let decide = async {
        settle().await;
        let approved = world.engine.approve_device(&owner(), &request).await;
        approved.unwrap();
    };
    let (outcome, ()) = tokio::join!(wait, decide);
    let Ok(UpgradeOutcome::Approved { token, scopes: got }) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(got, scopes(BOTH));
    assert!(world.cuts.take().is_empty());
    let joined = admit(&world, wants(Role::Operator, BOTH), Joined::Token(token)).await;
    let joined = joined.unwrap();
    assert_eq!(joined.principal.scopes, scopes(BOTH));
    let again = world.engine.wait_upgrade(&caller, &request).await;
    assert!(
        matches!(again, Err(EngineError::Invalid(_))),
        "fetched once"
    );
}

#[tokio::test(start_paused = true)]
async fn a_decision_is_there_for_who_asks_later() {
    let world = Plan::default().start().await;
    let caller = reader(&world).await;
    let request = upgrade(&world, &caller, BOTH).await;
    world
        .engine
        .approve_device(&owner(), &request)
        .await
        .unwrap();
    let outcome = world.engine.wait_upgrade(&caller, &request).await;
    assert!(matches!(outcome, Ok(UpgradeOutcome::Approved { .. })));

    let request = upgrade(&world, &caller, &[Scope::Admin]).await;
    world
        .engine
        .reject_device(&owner(), &request)
        .await
        .unwrap();
    let outcome = world.engine.wait_upgrade(&caller, &request).await;
    assert!(matches!(outcome, Ok(UpgradeOutcome::Rejected)));

    let first = upgrade(&world, &caller, &[Scope::Admin]).await;
    upgrade(&world, &caller, &[Scope::Pairing]).await;
    let outcome = world.engine.wait_upgrade(&caller, &first).await;
    assert!(
        matches!(outcome, Ok(UpgradeOutcome::Rejected)),
        "superseded"
    );
}

#[tokio::test(start_paused = true)]
async fn nobody_answers_for_five_minutes() {
    let world = Plan::default().start().await;
    let caller = reader(&world).await;
    let request = upgrade(&world, &caller, BOTH).await;
    let began = tokio::time::Instant::now();
    let outcome = world.engine.wait_upgrade(&caller, &request).await;
    assert!(matches!(outcome, Ok(UpgradeOutcome::Expired)));
    assert_eq!(began.elapsed().as_secs(), 5 * 60);
}

#[tokio::test(start_paused = true)]
async fn what_was_approved_before_needs_nobody() {
    let world = Plan::default().start().await;
    admit(&world, wants(Role::Operator, BOTH), Joined::Owner)
        .await
        .unwrap();
    // It is connected with less by now.
    let caller = reader(&world).await;
    let request = upgrade(&world, &caller, BOTH).await;
    let outcome = world.engine.wait_upgrade(&caller, &request).await;
    assert!(
        matches!(outcome, Ok(UpgradeOutcome::Approved { scopes: got, .. }) if got == scopes(BOTH))
    );
    assert!(world.engine.devices().await.unwrap().waiting.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_device_becomes_a_node_by_an_upgrade_and_stays_an_operator() {
    let world = Plan::default().start().await;
    let caller = reader(&world).await;
    let asked = world
        .engine
        .request_upgrade(caller.caller(), Role::Node, ScopeSet::EMPTY)
        .await
        .unwrap();
    world
        .engine
        .approve_device(&owner(), &asked.request_id)
        .await
        .unwrap();
    let outcome = world.engine.wait_upgrade(&caller, &asked.request_id).await;
    let Ok(UpgradeOutcome::Approved { token, .. }) = outcome else {
        panic!("{outcome:?}")
    };
    let node = admit(&world, wants(Role::Node, &[]), Joined::Token(token)).await;
    assert_eq!(node.unwrap().principal.role, Role::Node);
    assert!(
        admit(&world, wants(Role::Operator, READ), Joined::Secret)
            .await
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn only_the_device_that_asked_gets_what_it_asked_for() {
    let world = Plan::default().start().await;
    let caller = reader(&world).await;
    let request = upgrade(&world, &caller, BOTH).await;
    world
        .engine
        .approve_device(&owner(), &request)
        .await
        .unwrap();
    let other = Principal {
        id: PrincipalId::Device(id("other")),
        ..caller.caller().clone()
    };
    let of_owner = Principal {
        id: PrincipalId::Owner,
        ..caller.caller().clone()
    };
    for stranger in [other, of_owner] {
        if matches!(stranger.id, PrincipalId::Device(_)) {
            let permit = permit(stranger.clone());
            let refused = world.engine.wait_upgrade(&permit, &request).await;
            assert!(matches!(refused, Err(EngineError::Invalid(_))));
        }
        let refused = world
            .engine
            .request_upgrade(&stranger, Role::Operator, scopes(BOTH))
            .await;
        assert!(refused.is_err(), "no paired device");
    }
    assert!(world.engine.wait_upgrade(&caller, &request).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_right_that_was_taken_back_meanwhile_is_not_given() {
    let world = Plan::default().start().await;
    let caller = reader(&world).await;
    let request = upgrade(&world, &caller, BOTH).await;
    let engine = &world.engine;
    engine.approve_device(&owner(), &request).await.unwrap();
    engine
        .revoke_token(&owner(), &id("d"), Role::Operator)
        .await
        .unwrap();
    let outcome = engine.wait_upgrade(&caller, &request).await;
    assert!(matches!(outcome, Ok(UpgradeOutcome::Rejected)));
    ask(&world, wants(Role::Operator, READ)).await;
}

#[tokio::test(start_paused = true)]
async fn who_waits_is_told_that_the_gateway_stops() {
    let world = Plan::default().start().await;
    let caller = reader(&world).await;
    let request = upgrade(&world, &caller, BOTH).await;
    let wait = world.engine.wait_upgrade(&caller, &request);
    let stop = async {
        settle().await;
        world.engine.drain(Duration::from_secs(1)).await;
    };
    let (outcome, ()) = tokio::join!(wait, stop);
    assert!(matches!(outcome, Err(EngineError::Draining)));
}

/// A token of one role that another role could renew would outlive a rotation (SECURITY T18).
#[tokio::test(start_paused = true)]
async fn what_a_device_has_in_another_role_is_asked_about() {
    let world = Plan::default().start().await;
    let operator = reader(&world).await;
    let node = admit(&world, wants(Role::Node, &[]), Joined::Owner).await;
    let node = permit(node.unwrap().principal);
    upgrade(&world, &operator, READ).await;
    assert!(world.engine.devices().await.unwrap().waiting.is_empty());
    upgrade(&world, &node, READ).await;
    assert_eq!(world.engine.devices().await.unwrap().waiting.len(), 1);
}
