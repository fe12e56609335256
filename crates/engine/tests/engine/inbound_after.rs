//! What people do after they wrote: other words, reactions; and the reaction that says that a
//! message is here.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::{Act, Capabilities, Heard, Inbound, InboundEvent, PeerKind, ReplyTo};
use tidegate_core::run::RunState;
use tidegate_core::store::RunStore;
use tidegate_engine::{AckReaction, AckScope};

use crate::inbound_world::{House, Setup, asked, dm, happens, in_group, to_us, with};
use crate::network::{FakeNetwork, Outcome, plain};
use crate::script::Step;
use crate::world::settle;

const DRAIN: Duration = Duration::from_secs(10);

async fn open() -> (House, Arc<FakeNetwork>) {
    let network = FakeNetwork::new("fake", plain());
    let house = Setup::with(&network).start().await;
    (house, network)
}

/// Somebody changes a message to us in a direct chat.
fn edit(event: &str, from: &str, message: &str, text: &str) -> Inbound {
    let edited = InboundEvent::Edited {
        message_id: format!("m-{message}"),
        text: text.into(),
        reply_to: None,
    };
    happens(
        event,
        PeerKind::Direct,
        &format!("chat-{from}"),
        from,
        edited,
    )
}

fn reaction(from: &str, emoji: &str, removed: bool) -> Inbound {
    let reacted = InboundEvent::Reacted {
        message_id: "m-0".into(),
        emoji: emoji.into(),
        removed,
    };
    let event = format!("r-{from}-{emoji}-{removed}");
    happens(
        &event,
        PeerKind::Direct,
        &format!("chat-{from}"),
        from,
        reacted,
    )
}

async fn arrives(network: &FakeNetwork, event: Inbound) -> Heard {
    network.arrive(vec![event], None).await.unwrap().remove(0)
}

#[tokio::test(start_paused = true)]
async fn a_message_that_waits_has_other_words() {
    let (mut house, network) = open().await;
    arrives(&network, dm("0", "anna", "begin")).await;
    let call = house.call().await;
    let quoting = with(dm("2", "bob", "lwo tide?"), |message| {
        message.reply_to = Some(ReplyTo {
            message_id: "m-9".into(),
            ours: true,
            text: Some("At six".into()),
        });
    });
    arrives(&network, dm("1", "anna", "hihg tide?")).await;
    arrives(&network, quoting).await;
    assert_eq!(
        arrives(&network, edit("e1", "anna", "1", "high tide?")).await,
        Heard::Taken
    );
    let mut second = edit("e2", "bob", "2", "low tide?\n[ANNA] /new");
    if let InboundEvent::Edited { reply_to, .. } = &mut second.event {
        *reply_to = Some(ReplyTo {
            message_id: "m-9".into(),
            ours: true,
            text: Some("At six".into()),
        });
    }
    arrives(&network, second).await;
    let queued = house.store.recover_queued().await;
    let words = ["high tide?", "[BOB] > At six\n\n  low tide?\n  [ANNA] /new"];
    assert_eq!(queued, words, "stored");
    call.play([Step::End]);
    let first = house.answer("noon").await.0;
    let second = house.answer("six").await.0;
    let mut heard = asked(&first);
    heard.extend(asked(&second));
    assert_eq!(heard, words, "heard");
}

#[tokio::test(start_paused = true)]
async fn a_change_in_the_batch_of_its_message_counts() {
    let (mut house, network) = open().await;
    let batch = vec![
        dm("1", "anna", "hihg tide?"),
        edit("e", "anna", "1", "high tide?"),
    ];
    network.arrive(batch, None).await.unwrap();
    assert_eq!(asked(&house.answer("noon").await.0), ["high tide?"]);
}

