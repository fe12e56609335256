//! Devices: who decides, what is approved, and how it is taken back.

use serde_json::Value;
use tidegate_core::store::{DeviceLabel, Trust};
use tidegate_core::{
    Action, Chain, Permit, Principal, PrincipalId, Resource, ScopeSet, Secret, authorize,
};
use tidegate_engine::{
    Admission, CodeGrant, DeviceClaim, EngineError, Joined, Refusal, SetupCode, Waiting,
};
use tidegate_protocol::api::devices::DevicePairApprove;
use tidegate_protocol::{DeviceId, Method, Role, Scope};

use crate::world::{NOW_MS, Plan, World};

const HALF_A_YEAR_MS: u64 = 180 * 24 * 60 * 60 * 1000;

pub(crate) fn scopes(words: &[Scope]) -> ScopeSet {
    words.iter().copied().collect()
}

pub(crate) fn id(name: &str) -> DeviceId {
    DeviceId::new(name)
}

pub(crate) fn claim(name: &str, role: Role, requested: ScopeSet) -> DeviceClaim {
    DeviceClaim {
        id: id(name),
        public_key: [7; 32],
        label: DeviceLabel {
            display_name: Some(name.into()),
            remote_ip: Some("10.0.0.9".into()),
            ..DeviceLabel::default()
        },
        role,
        requested,
        offer: None,
    }
}

/// Somebody who may decide, with these scopes.
pub(crate) fn permit_of(id: PrincipalId, has: ScopeSet) -> Permit {
    let chain = Chain::of(Principal {
        id,
        role: Role::Operator,
        scopes: has,
    });
    let action = Action::Call(const { &DevicePairApprove::SPEC });
    authorize(&chain, action, &Resource::Gateway).unwrap()
}

pub(crate) fn owner() -> Permit {
    permit_of(PrincipalId::Owner, ScopeSet::all())
}

pub(crate) async fn admit(
    world: &World,
    asked: DeviceClaim,
    shown: Joined,
) -> Result<Admission, Refusal> {
    world.engine.admit(asked, shown).await
}

/// Asks from elsewhere, and gives the id of the request.
pub(crate) async fn ask(world: &World, asked: DeviceClaim) -> String {
    match admit(world, asked, Joined::Secret).await {
        Err(Refusal::PairingRequired { request_id, .. }) => request_id,
        other => panic!("{other:?}"),
    }
}

/// A code of the owner's.
pub(crate) async fn code(world: &World, grant: CodeGrant) -> Joined {
    let made = world.engine.setup_code(&owner(), grant).await;
    Joined::Code(made.unwrap().code)
}

/// Whether a code lets this device in, in whatever role.
pub(crate) async fn is_good(world: &World, code: &Secret<String>, name: &str) -> bool {
    let asked = claim(name, Role::Node, ScopeSet::EMPTY);
    let refused = admit(world, asked, Joined::Code(code.clone())).await;
    !matches!(refused, Err(Refusal::BadCode))
}

fn operator(name: &str, words: &[Scope]) -> DeviceClaim {
    claim(name, Role::Operator, scopes(words))
}

fn told(world: &World, name: &str) -> Vec<Value> {
    let told = world.heard.named(name);
    told.into_iter().map(|one| one.payload).collect()
}

async fn waiting(world: &World) -> Vec<Waiting> {
    world.engine.devices().await.unwrap().waiting
}

