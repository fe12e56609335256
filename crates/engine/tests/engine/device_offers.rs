//! What a node offers: approved as it was shown, and nothing beyond it is sent (SECURITY T17).

use serde_json::json;
use tidegate_core::node::{NotAllowed, Offer};
use tidegate_core::{PrincipalId, ScopeSet};
use tidegate_engine::{CodeGrant, DeviceClaim, EngineError, Joined, NodeError};
use tidegate_protocol::{Role, Scope};

use crate::devices::{admit, ask, claim, code, owner, permit_of, scopes};
use crate::node_world::{Node, found, linux, which};
use crate::world::{Plan, World, settle};

fn offering(commands: &[&str]) -> DeviceClaim {
    DeviceClaim {
        offer: Some(linux(commands).offer()),
        ..claim("n", Role::Node, ScopeSet::EMPTY)
    }
}

/// Comes with a token, as a node with these commands, and says what of them was approved.
async fn comes(world: &World, commands: &[&str], shown: Joined) -> Offer {
    let admission = admit(world, offering(commands), shown).await.unwrap();
    admission.offer.unwrap()
}

async fn refused(world: &World, command: &str) -> Option<NotAllowed> {
    let mut invoke = which("n", command);
    invoke.command = command.into();
    match world.engine.nodes().invoke(invoke).await {
        Err(NodeError::NotAllowed { reason, .. }) => Some(reason),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_shows_what_a_node_offers_and_other_commands_are_another_request() {
    let world = Plan::default().start().await;
    let shown = ask(&world, offering(&["system.which"])).await;
    let waiting = world.engine.devices().await.unwrap().waiting;
    assert_eq!(waiting[0].told().commands, ["system.which"]);
    let wider = ask(&world, offering(&["system.which", "system.run"])).await;
    assert_ne!(shown, wider);
    let stale = world.engine.approve_device(&owner(), &shown).await;
    assert!(matches!(stale, Err(EngineError::Stale)), "{stale:?}");
    let device = world.engine.approve_device(&owner(), &wider).await.unwrap();
    let approved = device.grant(Role::Node).unwrap().offer.clone();
    assert_eq!(
        approved,
        Some(linux(&["system.which", "system.run"]).offer())
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_node_offers_later_is_asked_about_and_not_sent_until_then() {
    let world = Plan::default().start().await;
    let joined = admit(&world, offering(&["system.which"]), Joined::Owner)
        .await
        .unwrap();
    let wide = ["system.which", "system.run"];
    let approved = comes(&world, &wide, Joined::Token(joined.token.clone())).await;
    assert_eq!(approved, linux(&["system.which"]).offer());
    let mut node = Node::join_with(&world.engine, "n", "c1", linux(&wide), approved);
    settle().await;
    assert_eq!(
        refused(&world, "system.run").await,
        Some(NotAllowed::NotApproved)
    );
    let view = world.engine.nodes().view("n").await.unwrap().unwrap();
    assert_eq!(view.commands, ["system.which"]);
    assert_eq!(view.unapproved, ["system.run"]);

    let asked = world.engine.devices().await.unwrap().waiting;
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].told().commands, ["system.run", "system.which"]);
    let request = &asked[0].request.request_id;
    world
        .engine
        .approve_device(&owner(), request)
        .await
        .unwrap();
    let view = world.engine.nodes().view("n").await.unwrap().unwrap();
    assert_eq!(view.commands, ["system.run", "system.which"], "at once");
    let mut invoke = which("n", "now");
    invoke.command = "system.run".into();
    invoke.params = json!({ "command": ["date"] });
    let _asked = crate::node_world::ask(&world.engine, invoke);
    assert_eq!(node.next().await["command"], "system.run");
    let again = comes(&world, &wide, Joined::Token(joined.token)).await;
    assert_eq!(again, linux(&wide).offer(), "and from then on");
}

/// Not as the one that was approved: with what it called itself when it offered this.
#[tokio::test(start_paused = true)]
async fn a_node_that_offers_more_is_shown_as_it_came() {
    let world = Plan::default().start().await;
    let first = admit(&world, offering(&["system.which"]), Joined::Owner);
    let token = first.await.unwrap().token;
    comes(&world, &["system.which"], Joined::Token(token.clone())).await;
    let mut claim = offering(&["system.which"]);
    let mut mac = linux(&["system.which", "system.run"]);
    mac.platform = Some("macos 26".into());
    claim.offer = Some(mac.offer());
    claim.label.display_name = Some("Thief".into());
    claim.label.platform = Some("macos 26".into());
    claim.label.remote_ip = Some("192.0.2.9".into());
    let shown = claim.label.clone();
    let admission = admit(&world, claim, Joined::Token(token)).await.unwrap();
    let _node = Node::join_with(&world.engine, "n", "c1", mac, admission.offer.unwrap());
    settle().await;
    let devices = world.engine.devices().await.unwrap();
    assert_eq!(devices.waiting[0].request.label, shown);
    assert_eq!(devices.paired[0].0.label, shown);
}

#[tokio::test(start_paused = true)]
async fn another_system_is_another_offer() {
    let world = Plan::default().start().await;
    let approved = comes(&world, &["system.which"], Joined::Owner).await;
    let mut mac = linux(&["system.which"]);
    mac.platform = Some("macos 26".into());
    let _node = Node::join_with(&world.engine, "n", "c1", mac, approved.clone());
    assert_eq!(
        refused(&world, "system.which").await,
        Some(NotAllowed::NotApproved)
    );
    let waiting = world.engine.devices().await.unwrap().waiting;
    assert_eq!(waiting.len(), 1);
    // Less than was approved, and nothing, need nobody.
    let mut node = Node::join_with(&world.engine, "n", "c2", linux(&["system.which"]), approved);
    let asked = crate::node_world::ask(&world.engine, which("n", "k"));
    let request = node.next().await;
    assert!(node.answer(&request["id"], found()));
    asked.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_that_was_forgotten_is_there_again_for_who_looks_and_takes_no_others_place() {
    let world = Plan::default().start().await;
    let approved = comes(&world, &[], Joined::Owner).await;
    let _node = Node::join_with(&world.engine, "n", "c1", linux(&["system.run"]), approved);
    settle().await;
    world.clock.advance_ms(5 * 60 * 1000 + 1);
    let waiting = world.engine.devices().await.unwrap().waiting;
    assert_eq!(waiting.len(), 1);
    // The device wants to be an operator: that request stays.
    let wish = ask(&world, claim("n", Role::Operator, scopes(&[Scope::Read]))).await;
    let waiting = world.engine.devices().await.unwrap().waiting;
    let ids: Vec<_> = waiting
        .iter()
        .map(|one| one.request.request_id.clone())
        .collect();
    assert_eq!(ids, [wish]);
}

#[tokio::test(start_paused = true)]
async fn the_secret_from_elsewhere_and_another_role_approve_no_commands() {
    let world = Plan::default().start().await;
    let narrow = ask(&world, offering(&["system.which"])).await;
    world
        .engine
        .approve_device(&owner(), &narrow)
        .await
        .unwrap();
    let wide = ["system.which", "system.run"];
    let approved = comes(&world, &wide, Joined::Secret).await;
    assert_eq!(approved, linux(&["system.which"]).offer());
    // The owner's own proof does.
    let approved = comes(&world, &wide, Joined::Owner).await;
    assert_eq!(approved, linux(&wide).offer());
    // Whoever has less than a node needs decides about none.
    let wider = ["system.which", "system.run", "system.notify"];
    let _node = Node::join_with(&world.engine, "n", "c1", linux(&wider), approved);
    settle().await;
    let waiting = world.engine.devices().await.unwrap().waiting;
    let reader = permit_of(PrincipalId::Owner, scopes(&[Scope::Pairing]));
    let refused = world
        .engine
        .approve_device(&reader, &waiting[0].request.request_id)
        .await;
    assert!(matches!(refused, Err(EngineError::TooWide(Scope::Write))));
    let renamed = world.engine.nodes().rename(&reader, "n", "Mine").await;
    assert!(matches!(renamed, Err(EngineError::TooWide(Scope::Write))));
}

/// The maker of a code for a phone was shown no command: what the phone offers as a node waits for
/// somebody who is, in whichever role it used the code.
#[tokio::test(start_paused = true)]
async fn the_code_of_a_phone_approves_no_command_and_that_of_a_node_does() {
    let wide = ["system.which", "system.run"];
    for as_node in [false, true] {
        let world = Plan::default().start().await;
        let phone = code(&world, CodeGrant::full()).await;
        let approved = if as_node {
            comes(&world, &wide, phone).await
        } else {
            let asked = claim("n", Role::Operator, scopes(&[Scope::Read]));
            let joined = admit(&world, asked, phone).await.unwrap();
            let token = Joined::Token(joined.other.unwrap().token);
            comes(&world, &wide, token).await
        };
        assert_eq!(approved, Offer::default());
        let _node = Node::join_with(&world.engine, "n", "c1", linux(&wide), approved);
        settle().await;
        let refused = refused(&world, "system.which").await;
        assert_eq!(refused, Some(NotAllowed::NotApproved));
        let told = world.heard.named("device.pair.requested");
        let shown = &told[0].payload;
        assert_eq!(shown["commands"], json!(["system.run", "system.which"]));
        let waiting = world.engine.devices().await.unwrap().waiting;
        let request = &waiting[0].request.request_id;
        let decided = world.engine.approve_device(&owner(), request).await;
        decided.unwrap();
        // Another code takes away nothing that was approved.
        let again = code(&world, CodeGrant::limited()).await;
        assert_eq!(comes(&world, &wide, again).await, linux(&wide).offer());
    }
    let world = Plan::default().start().await;
    let for_a_node = code(&world, CodeGrant::node()).await;
    let approved = comes(&world, &wide, for_a_node).await;
    assert_eq!(approved, linux(&wide).offer());
}
