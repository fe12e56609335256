//! Devices: authority never grows beyond what was asked for and granted.

use proptest::prelude::*;
use tidegate_core::store::DeviceLabel;
use tidegate_core::{PrincipalId, ScopeSet, Secret};
use tidegate_engine::{Admission, CodeGrant, DeviceClaim, Joined, Refusal};
use tidegate_protocol::{DeviceId, Role, Scope};

use crate::devices::code;
use crate::world::{Plan, World};

const REQUEST_TTL_MS: u64 = 5 * 60 * 1000;

fn claim(name: &str, role: Role, requested: ScopeSet) -> DeviceClaim {
    DeviceClaim {
        id: DeviceId::new(name),
        public_key: [7; 32],
        label: DeviceLabel {
            display_name: Some(name.into()),
            ..DeviceLabel::default()
        },
        role,
        requested,
        offer: None,
    }
}

fn scopes(words: &[Scope]) -> ScopeSet {
    words.iter().copied().collect()
}

async fn admit(world: &World, scopes: ScopeSet, shown: Joined) -> Result<Admission, Refusal> {
    world
        .engine
        .admit(claim("d", Role::Operator, scopes), shown)
        .await
}

fn request_id(refusal: &Refusal) -> (String, bool) {
    match refusal {
        Refusal::PairingRequired {
            request_id,
            upgrade,
        } => (request_id.clone(), *upgrade),
        other => panic!("{other:?}"),
    }
}

fn token(admission: &Admission) -> Joined {
    Joined::Token(admission.token.clone())
}

const READ: &[Scope] = &[Scope::Read];
const BOTH: &[Scope] = &[Scope::Read, Scope::Write];

#[tokio::test(start_paused = true)]
async fn the_secret_from_elsewhere_waits_for_an_approval() {
    let world = Plan::default().start().await;
    let ask = async |scopes| request_id(&admit(&world, scopes, Joined::Secret).await.unwrap_err());
    let (first, upgrade) = ask(scopes(READ)).await;
    assert!(!upgrade);
    assert_eq!(
        ask(scopes(READ)).await.0,
        first,
        "the same request keeps its id"
    );
    let (second, _) = ask(scopes(BOTH)).await;
    assert_ne!(second, first, "other contents void the old id");
    assert_ne!(
        ask(scopes(READ)).await.0,
        first,
        "and what was void stays void"
    );
    let (fourth, _) = ask(scopes(READ)).await;
    world.clock.advance_ms(REQUEST_TTL_MS + 1);
    assert_ne!(
        ask(scopes(READ)).await.0,
        fourth,
        "a request is forgotten after five minutes"
    );
}