#[tokio::test(start_paused = true)]
async fn a_request_is_told_once_shown_whole_and_gives_what_it_asks() {
    let world = Plan::default().start().await;
    let request = ask(&world, operator("d", &[Scope::Read])).await;
    assert_eq!(ask(&world, operator("d", &[Scope::Read])).await, request);
    let requested = told(&world, "device.pair.requested");
    assert_eq!(requested.len(), 1);
    assert_eq!(requested[0]["requestId"], request.as_str());
    assert_eq!(requested[0]["scopes"], serde_json::json!(["operator.read"]));
    assert_eq!(requested[0]["remoteIp"], "10.0.0.9");
    assert_eq!(requested[0]["isRepair"], false);
    assert_eq!(waiting(&world).await[0].told().request_id, request);

    let device = world
        .engine
        .approve_device(&owner(), &request)
        .await
        .unwrap();
    assert_eq!(
        device.grant(Role::Operator).unwrap().scopes,
        scopes(&[Scope::Read])
    );
    let resolved = told(&world, "device.pair.resolved");
    assert_eq!(resolved[0]["requestId"], request.as_str());
    assert_eq!(resolved[0]["decision"], "approved");
    assert!(waiting(&world).await.is_empty());
    let joined = admit(&world, operator("d", &[Scope::Read]), Joined::Secret).await;
    assert_eq!(joined.unwrap().principal.scopes, scopes(&[Scope::Read]));
    assert!(matches!(
        world.engine.approve_device(&owner(), &request).await,
        Err(EngineError::Invalid(text)) if text == "unknown requestId"
    ));
}

