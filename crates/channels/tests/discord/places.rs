//! Guilds, threads, forums, replies, mentions, files.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;
use tidegate_core::channel::{
    Channel as _, InboundEvent, InboundMessage, MediaKind, PeerKind, Space,
};
use tidegate_fakes::discord::{Post, Upload, routes};

use crate::contract::{Live, MemoryInbox, Rig, attempt, eventually, text};
use crate::rig::{DiscordRig, target};

fn inbox() -> Arc<MemoryInbox> {
    Arc::default()
}

fn message(event: &InboundEvent) -> &InboundMessage {
    match event {
        InboundEvent::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

/// Starts again behind everything that the gateway tells of guilds.
async fn restarted(rig: &DiscordRig, inbox: &Arc<MemoryInbox>) -> Live {
    let live = Live::started(rig.channel(), inbox).await;
    eventually("the guild is behind us", || seq(inbox) >= Some(2)).await;
    live.stop().await;
    Live::started(rig.channel(), inbox).await
}

/// The number of the last event that is behind us.
fn seq(inbox: &MemoryInbox) -> Option<u64> {
    let cursor: Value = serde_json::from_str(inbox.cursors().last()?).unwrap();
    cursor["seq"].as_u64()
}

#[tokio::test]
async fn a_room_a_thread_and_a_post_are_told_apart() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let forum = rig.fake.add_forum(rig.guild, "questions", &[], false);
    let live = Live::started(rig.channel(), &inbox).await;
    let first = rig.fake.say(rig.room, rig.ada, "in the room").unwrap();
    let thread = rig
        .fake
        .start_thread(rig.room, first, rig.ada, "Spring tides");
    let thread = thread.unwrap();
    rig.fake.say(thread, rig.ada, "in the thread").unwrap();
    let post = rig
        .fake
        .forum_post(forum, rig.ada, "How high?", &[], "in the post");
    let post = post.unwrap();
    let events = inbox.wait_for(3).await;
    assert_eq!(
        inbox.texts(),
        ["in the room", "in the thread", "in the post"]
    );
    let places: Vec<_> = events
        .iter()
        .map(|event| (event.peer.id.clone(), event.thread.clone()))
        .collect();
    assert_eq!(
        places,
        [
            (rig.room.to_string(), None),
            (rig.room.to_string(), Some(thread.to_string())),
            (forum.to_string(), Some(post.to_string())),
        ]
    );
    for event in &events {
        assert_eq!(event.peer.kind, PeerKind::Channel);
        assert_eq!(event.space, Some(Space::Guild(rig.guild.to_string())));
        assert_eq!(event.sender.id, rig.ada.to_string());
    }
    let titles: Vec<_> = events.iter().filter_map(|e| e.title.as_deref()).collect();
    assert_eq!(titles, ["#tides (Harbour)", "Spring tides", "How high?"]);
    // Known by the gateway: nobody was asked.
    assert_eq!(rig.calls(routes::CHANNEL), 0);
    for (room, thread) in [(rig.room, thread), (forum, post)] {
        let to = target(PeerKind::Channel, room, Some(thread));
        let key = attempt(&thread.to_string());
        rig.adapter()
            .send(&to, &text("an answer"), &key)
            .await
            .unwrap();
        assert_eq!(rig.shown(&to).len(), 1);
    }
    live.stop().await;
}

#[tokio::test]
async fn after_a_restart_a_thread_is_asked_for_once() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let first = rig.fake.say(rig.room, rig.ada, "unheard").unwrap();
    let thread = rig
        .fake
        .start_thread(rig.room, first, rig.ada, "Spring tides");
    let thread = thread.unwrap();
    let live = restarted(&rig, &inbox).await;
    for words in ["one", "two"] {
        rig.fake.say(thread, rig.ada, words).unwrap();
    }
    let events = inbox.wait_for(2).await;
    assert!(events.iter().all(|e| e.thread == Some(thread.to_string())));
    assert!(events.iter().all(|e| e.peer.id == rig.room.to_string()));
    assert_eq!(rig.calls(routes::CHANNEL), 1);
    live.stop().await;
}

#[tokio::test]
async fn a_channel_that_nobody_can_explain_is_not_heard() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let first = rig.fake.say(rig.room, rig.ada, "unheard").unwrap();
    let thread = rig
        .fake
        .start_thread(rig.room, first, rig.ada, "Spring tides");
    let thread = thread.unwrap();
    let live = restarted(&rig, &inbox).await;
    rig.fake.set_visible(thread, false);
    rig.fake.say(thread, rig.ada, "from nowhere").unwrap();
    rig.say(&rig.direct(), "from somewhere");
    inbox.wait_for(1).await;
    assert_eq!(inbox.texts(), ["from somewhere"]);
    assert_eq!(live.failures(), 0);
    live.stop().await;
}

#[tokio::test]
async fn a_thread_that_cannot_be_asked_for_now_is_not_lost() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let first = rig.fake.say(rig.room, rig.ada, "unheard").unwrap();
    let thread = rig
        .fake
        .start_thread(rig.room, first, rig.ada, "Spring tides");
    let thread = thread.unwrap();
    let live = restarted(&rig, &inbox).await;
    let trouble = tidegate_fakes::common::Fault::Status(503);
    rig.fake.faults().next(routes::CHANNEL, trouble);
    rig.fake.say(thread, rig.ada, "wait for me").unwrap();
    inbox.wait_for(1).await;
    assert_eq!(inbox.texts(), ["wait for me"]);
    assert_eq!(live.failures(), 1);
    rig.check_acknowledged(&inbox);
    live.stop().await;
}