#[tokio::test(start_paused = true)]
async fn a_known_device_gets_in_with_the_secret_for_no_more_than_it_has() {
    let world = Plan::default().start().await;
    let paired = admit(&world, scopes(READ), Joined::Owner).await.unwrap();
    let again = admit(&world, scopes(READ), Joined::Secret).await.unwrap();
    assert_eq!(again.principal.scopes, scopes(READ));
    let (_, upgrade) = request_id(
        &admit(&world, scopes(BOTH), Joined::Secret)
            .await
            .unwrap_err(),
    );
    assert!(upgrade, "it is known and wants more");
    assert_eq!(again.token, paired.token, "told again");
    assert!(admit(&world, scopes(READ), token(&again)).await.is_ok());
    let wide = admit(&world, scopes(BOTH), Joined::Owner).await.unwrap();
    let old = admit(&world, scopes(READ), token(&paired)).await;
    assert!(matches!(old, Err(Refusal::BadToken)), "replaced");
    assert!(admit(&world, scopes(BOTH), token(&wide)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_token_is_good_for_its_device_and_role_only() {
    let world = Plan::default().start().await;
    let paired = admit(&world, scopes(BOTH), Joined::Owner).await.unwrap();
    let refused = async |claim| {
        matches!(
            world.engine.admit(claim, token(&paired)).await,
            Err(Refusal::BadToken)
        )
    };
    assert!(
        refused(claim("d", Role::Node, ScopeSet::EMPTY)).await,
        "another role"
    );
    assert!(
        refused(claim("e", Role::Operator, scopes(READ))).await,
        "another device"
    );
    assert!(matches!(
        admit(
            &world,
            scopes(READ),
            Joined::Token(Secret::new(String::new()))
        )
        .await,
        Err(Refusal::BadToken)
    ));
    let node = world
        .engine
        .admit(claim("d", Role::Node, ScopeSet::EMPTY), Joined::Owner)
        .await
        .unwrap();
    assert!(
        refused(claim("d", Role::Node, ScopeSet::EMPTY)).await,
        "a device has a token for each role"
    );
    let as_operator = world
        .engine
        .admit(claim("d", Role::Operator, scopes(READ)), token(&node))
        .await;
    assert!(matches!(as_operator, Err(Refusal::BadToken)));
    assert!(
        admit(&world, scopes(BOTH), token(&paired)).await.is_ok(),
        "and the other one still works"
    );
}

#[tokio::test(start_paused = true)]
async fn a_revoked_token_is_refused() {
    use tidegate_core::SecretHash;
    use tidegate_core::store::{DeviceGrant, DeviceStore};
    let store = std::sync::Arc::new(tidegate_store::MemoryStore::new());
    let world = Plan::default()
        .start_on(std::sync::Arc::clone(&store))
        .await;
    let grant = |revoked_at_ms| DeviceGrant {
        role: Role::Operator,
        scopes: ScopeSet::all(),
        token: SecretHash::of("t"),
        token_scopes: ScopeSet::all(),
        granted_at_ms: 1,
        issued_at_ms: 1,
        revoked_at_ms,
        expires_at_ms: None,
        used_at_ms: None,
        used_from: None,
        offer: None,
    };
    let shown = || Joined::Token(Secret::new("t".into()));
    for (revoked, good) in [(None, true), (Some(2), false)] {
        store
            .grant(
                &DeviceId::new("d"),
                [7; 32],
                DeviceLabel::default(),
                grant(revoked),
            )
            .await
            .unwrap();
        assert_eq!(admit(&world, scopes(READ), shown()).await.is_ok(), good);
    }
}

#[tokio::test(start_paused = true)]
async fn at_most_fifty_requests_wait() {
    let world = Plan::default().start().await;
    let ask = async |name: &str| {
        let asked = claim(name, Role::Operator, scopes(READ));
        request_id(&world.engine.admit(asked, Joined::Secret).await.unwrap_err()).0
    };
    let first = ask("d0").await;
    let second = ask("d1").await;
    for number in 2..51 {
        world.clock.advance_ms(1);
        ask(&format!("d{number}")).await;
    }
    assert_eq!(ask("d1").await, second, "fifty are kept");
    assert_ne!(ask("d0").await, first, "the oldest gave way");
}

fn scope_set() -> impl Strategy<Value = ScopeSet> {
    prop::collection::vec(prop::sample::select(Scope::ALL.to_vec()), 0..5)
        .prop_map(|picked| picked.into_iter().collect())
}

#[derive(Debug, Clone)]
enum Way {
    Owner,
    Secret,
    Code,
    /// The token of an earlier admission, in the order in which they were made.
    Token(usize),
    WrongToken,
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![
        1 => Just(Way::Owner),
        3 => Just(Way::Secret),
        1 => Just(Way::Code),
        4 => (0..8_usize).prop_map(Way::Token),
        1 => Just(Way::WrongToken),
    ]
}

proptest! {
    /// For any life of a device: it gets exactly what it asked for and has, never more; and a
    /// token gives no more than what it was made for, however it is shown.
    #[test]
    fn authority_is_what_was_asked_for_and_granted(
        steps in prop::collection::vec((way(), prop::bool::ANY, scope_set()), 1..25),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let world = Plan::default().start().await;
            // What each role was granted by a proof, and the tokens with their scopes.
            let mut granted = [None::<ScopeSet>, None];
            let mut tokens: Vec<(usize, Secret<String>, ScopeSet)> = Vec::new();
            for (way, as_node, requested) in steps {
                let (slot, role) = if as_node { (0, Role::Node) } else { (1, Role::Operator) };
                let live = |tokens: &[(usize, Secret<String>, ScopeSet)], pick: usize| {
                    let newest = tokens.iter().rposition(|(of, ..)| *of == slot);
                    tokens.get(pick).filter(|(of, ..)| *of == slot && newest == Some(pick)).map(|found| found.2)
                };
                let shown = match &way {
                    Way::Owner => Joined::Owner,
                    Way::Secret => Joined::Secret,
                    Way::Code => code(&world, CodeGrant {
                        operator: (!as_node).then(ScopeSet::all),
                        node: as_node,
                    }).await,
                    Way::Token(pick) => match tokens.get(*pick) {
                        Some((_, token, _)) => Joined::Token(token.clone()),
                        None => continue,
                    },
                    Way::WrongToken => Joined::Token(Secret::new("0".repeat(64))),
                };
                let got = world.engine.admit(claim("d", role, requested), shown).await;
                let expected = match way {
                    Way::Owner => Some(requested),
                    // A code gives a node no scopes, whatever it asks for.
                    Way::Code => Some(if as_node { ScopeSet::EMPTY } else { requested }),
                    Way::Secret => granted[slot].filter(|has| requested.within(*has) == requested).map(|_| requested),
                    Way::Token(pick) => live(&tokens, pick).map(|of_token| requested.within(of_token)),
                    Way::WrongToken => None,
                };
                let Ok(admission) = got else {
                    assert_eq!(expected, None, "{way:?} was refused");
                    continue;
                };
                assert_eq!(Some(admission.principal.scopes), expected, "{way:?}");
                assert!(admission.principal.scopes.is_subset(requested));
                assert_eq!(admission.principal.role, role);
                assert_eq!(admission.principal.id, PrincipalId::Device(DeviceId::new("d")));
                if matches!(way, Way::Token(_)) {
                    continue;
                }
                let given = admission.principal.scopes;
                granted[slot] = Some(granted[slot].unwrap_or_default().union(given));
                let newest = tokens.iter().rfind(|(of, ..)| *of == slot);
                let could = newest.map_or(ScopeSet::EMPTY, |newest| newest.2);
                let told_again = newest.is_some_and(|newest| newest.1 == admission.token);
                // A code gives a new token that can nothing beside. The secret widens the one that
                // there is, and where it is wide enough, that is told again.
                let by_code = matches!(way, Way::Code);
                let covers = newest.is_some() && given.is_subset(could);
                assert_eq!(told_again, covers && !by_code, "{way:?}");
                if !told_again {
                    let beside = if by_code { ScopeSet::EMPTY } else { could };
                    tokens.push((slot, admission.token.clone(), given.union(beside)));
                }
            }
        });
    }
}
