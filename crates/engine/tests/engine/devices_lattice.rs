//! Nobody gives what they do not have, whatever the way (SECURITY T15, T16, T23; G3).

use proptest::prelude::*;
use tidegate_core::{PrincipalId, ScopeSet};
use tidegate_engine::{CodeGrant, EngineError, Joined};
use tidegate_protocol::{Role, Scope};

use crate::devices::{admit, ask, claim, id, permit_of};
use crate::world::Plan;

fn scope_set() -> impl Strategy<Value = ScopeSet> {
    prop::collection::vec(prop::sample::select(Scope::ALL.to_vec()), 0..5)
        .prop_map(|picked| picked.into_iter().collect())
}

/// What a caller may give, by hand: each scope that it holds; admin holds all, write holds read.
fn may_give(has: ScopeSet, role: Role, wants: ScopeSet) -> bool {
    let holds = |scope: Scope| {
        has.contains(Scope::Admin)
            || has.contains(scope)
            || (scope == Scope::Read && has.contains(Scope::Write))
    };
    wants.iter().all(holds) && (role == Role::Operator || holds(Scope::Write))
}

fn run(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(work);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Approving, for every caller, device and request: what the device has afterwards is what it
    /// had, and what it asked for if the caller may give that; never anything else.
    #[test]
    fn an_approval_is_never_wider_than_the_approver(
        has in scope_set(), had in prop::option::of(scope_set()), wants in scope_set(), node in prop::bool::ANY,
    ) {
        run(async {
            let world = Plan::default().start().await;
            let role = if node { Role::Node } else { Role::Operator };
            let wants = if node { ScopeSet::EMPTY } else { wants };
            if let Some(had) = had {
                admit(&world, claim("d", Role::Operator, had), Joined::Owner).await.unwrap();
            }
            let already = !node && had.is_some_and(|had| wants.within(had) == wants);
            if already {
                return;
            }
            let request = ask(&world, claim("d", role, wants)).await;
            let caller = permit_of(PrincipalId::Owner, has.union([Scope::Pairing].into_iter().collect()));
            let has = caller.caller().scopes;
            let approved = world.engine.approve_device(&caller, &request).await;
            let after = |device: &tidegate_core::store::Device| {
                device.grant(role).map(|grant| grant.scopes)
            };
            let before = if node { None } else { had };
            match approved {
                Ok(device) => {
                    assert!(may_give(has, role, wants), "{has:?} gave {wants:?}");
                    assert_eq!(after(&device), Some(before.unwrap_or_default().union(wants)));
                }
                Err(EngineError::TooWide(_)) => {
                    assert!(!may_give(has, role, wants), "{has:?} could not give {wants:?}");
                    let devices = world.engine.devices().await.unwrap();
                    assert_eq!(devices.paired.first().and_then(|(device, _)| after(device)), before);
                    assert_eq!(devices.waiting.len(), 1, "it still waits for somebody who may");
                }
                Err(other) => panic!("{other}"),
            }
        });
    }

    /// Rotating: a token is within the caller, within what was approved, and a caller does not touch
    /// a device that may do more than it, except itself.
    #[test]
    fn a_token_is_never_wider_than_who_makes_it(
        has in scope_set(), had in scope_set(), wants in prop::option::of(scope_set()), itself in prop::bool::ANY,
    ) {
        run(async {
            let world = Plan::default().start().await;
            let joined = admit(&world, claim("d", Role::Operator, had), Joined::Owner).await.unwrap();
            let who = if itself { PrincipalId::Device(id("d")) } else { PrincipalId::Owner };
            let caller = permit_of(who, has.union([Scope::Pairing].into_iter().collect()));
            let has = caller.caller().scopes;
            let rotated = world.engine.rotate_token(&caller, &id("d"), Role::Operator, wants).await;
            let made = wants.unwrap_or(had);
            let may = (itself || may_give(has, Role::Operator, had))
                && may_give(has, Role::Operator, made)
                && made.within(had) == made;
            assert_eq!(rotated.is_ok(), may, "{has:?} makes {made:?} of {had:?}");
            assert_eq!(joined.standing.is_current(), !may);
            if let Ok(rotated) = rotated {
                assert_eq!(rotated.scopes, made);
                let asked = claim("d", Role::Operator, ScopeSet::all());
                let back = admit(&world, asked, Joined::Token(rotated.token)).await.unwrap();
                assert!(back.principal.scopes.iter().all(|scope| had.grants(scope) && has.grants(scope)));
            }
            // Taking away follows the same order.
            let removed = world.engine.remove_device(&caller, &id("d")).await;
            let now = if may { made } else { had };
            assert_eq!(removed.is_ok(), itself || may_give(has, Role::Operator, now));
        });
    }

    /// A code gives within its maker, within what it was made for, and within what was asked.
    #[test]
    fn a_code_is_never_wider_than_its_maker(
        has in scope_set(), made_for in prop::option::of(scope_set()), node in prop::bool::ANY, wants in scope_set(),
    ) {
        run(async {
            let world = Plan::default().start().await;
            let maker = permit_of(PrincipalId::Owner, has.union([Scope::Pairing].into_iter().collect()));
            let has = maker.caller().scopes;
            let wanted = CodeGrant { operator: made_for, node };
            let made = world.engine.setup_code(&maker, wanted).await.unwrap();
            let asked = claim("d", Role::Operator, wants);
            if let Ok(joined) = admit(&world, asked, Joined::Code(made.code)).await {
                for scope in joined.principal.scopes.iter() {
                    assert!(has.grants(scope) && made_for.unwrap().grants(scope) && wants.contains(scope));
                }
                assert_eq!(joined.other.is_some(), node && has.grants(Scope::Write));
            } else {
                assert_eq!(made_for, None);
            }
        });
    }
}