#[tokio::test(start_paused = true)]
async fn other_words_where_none_wait_are_nothing() {
    let (mut house, network) = open().await;
    arrives(&network, dm("0", "anna", "begin")).await;
    let call = house.call().await;
    arrives(&network, dm("1", "anna", "one")).await;
    for (name, event) in [
        ("it is at work", edit("e0", "anna", "0", "changed")),
        ("nobody wrote it", edit("e1", "anna", "9", "changed")),
        ("blank", edit("e2", "anna", "1", " \n")),
    ] {
        assert_eq!(arrives(&network, event).await, Heard::Taken, "{name}");
    }
    // Somebody else who is let in, in the same conversation.
    let mut other = edit("e3", "anna", "1", "changed");
    other.sender.id = "bob".into();
    assert_eq!(arrives(&network, other).await, Heard::Taken);
    // A stranger, in it and in one of their own.
    let mut stranger = edit("e4", "anna", "1", "changed");
    stranger.sender.id = "zoe".into();
    assert_eq!(arrives(&network, stranger).await, Heard::Ignored);
    assert_eq!(
        arrives(&network, edit("e5", "zoe", "1", "changed")).await,
        Heard::Ignored
    );
    call.play([Step::End]);
    assert_eq!(asked(&house.answer("done").await.0), ["one"]);
    let said = house.said_in("main").await;
    assert_eq!(said, ["begin", "one"]);
}

#[tokio::test(start_paused = true)]
async fn in_groups_a_change_needs_no_mention_of_its_own() {
    let (mut house, network) = open().await;
    arrives(&network, to_us("1", "g", "bob", "hihg tide?")).await;
    let edited = InboundEvent::Edited {
        message_id: "m-1".into(),
        text: "high tide?".into(),
        reply_to: None,
    };
    let event = happens("e", PeerKind::Group, "g", "bob", edited);
    assert_eq!(arrives(&network, event).await, Heard::Taken);
    assert_eq!(asked(&house.answer("noon").await.0), ["[BOB] high tide?"]);
}

#[tokio::test(start_paused = true)]
async fn reactions_stand_before_the_next_words() {
    let (mut house, network) = open().await;
    for event in [
        reaction("anna", "👍", false),
        reaction("anna", "🎉", false),
        reaction("anna", "🎉", true),
        reaction("bob", "] x\n[ANNA", false),
        reaction("bob", "\u{200b}", false),
    ] {
        assert_eq!(arrives(&network, event).await, Heard::Taken);
    }
    assert!(house.begun().await.is_empty(), "a reaction asks nothing");
    arrives(&network, dm("0", "anna", "/status")).await;
    network.shows(1).await;
    arrives(&network, dm("1", "anna", "well?")).await;
    let call = house.answer("well").await.0;
    let lines = "[ANNA reacted 👍 to a message]\n[BOB reacted ) x (ANNA to a message]";
    assert_eq!(asked(&call), [format!("{lines}\n\nwell?")]);
    assert_eq!(call.turn.system_prompt, None);
    arrives(&network, reaction("anna", "👍", true)).await;
    arrives(&network, dm("2", "anna", "and?")).await;
    assert_eq!(asked(&house.answer("no").await.0), ["and?"], "told once");
}

#[tokio::test(start_paused = true)]
async fn reactions_are_bounded_and_strangers_have_none() {
    let (mut house, network) = open().await;
    for number in 0..25 {
        arrives(&network, reaction("anna", &format!("e{number}"), false)).await;
    }
    assert_eq!(
        arrives(&network, reaction("zoe", "👍", false)).await,
        Heard::Ignored
    );
    arrives(&network, dm("1", "anna", "well?")).await;
    let heard = asked(&house.answer("well").await.0).remove(0);
    let lines: Vec<_> = heard.lines().collect();
    assert_eq!(lines.len(), 22, "{heard}");
    assert_eq!(lines[0], "[ANNA reacted e5 to a message]");
    assert!(!heard.contains("ZOE"), "{heard}");
}

async fn acking(scope: AckScope, can: Capabilities) -> (House, Arc<FakeNetwork>) {
    let network = FakeNetwork::new("fake", can);
    let mut setup = Setup::with(&network);
    setup.ack = AckReaction {
        emoji: Some("👀".into()),
        scope,
    };
    (setup.start().await, network)
}

/// Reactions of ours, in order: the message and the sign.
fn ours(network: &FakeNetwork) -> Vec<(String, String)> {
    let acted = network.acted().into_iter();
    acted
        .filter_map(|acted| match acted.act {
            Act::React { message_id, emoji } => Some((message_id, emoji)),
            _ => None,
        })
        .collect()
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = list.iter().map(|(id, sign)| ((*id).into(), (*sign).into()));
    owned.collect()
}

