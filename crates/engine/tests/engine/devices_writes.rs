//! What a handshake writes: nothing, if the device comes back with what it had. When tokens were
//! last shown is written once a minute, and when the gateway stops.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::store::{DeviceGrant, DeviceStore};
use tidegate_engine::{Admission, Joined};
use tidegate_protocol::{Role, Scope};

use crate::device_store::Halting;
use crate::devices::{admit, claim, id, owner, scopes, written};
use crate::world::{NOW_MS, Plan, World};

/// A world with a device in it, and nothing counted yet.
async fn joined() -> (World, Arc<Halting>, Admission) {
    let store = Halting::new();
    let plan = Plan {
        devices: Some(Arc::clone(&store) as _),
        ..Plan::default()
    };
    let world = plan.start().await;
    let joined = comes(&world, Joined::Owner).await;
    assert_eq!(store.writes(), 1, "its right and its token");
    (world, store, joined)
}

async fn comes(world: &World, shown: Joined) -> Admission {
    let asked = claim("d", Role::Operator, scopes(&[Scope::Read]));
    admit(world, asked, shown).await.unwrap()
}

fn by_token(joined: &Admission) -> Joined {
    Joined::Token(joined.token.clone())
}

async fn stored(store: &Halting) -> DeviceGrant {
    let device = store.kept.device(&id("d")).await.unwrap().unwrap();
    device.grant(Role::Operator).unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn a_device_that_comes_back_costs_no_write_but_one_a_minute() {
    let (world, store, joined) = joined().await;
    for shown in [Joined::Owner, Joined::Secret, by_token(&joined)] {
        for _ in 0..5 {
            world.clock.advance_ms(1_000);
            let again = comes(&world, shown.clone()).await;
            assert_eq!(again.token, joined.token);
            assert_eq!(again.issued_at_ms, joined.issued_at_ms);
        }
        assert_eq!(store.writes(), 0, "{shown:?}");
        let came_at_ms = world.engine.now_ms();
        written().await;
        assert_eq!(store.writes(), 1, "{shown:?}");
        assert_eq!(stored(&store).await.used_at_ms, Some(came_at_ms));
    }
    written().await;
    assert_eq!(store.writes(), 0, "nobody came");
}

#[tokio::test(start_paused = true)]
async fn who_looks_sees_the_last_use_and_a_stop_loses_none() {
    let (world, store, joined) = joined().await;
    world.clock.advance_ms(1_000);
    comes(&world, by_token(&joined)).await;
    let (device, _) = world.engine.devices().await.unwrap().paired.remove(0);
    let used_at_ms = device.grant(Role::Operator).unwrap().used_at_ms;
    assert_eq!(used_at_ms, Some(NOW_MS + 1_000));
    world.clock.advance_ms(1_000);
    comes(&world, by_token(&joined)).await;
    world.engine.drain(Duration::from_secs(1)).await;
    assert_eq!(stored(&store).await.used_at_ms, Some(NOW_MS + 2_000));
}

#[tokio::test(start_paused = true)]
async fn a_token_in_anothers_place_was_not_used() {
    let (world, store, joined) = joined().await;
    comes(&world, by_token(&joined)).await;
    let engine = &world.engine;
    let (by, device) = (owner(), id("d"));
    let rotated = engine.rotate_token(&by, &device, Role::Operator, None);
    rotated.await.unwrap();
    written().await;
    assert_eq!(stored(&store).await.used_at_ms, None);
    let again = comes(&world, Joined::Owner).await;
    assert_ne!(again.token, joined.token, "what was replaced is not told");
}

/// More devices come than may wait to be written.
#[tokio::test(start_paused = true)]
async fn nothing_is_lost_when_many_come_at_once() {
    let (world, store, _) = joined().await;
    let ask = |number: usize| {
        let name = format!("d{number}");
        claim(&name, Role::Operator, scopes(&[Scope::Read]))
    };
    let mut tokens = Vec::new();
    for number in 0..1_100 {
        let joined = admit(&world, ask(number), Joined::Owner).await.unwrap();
        tokens.push(joined.token);
    }
    store.writes();
    world.clock.advance_ms(1_000);
    for (number, token) in tokens.into_iter().enumerate() {
        let back = admit(&world, ask(number), Joined::Token(token)).await;
        back.unwrap();
    }
    let paired = world.engine.devices().await.unwrap().paired;
    assert_eq!(store.writes(), 1_100);
    let used = paired.iter().filter(|(device, _)| {
        let grant = device.grant(Role::Operator).unwrap();
        grant.used_at_ms == Some(NOW_MS + 1_000)
    });
    assert_eq!(used.count(), 1_100);
}
