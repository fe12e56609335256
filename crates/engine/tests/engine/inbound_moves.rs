//! A group that gets another id keeps its rules, its agent and its conversation.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::access::GroupRules;
use tidegate_core::channel::{Heard, Inbound, InboundEvent, Peer, PeerKind};
use tidegate_core::routing::{Binding, BindingMatch, BoundAccount};
use tidegate_core::store::InboxStore;
use tidegate_engine::{AckReaction, AckScope};
use tidegate_protocol::{AgentId, ChannelId};

use crate::inbound_world::{House, Setup, asked, happens, to_us};
use crate::network::{FakeNetwork, plain};
use crate::script::{Step, say};

fn network() -> Arc<FakeNetwork> {
    FakeNetwork::new("fake", plain())
}

fn moves(event: &str, from: &str, to: &str) -> Inbound {
    let what = InboundEvent::Moved { to: to.into() };
    happens(event, PeerKind::Group, from, "", what)
}

/// The second agent answers in the group `g`.
fn bound(mut setup: Setup) -> Setup {
    setup.routing.bindings.push(Binding {
        agent: AgentId::new("second"),
        matches: BindingMatch {
            channel: ChannelId::new("fake"),
            account: BoundAccount::Default,
            peer: Some(Peer {
                kind: PeerKind::Group,
                id: "g".into(),
            }),
            guild_id: None,
            team_id: None,
        },
    });
    setup
}

/// Anna asks in the group and is answered there; gives how much of the conversation the agent saw.
async fn exchange(
    house: &mut House,
    network: &FakeNetwork,
    event: &str,
    group: &str,
) -> Option<usize> {
    let asks = to_us(event, group, "anna", "hello");
    let heard = network.arrive(vec![asks], None).await.unwrap();
    if heard == [Heard::Ignored] {
        return None;
    }
    let before = network.texts().len();
    let (call, run) = house.answer("ok").await;
    let shown = network.shows(before + 1).await.pop().unwrap();
    assert_eq!(shown.target.peer.id, group);
    let key = format!("agent:second:fake:group:{group}");
    assert_eq!(run.session_key.as_str(), key);
    Some(call.turn.history.len())
}

async fn next_life(house: House, network: &Arc<FakeNetwork>) -> House {
    house.engine.drain(Duration::from_secs(5)).await;
    let setup = Setup {
        store: house.store,
        ..Setup::with(network)
    };
    bound(setup).start().await
}

#[tokio::test(start_paused = true)]
async fn what_holds_for_the_old_id_holds_for_the_new_one() {
    let first = network();
    let mut house = bound(Setup::with(&first)).start().await;
    assert_eq!(exchange(&mut house, &first, "1", "g").await, Some(1));
    assert_eq!(exchange(&mut house, &first, "early", "g2").await, None);
    let heard = first.arrive(vec![moves("m", "g", "g2")], None).await;
    assert_eq!(heard.unwrap(), [Heard::Taken]);
    assert_eq!(exchange(&mut house, &first, "2", "g2").await, Some(3));
    let quiet = crate::inbound_world::in_group("3", "g2", "anna", "hello all");
    let heard = first.arrive(vec![quiet], None).await.unwrap();
    assert_eq!(heard, [Heard::Ignored], "the rules came along");
    let stranger = to_us("4", "g2", "zoe", "hello");
    let heard = first.arrive(vec![stranger], None).await.unwrap();
    assert_eq!(heard, [Heard::Ignored], "and give nobody a right");

    let second = network();
    let mut house = next_life(house, &second).await;
    assert_eq!(exchange(&mut house, &second, "5", "g2").await, Some(5));
    let again = second.arrive(vec![moves("m2", "g2", "g3")], None).await;
    assert_eq!(again.unwrap(), [Heard::Taken]);
    assert_eq!(exchange(&mut house, &second, "6", "g3").await, Some(7));

    let third = network();
    let mut house = next_life(house, &third).await;
    assert_eq!(exchange(&mut house, &third, "7", "g3").await, Some(9));
    let sessions = house.engine.session_count(None).await;
    assert_eq!(sessions.unwrap(), 1, "one conversation all the time");
}