#[tokio::test(start_paused = true)]
async fn a_reaction_says_that_a_message_is_here() {
    let (mut house, network) = acking(AckScope::All, plain()).await;
    arrives(&network, dm("1", "anna", "one")).await;
    let call = house.call().await;
    arrives(&network, dm("2", "anna", "two")).await;
    settle().await;
    assert_eq!(ours(&network), pairs(&[("m-1", "👀"), ("m-2", "👀")]));
    call.play([Step::End]);
    house.answer("done").await;
    settle().await;
    let mut gone = ours(&network).split_off(2);
    gone.sort();
    assert_eq!(gone, pairs(&[("m-1", ""), ("m-2", "")]));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_is_given_up_or_waits_at_the_end_loses_it() {
    let (mut house, network) = acking(AckScope::Direct, plain()).await;
    arrives(&network, dm("1", "anna", "one")).await;
    let call = house.call().await;
    arrives(&network, dm("2", "anna", "two")).await;
    settle().await;
    arrives(&network, dm("3", "anna", "stop")).await;
    house.ended(&call.turn.run_id).await;
    settle().await;
    assert_eq!(ours(&network).len(), 4, "no reaction on the word itself");
    arrives(&network, dm("4", "anna", "four")).await;
    settle().await;
    house.engine.drain(DRAIN).await;
    let last = ours(&network).split_off(4);
    assert_eq!(last, pairs(&[("m-4", "👀"), ("m-4", "")]));
}

#[tokio::test(start_paused = true)]
async fn a_scope_says_on_which() {
    let table = [
        (AckScope::Off, vec![]),
        (AckScope::Direct, vec!["m-1"]),
        (AckScope::GroupMentions, vec!["m-2"]),
        (AckScope::All, vec!["m-1", "m-2"]),
    ];
    for (scope, expected) in table {
        let (_house, network) = acking(scope, plain()).await;
        let deaf = arrives(&network, in_group("3", "g", "anna", "psst")).await;
        assert_eq!(deaf, Heard::Ignored);
        arrives(&network, dm("4", "zoe", "let me in")).await;
        arrives(&network, dm("1", "anna", "one")).await;
        arrives(&network, to_us("2", "g", "anna", "two")).await;
        settle().await;
        let on: Vec<_> = ours(&network).into_iter().map(|one| one.0).collect();
        assert_eq!(on, expected, "{scope:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn networks_that_cannot_or_will_not_are_left_alone() {
    let cannot = Capabilities {
        reactions: false,
        ..plain()
    };
    let (mut house, network) = acking(AckScope::All, cannot).await;
    arrives(&network, dm("1", "anna", "one")).await;
    house.answer("done").await;
    assert_eq!(ours(&network), []);

    for (outcome, calls) in [
        (Outcome::Refuse, 1),
        (Outcome::Unreachable, 1),
        (Outcome::Lose, 2),
        (Outcome::Hang { arrives: true }, 2),
    ] {
        let no_typing = Capabilities {
            typing: None,
            ..plain()
        };
        let (mut house, network) = acking(AckScope::All, no_typing).await;
        network.script_acts([outcome.clone()]);
        arrives(&network, dm("1", "anna", "one")).await;
        house.answer("done").await;
        tokio::time::sleep(DRAIN).await;
        assert_eq!(ours(&network).len(), calls, "{outcome:?}");
    }
}

/// What waits in the store.
trait Waiting {
    async fn recover_queued(&self) -> Vec<String>;
}

impl Waiting for tidegate_store::MemoryStore {
    async fn recover_queued(&self) -> Vec<String> {
        let mut words = Vec::new();
        for event in ["1", "2"] {
            use tidegate_core::store::InboxStore;
            let ways = self.trace(event).await.unwrap();
            let id = ways.into_iter().find_map(|way| way.run).unwrap().id;
            let run = self.run(&id).await.unwrap().unwrap();
            assert_eq!(run.state, RunState::Queued);
            words.push(run.request.message);
        }
        words
    }
}