#[tokio::test(start_paused = true)]
async fn a_request_that_changed_after_it_was_shown_is_not_approved() {
    let world = Plan::default().start().await;
    let shown = ask(&world, operator("d", &[Scope::Read])).await;
    let wider = ask(&world, operator("d", &[Scope::Admin])).await;
    let stale = world.engine.approve_device(&owner(), &shown).await;
    assert!(matches!(stale, Err(EngineError::Stale)), "{stale:?}");
    let rejected = world.engine.reject_device(&owner(), &shown).await;
    assert!(matches!(rejected, Err(EngineError::Stale)));
    assert!(
        admit(&world, operator("d", &[Scope::Read]), Joined::Secret)
            .await
            .is_err()
    );
    let superseded = &told(&world, "device.pair.resolved")[0];
    assert_eq!(superseded["requestId"], shown.as_str());
    assert_eq!(superseded["decision"], "superseded");
    // As a node it is another request too.
    let node = ask(&world, claim("d", Role::Node, ScopeSet::EMPTY)).await;
    let stale = world.engine.approve_device(&owner(), &wider).await;
    assert!(matches!(stale, Err(EngineError::Stale)));
    let device = world.engine.approve_device(&owner(), &node).await.unwrap();
    assert!(device.grant(Role::Operator).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_rejected_device_stays_out_and_may_ask_again() {
    let world = Plan::default().start().await;
    let request = ask(&world, operator("d", &[Scope::Read])).await;
    let rejected = world.engine.reject_device(&owner(), &request).await;
    assert_eq!(rejected.unwrap().device_id, id("d"));
    assert_eq!(
        told(&world, "device.pair.resolved")[0]["decision"],
        "rejected"
    );
    assert_ne!(ask(&world, operator("d", &[Scope::Read])).await, request);
    world.clock.advance_ms(5 * 60 * 1000 + 1);
    assert!(waiting(&world).await.is_empty(), "forgotten by now");
}

#[tokio::test(start_paused = true)]
async fn what_needs_nobody_is_told_as_approved() {
    let world = Plan::default().start().await;
    admit(&world, operator("d", &[Scope::Read]), Joined::Owner)
        .await
        .unwrap();
    admit(&world, operator("d", &[Scope::Read]), Joined::Owner)
        .await
        .unwrap();
    assert_eq!(told(&world, "device.pair.resolved").len(), 1, "once");
    let code = code(&world, CodeGrant::limited()).await;
    admit(&world, operator("e", &[Scope::Read]), code)
        .await
        .unwrap();
    let last = told(&world, "device.pair.resolved").pop().unwrap();
    assert_eq!(
        (last["deviceId"].as_str(), last["decision"].as_str()),
        (Some("e"), Some("approved"))
    );
}

async fn paired(world: &World, name: &str, words: &[Scope]) -> Admission {
    admit(world, operator(name, words), Joined::Owner)
        .await
        .unwrap()
}

/// Waits until uses of tokens are written.
pub(crate) async fn written() {
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
}

fn by_token(admission: &Admission) -> Joined {
    Joined::Token(admission.token.clone())
}

#[tokio::test(start_paused = true)]
async fn revoking_ends_what_was_opened_and_the_secret_alone_does_not_bring_it_back() {
    let world = Plan::default().start().await;
    let joined = paired(&world, "d", &[Scope::Read]).await;
    let node = admit(
        &world,
        claim("d", Role::Node, ScopeSet::EMPTY),
        Joined::Owner,
    )
    .await
    .unwrap();
    let since = world
        .engine
        .revoke_token(&owner(), &id("d"), Role::Operator)
        .await
        .unwrap();
    assert_eq!(since, NOW_MS);
    assert!(!joined.standing.is_current());
    assert!(node.standing.is_current(), "the other role stands");
    assert_eq!(
        world.cuts.take(),
        [("d".into(), Role::Operator, "device token revoked")]
    );
    let by_old = admit(&world, operator("d", &[Scope::Read]), by_token(&joined)).await;
    assert!(matches!(by_old, Err(Refusal::Revoked)));
    ask(&world, operator("d", &[Scope::Read])).await;
    // The owner's proof on this machine does.
    let back = paired(&world, "d", &[Scope::Read]).await;
    assert!(back.standing.is_current() && !joined.standing.is_current());
}

#[tokio::test(start_paused = true)]
async fn what_a_revoked_device_had_does_not_come_back_with_less() {
    let world = Plan::default().start().await;
    paired(&world, "d", &[Scope::Admin]).await;
    let engine = &world.engine;
    engine
        .revoke_token(&owner(), &id("d"), Role::Operator)
        .await
        .unwrap();
    paired(&world, "d", &[Scope::Read]).await;
    let asked = admit(&world, operator("d", &[Scope::Admin]), Joined::Secret).await;
    assert!(matches!(asked, Err(Refusal::PairingRequired { .. })));
}

#[tokio::test(start_paused = true)]
async fn rotating_replaces_the_token_and_may_narrow_but_not_widen() {
    let world = Plan::default().start().await;
    let both = &[Scope::Read, Scope::Write];
    let joined = paired(&world, "d", both).await;
    let engine = &world.engine;
    let rotated = engine
        .rotate_token(
            &owner(),
            &id("d"),
            Role::Operator,
            Some(scopes(&[Scope::Read])),
        )
        .await
        .unwrap();
    assert_eq!(rotated.scopes, scopes(&[Scope::Read]));
    assert_eq!(rotated.expires_at_ms, Some(NOW_MS + HALF_A_YEAR_MS));
    assert!(!joined.standing.is_current());
    assert_eq!(world.cuts.take()[0].2, "device token rotated");
    let old = admit(&world, operator("d", both), by_token(&joined)).await;
    assert!(matches!(old, Err(Refusal::BadToken)));
    let new = admit(&world, operator("d", both), Joined::Token(rotated.token)).await;
    assert_eq!(new.unwrap().principal.scopes, scopes(&[Scope::Read]));
    let wider = engine
        .rotate_token(&owner(), &id("d"), Role::Operator, Some(scopes(both)))
        .await;
    assert!(matches!(wider, Err(EngineError::Invalid(text)) if text.contains("not approved")));
    for (name, role) in [("d", Role::Node), ("e", Role::Operator)] {
        let none = engine.rotate_token(&owner(), &id(name), role, None).await;
        assert!(matches!(none, Err(EngineError::Invalid(text)) if text.starts_with("unknown ")));
    }
}

/// Another program with the same key shows the secret and asks for less: the first one's token
/// still can what it could.
#[tokio::test(start_paused = true)]
async fn asking_for_less_with_the_secret_leaves_a_token_that_can_as_much() {
    for again in [Joined::Owner, Joined::Secret] {
        let world = Plan::default().start().await;
        let first = paired(&world, "d", &[Scope::Read]).await;
        let wide = paired(&world, "d", &[Scope::Pairing]).await;
        assert_eq!(wide.principal.scopes, scopes(&[Scope::Pairing]));
        assert_ne!(wide.token, first.token);
        let narrow = admit(&world, operator("d", &[Scope::Read]), again).await;
        let narrow = narrow.unwrap();
        assert_eq!(narrow.principal.scopes, scopes(&[Scope::Read]));
        let both = [Scope::Pairing, Scope::Read];
        let asked = operator("d", &[Scope::Pairing, Scope::Read, Scope::Write]);
        let back = admit(&world, asked, by_token(&narrow)).await.unwrap();
        assert_eq!(back.principal.scopes, scopes(&both));
    }
}

/// Who holds the key of a wide device and a narrow code gets a narrow token.
#[tokio::test(start_paused = true)]
async fn the_token_of_a_code_can_no_more_than_the_code() {
    let world = Plan::default().start().await;
    paired(&world, "d", &[Scope::Admin]).await;
    let code = code(&world, CodeGrant::limited()).await;
    let joined = admit(&world, operator("d", &[Scope::Read]), code).await;
    let all = claim("d", Role::Operator, ScopeSet::all());
    let back = admit(&world, all, by_token(&joined.unwrap())).await;
    assert_eq!(back.unwrap().principal.scopes, scopes(&[Scope::Read]));
}

/// Two calls of one connection, both permitted before the first was carried out.
#[tokio::test(start_paused = true)]
async fn a_connection_that_was_rotated_away_makes_no_token_and_no_code_any_more() {
    let world = Plan::default().start().await;
    let all = [Scope::Admin, Scope::Pairing, Scope::Write];
    let joined = paired(&world, "d", &all).await;
    let own = permit_of(joined.principal.id.clone(), joined.principal.scopes)
        .while_it_holds(Some(joined.standing.clone()));
    let engine = &world.engine;
    let device = id("d");
    let rotate = || engine.rotate_token(&own, &device, Role::Operator, None);
    let rotated = rotate().await.unwrap();
    assert!(matches!(rotate().await, Err(EngineError::TakenBack)));
    assert!(engine.setup_code(&own, CodeGrant::full()).await.is_err());
    let asked = || operator("d", &all);
    let back = admit(&world, asked(), Joined::Token(rotated.token)).await;
    let back = back.unwrap();
    let anew = permit_of(back.principal.id.clone(), back.principal.scopes)
        .while_it_holds(Some(back.standing.clone()));
    assert!(engine.setup_code(&anew, CodeGrant::full()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_removed_device_is_a_stranger_again() {
    let world = Plan::default().start().await;
    let joined = paired(&world, "d", &[Scope::Read]).await;
    let engine = &world.engine;
    engine.remove_device(&owner(), &id("d")).await.unwrap();
    assert!(!joined.standing.is_current());
    assert_eq!(world.cuts.take().len(), 2, "in both roles");
    assert!(engine.devices().await.unwrap().paired.is_empty());
    ask(&world, operator("d", &[Scope::Read])).await;
    assert!(engine.remove_device(&owner(), &id("d")).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_token_that_nobody_shows_for_half_a_year_is_over() {
    let world = Plan::default().start().await;
    let joined = paired(&world, "d", &[Scope::Read]).await;
    let show = async || admit(&world, operator("d", &[Scope::Read]), by_token(&joined)).await;
    world.clock.advance_ms(HALF_A_YEAR_MS - 1);
    assert!(show().await.is_ok());
    written().await;
    world.clock.advance_ms(HALF_A_YEAR_MS - 1);
    assert!(show().await.is_ok(), "each use gives it half a year more");
    world.clock.advance_ms(HALF_A_YEAR_MS);
    assert!(matches!(show().await, Err(Refusal::BadToken)));
    // Who was approved gets a new one for the secret, and the owner anyway.
    assert!(
        admit(&world, operator("d", &[Scope::Read]), Joined::Secret)
            .await
            .is_ok()
    );
}

#[tokio::test(start_paused = true)]
async fn a_code_gives_no_more_than_it_was_made_for_and_the_other_role_with_it() {
    let world = Plan::default().start().await;
    let wants = claim("d", Role::Operator, ScopeSet::all());
    let code = code(&world, CodeGrant::limited()).await;
    let joined = admit(&world, wants.clone(), code).await.unwrap();
    let limited = CodeGrant::limited().operator.unwrap();
    assert_eq!(joined.principal.scopes, limited);
    assert!(!limited.grants(Scope::Admin) && !limited.grants(Scope::Pairing));
    let other = joined.other.unwrap();
    assert_eq!((other.role, other.scopes), (Role::Node, ScopeSet::EMPTY));
    let as_node = claim("d", Role::Node, ScopeSet::EMPTY);
    assert!(
        admit(&world, as_node, Joined::Token(other.token))
            .await
            .is_ok()
    );
    let node_code = self::code(&world, CodeGrant::node()).await;
    let refused = admit(&world, wants, node_code).await;
    assert!(matches!(refused, Err(Refusal::WrongRole)));
}

#[tokio::test(start_paused = true)]
async fn a_setup_code_is_worth_no_more_than_its_maker_and_dies_with_its_right() {
    let world = Plan::default().start().await;
    let joined = paired(&world, "phone", &[Scope::Admin, Scope::Pairing]).await;
    let phone = || joined.principal.id.clone();
    let comes_in = async |name: &str, code| {
        let wants = claim(name, Role::Operator, ScopeSet::all());
        admit(&world, wants, Joined::Code(code)).await.unwrap()
    };
    let reader = permit_of(phone(), scopes(&[Scope::Read, Scope::Pairing]));
    let made = world.engine.setup_code(&reader, CodeGrant::full()).await;
    let got = comes_in("b", made.unwrap().code).await;
    let few = scopes(&[Scope::Read, Scope::Pairing]);
    assert_eq!(got.principal.scopes, few);
    assert!(got.other.is_none(), "a reader makes no nodes");

    let all = permit_of(phone(), joined.principal.scopes);
    let made = || world.engine.setup_code(&all, CodeGrant::full());
    let got = comes_in("c", made().await.unwrap().code).await;
    assert_eq!(got.principal.scopes, ScopeSet::all());
    assert_eq!(got.other.unwrap().role, Role::Node);
    let SetupCode {
        code,
        expires_at_ms,
    } = made().await.unwrap();
    assert_eq!(expires_at_ms, NOW_MS + 10 * 60 * 1000);
    world
        .engine
        .revoke_token(&owner(), &id("phone"), Role::Operator)
        .await
        .unwrap();
    assert!(!is_good(&world, &code, "e").await);
    let made = world.engine.setup_code(&owner(), CodeGrant::node()).await;
    assert!(is_good(&world, &made.unwrap().code, "e").await);
}

#[tokio::test(start_paused = true)]
async fn trust_and_names_are_the_owners_and_give_no_right() {
    let world = Plan::default().start().await;
    let joined = paired(&world, "d", &[Scope::Read]).await;
    let engine = &world.engine;
    let change = engine
        .set_trust(&owner(), &id("d"), Trust::Trusted)
        .await
        .unwrap();
    assert_eq!(
        (change.from, change.to, change.by.as_str(), change.at_ms),
        (Trust::Untrusted, Trust::Trusted, "owner", NOW_MS)
    );
    let name = engine
        .rename_device(&owner(), &id("d"), " Anna\u{202e}s \n phone ")
        .await;
    assert_eq!(name.unwrap(), "Annas phone");
    for nothing in ["", " \n", "\u{200b}"] {
        assert!(
            engine
                .rename_device(&owner(), &id("d"), nothing)
                .await
                .is_err()
        );
    }
    let again = admit(&world, operator("d", &[Scope::Admin]), by_token(&joined)).await;
    assert!(again.unwrap().principal.scopes.is_empty());
    let (device, connected) = engine.devices().await.unwrap().paired.remove(0);
    assert_eq!(
        (device.trust, device.name.as_deref(), connected),
        (Trust::Trusted, Some("Annas phone"), false)
    );
    assert_eq!(device.trust_changes, [change]);
    assert!(
        engine
            .set_trust(&owner(), &id("e"), Trust::Trusted)
            .await
            .is_err()
    );
}

/// Whatever became of devices, the owner's proof on this machine gets in (USERS theme 10).
#[tokio::test(start_paused = true)]
async fn the_owners_proof_gets_in_whatever_happened() {
    let world = Plan::default().start().await;
    let engine = &world.engine;
    let admin = &[Scope::Admin, Scope::Pairing];
    let in_as_owner = async |why: &str| {
        let joined = admit(&world, operator("own", admin), Joined::Owner).await;
        let scopes_of = joined.unwrap_or_else(|refused| panic!("{why}: {refused:?}"));
        assert_eq!(scopes_of.principal.scopes, scopes(admin), "{why}");
    };
    in_as_owner("first use").await;
    for number in 0..60 {
        ask(&world, operator(&format!("flood{number}"), &[Scope::Read])).await;
        world.clock.advance_ms(1);
    }
    in_as_owner("with fifty requests waiting").await;
    engine
        .revoke_token(&owner(), &id("own"), Role::Operator)
        .await
        .unwrap();
    in_as_owner("after revoking itself").await;
    engine.remove_device(&owner(), &id("own")).await.unwrap();
    in_as_owner("after removing itself").await;
    engine
        .rotate_token(&owner(), &id("own"), Role::Operator, Some(ScopeSet::EMPTY))
        .await
        .unwrap();
    in_as_owner("after its scopes were cut to nothing").await;
    world.clock.advance_ms(HALF_A_YEAR_MS * 40);
    in_as_owner("after twenty years, or a broken clock").await;
    let wrong = Joined::Token(Secret::new("0".repeat(64)));
    assert!(admit(&world, operator("own", admin), wrong).await.is_err());
    in_as_owner("after showing a wrong token").await;
    let other_key = DeviceClaim {
        id: id("new-key"),
        public_key: [9; 32],
        ..operator("own", admin)
    };
    assert!(admit(&world, other_key, Joined::Owner).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn nobody_needs_the_device_that_is_locked_out_to_let_it_in() {
    // A scope upgrade that only the locked-out device could approve: the owner needs no device.
    let world = Plan::default().start().await;
    let joined = paired(&world, "own", &[Scope::Read]).await;
    let request = ask(&world, operator("own", &[Scope::Admin])).await;
    let itself = permit_of(
        PrincipalId::Device(id("own")),
        scopes(&[Scope::Read, Scope::Pairing]),
    );
    let refused = world.engine.approve_device(&itself, &request).await;
    assert!(matches!(refused, Err(EngineError::TooWide(Scope::Admin))));
    let still = admit(&world, operator("own", &[Scope::Read]), by_token(&joined)).await;
    assert!(still.is_ok(), "what it has keeps working while it asks");
    world
        .engine
        .approve_device(&owner(), &request)
        .await
        .unwrap();
    let wide = admit(&world, operator("own", &[Scope::Admin]), by_token(&joined)).await;
    assert_eq!(
        wide.unwrap().principal.scopes,
        scopes(&[Scope::Admin]),
        "with the token that it had"
    );
}