#[tokio::test(start_paused = true)]
async fn the_new_id_may_be_named_in_the_configuration() {
    let first = network();
    let house = Setup::with(&first).start().await;
    first
        .arrive(vec![moves("m", "g", "g2")], None)
        .await
        .unwrap();
    house.engine.drain(Duration::from_secs(5)).await;
    let second = network();
    let mut setup = Setup {
        store: house.store,
        ..Setup::with(&second)
    };
    let open = GroupRules {
        require_mention: Some(false),
        ..GroupRules::default()
    };
    let groups = &mut setup.accounts[0].rules.groups;
    // The old name is still there and says something else.
    groups.insert("g2".into(), open);
    let mut house = setup.start().await;
    let quiet = crate::inbound_world::in_group("1", "g2", "anna", "hello all");
    second.arrive(vec![quiet], None).await.unwrap();
    house.answer("hello").await;
    assert_eq!(second.shows(1).await[0].target.peer.id, "g2");
}

#[tokio::test(start_paused = true)]
async fn a_group_that_is_heard_as_one_of_all_moves_too() {
    let network = network();
    let mut setup = Setup::with(&network);
    let groups = &mut setup.accounts[0].rules.groups;
    groups.insert("*".into(), GroupRules::default());
    let mut house = setup.start().await;
    let asks = |event: &str, group: &str| to_us(event, group, "anna", "hello");
    network.arrive(vec![asks("1", "x")], None).await.unwrap();
    house.answer("ok").await;
    network
        .arrive(vec![moves("m", "x", "y")], None)
        .await
        .unwrap();
    network.arrive(vec![asks("2", "y")], None).await.unwrap();
    let (call, run) = house.answer("ok").await;
    assert_eq!(run.session_key.as_str(), "agent:main:fake:group:y");
    assert_eq!(call.turn.history.len(), 3, "the same conversation");
}