#[tokio::test]
async fn mentions_and_answers_are_marked() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let adapter = rig.adapter();
    let live = Live::started(adapter.clone(), &inbox).await;
    let ours = adapter
        .send(&rig.of_room(), &text("at six"), &attempt("1"))
        .await;
    let ours = ours.unwrap().message_id;
    rig.fake.mention(rig.room, rig.ada, "when?").unwrap();
    let reply = Post {
        reply_to: Some(crate::rig::number(&ours)),
        without_ping: true,
        ..Post::text("really?")
    };
    rig.fake.post(rig.room, rig.ada, reply).unwrap();
    rig.say(&rig.of_room(), "said to others");
    let events = inbox.wait_for(3).await;
    let all: Vec<_> = events.iter().map(|event| message(&event.event)).collect();
    assert_eq!((all[0].text.as_str(), all[0].mentioned), ("when?", true));
    let answered = all[1].reply_to.as_ref().unwrap();
    assert!(answered.ours && !all[1].mentioned);
    assert_eq!(
        (&answered.message_id, answered.text.as_deref()),
        (&ours, Some("at six"))
    );
    assert!(all[2].reply_to.is_none() && !all[2].mentioned);
    live.stop().await;
}

#[tokio::test]
async fn what_is_no_news_is_not_told() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let adapter = rig.adapter();
    let live = Live::started(adapter.clone(), &inbox).await;
    adapter
        .send(&rig.of_room(), &text("our own"), &attempt("1"))
        .await
        .unwrap();
    let theirs = rig.say(&rig.of_room(), "see https://example.org");
    rig.fake
        .unfurl(rig.room, crate::rig::number(&theirs))
        .unwrap();
    rig.change(&rig.of_room(), &theirs, "see nothing");
    rig.fake
        .unfurl(rig.room, crate::rig::number(&theirs))
        .unwrap();
    rig.say(&rig.of_room(), "the end");
    inbox.wait_for(3).await;
    let events = inbox.events();
    assert_eq!(events.len(), 3);
    assert!(matches!(&events[1].event, InboundEvent::Edited { text, .. } if text == "see nothing"));
    // The preview after the change told of the same change once more.
    assert_eq!(inbox.known(), 1);
    live.stop().await;
}

#[tokio::test]
async fn reactions_are_given_and_taken_back() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let emoji = rig.fake.add_emoji(rig.guild, "tide");
    let own = format!("tide:{emoji}");
    let adapter = rig.adapter();
    let live = Live::started(adapter.clone(), &inbox).await;
    let theirs = rig.say(&rig.of_room(), "good?");
    let message = crate::rig::number(&theirs);
    rig.fake.react(rig.room, message, rig.ada, &own).unwrap();
    rig.fake.unreact(rig.room, message, rig.ada, &own).unwrap();
    let react = tidegate_core::channel::Act::React {
        message_id: theirs.clone(),
        emoji: format!("<:{own}>"),
    };
    adapter.act(&rig.of_room(), react).await.unwrap();
    eventually("it is there", || {
        rig.reactions(&rig.of_room(), &theirs) == [own.clone()]
    })
    .await;
    let events = inbox.wait_for(3).await;
    for (event, gone) in events[1..].iter().zip([false, true]) {
        let expected = InboundEvent::Reacted {
            message_id: theirs.clone(),
            emoji: own.clone(),
            removed: gone,
        };
        assert_eq!(event.event, expected);
    }
    assert_ne!(events[1].provider_id, events[2].provider_id);
    live.stop().await;
    assert_eq!(inbox.events().len(), 3);
}

#[tokio::test]
async fn files_are_fetched_without_the_token() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let adapter = rig.adapter();
    let live = Live::started(adapter.clone(), &inbox).await;
    let upload = |name: &str, mime: &str| Upload {
        name: name.into(),
        content_type: Some(mime.into()),
        bytes: Bytes::from_static(b"waves"),
    };
    let post = Post {
        files: vec![
            upload("wave.png", "image/png"),
            upload("table.pdf", "application/pdf"),
        ],
        ..Post::text("look")
    };
    rig.fake.post(rig.dm, rig.ada, post).unwrap();
    let events = inbox.wait_for(1).await;
    let media = &message(&events[0].event).media;
    let kinds: Vec<_> = media.iter().map(|media| media.kind).collect();
    assert_eq!(kinds, [MediaKind::Photo, MediaKind::Document]);
    // Nothing is fetched before somebody wants it.
    assert_eq!(rig.calls(routes::DOWNLOAD), 0);
    let folder = tempfile::tempdir().unwrap();
    let stored = adapter.fetch(&media[0], &folder.path().join("a"), 5).await;
    assert_eq!(stored.unwrap().bytes, 5);
    let calls = rig.fake.calls().all();
    let fetch = calls
        .iter()
        .find(|c| c.route == Some(routes::DOWNLOAD))
        .unwrap();
    assert_eq!(fetch.authorization, None);
    live.stop().await;
}