#[tokio::test(start_paused = true)]
async fn a_group_that_nobody_named_moves_nowhere() {
    let network = network();
    let mut house = Setup::with(&network).start().await;
    let events = vec![moves("1", "unknown", "g9"), moves("2", "unknown", "g")];
    let heard = network.arrive(events, None).await.unwrap();
    assert_eq!(heard, [Heard::Ignored; 2]);
    let known = house.store.moves(network.key()).await.unwrap();
    assert_eq!(known, Vec::new());
    let asks = to_us("3", "g9", "anna", "hello");
    let heard = network.arrive(vec![asks], None).await.unwrap();
    assert_eq!(heard, [Heard::Ignored]);
    assert!(house.begun().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_came_before_the_move_in_its_batch_goes_along() {
    let network = network();
    let mut house = bound(Setup::with(&network)).start().await;
    let events = vec![
        to_us("1", "g", "anna", "one"),
        moves("m", "g", "g2"),
        to_us("2", "g2", "anna", "two"),
    ];
    let heard = network.arrive(events, Some("9")).await.unwrap();
    assert_eq!(heard, [Heard::Taken; 3]);
    let (call, run) = house.answer("both").await;
    assert_eq!(asked(&call).len(), 2, "one turn");
    assert_eq!(run.session_key.as_str(), "agent:second:fake:group:g2");
    let shown = network.shows(1).await.pop().unwrap();
    assert_eq!(shown.target.peer.id, "g2");
    assert_eq!(house.engine.session_count(None).await.unwrap(), 1);
    let cursor = house.store.cursor(network.key(), "bot").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("9"));
}

#[tokio::test(start_paused = true)]
async fn a_turn_at_work_keeps_its_place_when_its_group_moves() {
    let network = network();
    let mut house = bound(Setup::with(&network)).start().await;
    let asks = |event: &str, group: &str| vec![to_us(event, group, "anna", "hello")];
    network.arrive(asks("1", "g"), None).await.unwrap();
    let call = house.call().await;
    network.arrive(asks("2", "g"), None).await.unwrap();
    network
        .arrive(vec![moves("m", "g", "g2")], None)
        .await
        .unwrap();
    network.arrive(asks("3", "g2"), None).await.unwrap();
    assert!(house.begun().await.is_empty(), "one turn at a time");
    call.play([say("first"), Step::End]);
    let (call, run) = house.answer("second").await;
    assert_eq!(asked(&call).len(), 2);
    assert_eq!(call.turn.history.len(), 4, "with all that was said");
    assert_eq!(run.session_key.as_str(), "agent:second:fake:group:g2");
    assert_eq!(house.engine.session_count(None).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_turn_at_work_answers_where_its_group_is_now() {
    let network = network();
    let mut setup = bound(Setup::with(&network));
    setup.accounts[0].drafts = true;
    setup.ack = AckReaction {
        emoji: Some("👀".into()),
        scope: AckScope::All,
    };
    let mut house = setup.start().await;
    let asks = to_us("1", "g", "anna", "hello");
    network.arrive(vec![asks], None).await.unwrap();
    let call = house.call().await;
    call.play([say("These are five whole words")]);
    let draft = network.shows(1).await.remove(0);
    assert_eq!(draft.target.peer.id, "g");
    assert!(draft.reply_to.is_some());
    let before = network.acted().len();
    network
        .arrive(vec![moves("m", "g", "g2")], None)
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    call.play([say(" and more"), Step::End]);
    house.ended(&call.turn.run_id).await;
    let answer = network.shows(2).await.remove(1);
    assert_eq!(answer.target.peer.id, "g2");
    assert_eq!(answer.text, "These are five whole words and more");
    assert_eq!(answer.reply_to, None, "ids of messages are others there");
    let sent = network.sent();
    assert_eq!(sent.len(), 2, "nothing was tried at the old id");
    assert_eq!(sent[1].part.replaces, None);
    assert_eq!(network.shown()[0].edits, 0, "nor changed there");
    let after = network.acted().split_off(before);
    assert!(!after.is_empty(), "typing goes on");
    assert!(after.iter().all(|act| act.target.peer.id == "g2"));
}

#[tokio::test(start_paused = true)]
async fn a_reaction_that_waits_goes_along() {
    let network = network();
    let mut setup = bound(Setup::with(&network));
    let open = GroupRules {
        require_mention: Some(false),
        ..GroupRules::default()
    };
    setup.accounts[0].rules.groups.insert("g".into(), open);
    let mut house = setup.start().await;
    assert_eq!(exchange(&mut house, &network, "1", "g").await, Some(1));
    let reacted = InboundEvent::Reacted {
        message_id: "m1".into(),
        emoji: "👍".into(),
        removed: false,
    };
    let reacted = happens("2", PeerKind::Group, "g", "anna", reacted);
    let events = vec![reacted, moves("m", "g", "g2")];
    let heard = network.arrive(events, None).await.unwrap();
    assert_ne!(heard[0], Heard::Ignored);
    let asks = to_us("3", "g2", "anna", "well?");
    network.arrive(vec![asks], None).await.unwrap();
    let (call, _) = house.answer("ok").await;
    let words = asked(&call).pop().unwrap();
    assert!(words.contains("reacted 👍"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn a_group_that_moves_at_work_can_be_stopped_there() {
    let network = network();
    let mut house = bound(Setup::with(&network)).start().await;
    let asks = to_us("1", "g", "anna", "hello");
    network.arrive(vec![asks], None).await.unwrap();
    let call = house.call().await;
    network
        .arrive(vec![moves("m", "g", "g2")], None)
        .await
        .unwrap();
    let key = house.key("agent:second:fake:group:g2");
    let stopped = house.engine.abort(&key, Some(&call.turn.run_id)).await;
    let stopped = stopped.unwrap().run_ids;
    assert_eq!(stopped, std::slice::from_ref(&call.turn.run_id));
    house.ended(&call.turn.run_id).await;
}
