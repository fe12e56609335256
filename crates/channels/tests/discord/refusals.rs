//! What Discord does not do, and the sentence for the owner.

use tidegate_core::channel::{Act, Channel as _, ChannelError, OutboundPart, PeerKind};

use crate::contract::{Rig, attempt, text};
use crate::rig::{DiscordRig, target};

async fn refused(rig: &DiscordRig, to: &tidegate_core::channel::Target) -> String {
    match rig.adapter().send(to, &text("x"), &attempt("1")).await {
        Err(ChannelError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_closed_door_is_named() {
    let rig = DiscordRig::start().await;
    rig.fake.set_writable(rig.room, false);
    assert!(
        refused(&rig, &rig.of_room())
            .await
            .contains("Send Messages")
    );
    rig.fake.set_visible(rig.room, false);
    assert!(refused(&rig, &rig.of_room()).await.contains("View Channel"));
    rig.fake.delete_channel(rig.room);
    assert!(
        refused(&rig, &rig.of_room())
            .await
            .contains("no such channel")
    );
    rig.fake.close_dms(rig.ada);
    assert!(
        refused(&rig, &rig.direct())
            .await
            .contains("no direct messages")
    );
    let forum = rig.fake.add_forum(rig.guild, "questions", &[], false);
    let forum = target(PeerKind::Channel, forum, None);
    assert!(refused(&rig, &forum).await.contains("thread"));
    let mut nowhere = rig.direct();
    nowhere.peer.id = "ada".into();
    assert!(refused(&rig, &nowhere).await.contains("number"));
}

#[tokio::test]
async fn a_closed_thread_is_named_and_an_open_one_wakes_up() {
    let rig = DiscordRig::start().await;
    let first = rig.fake.say(rig.room, rig.ada, "x").unwrap();
    let thread = rig
        .fake
        .start_thread(rig.room, first, rig.ada, "tides")
        .unwrap();
    let to = target(PeerKind::Channel, rig.room, Some(thread));
    rig.fake.set_archived(thread, true, true);
    assert!(refused(&rig, &to).await.contains("closed"));
    rig.fake.set_archived(thread, true, false);
    rig.adapter()
        .send(&to, &text("x"), &attempt("2"))
        .await
        .unwrap();
}

#[tokio::test]
async fn words_that_are_too_long_are_refused_with_discords_reason() {
    let rig = DiscordRig::start().await;
    let sent = rig
        .adapter()
        .send(&rig.direct(), &text(&"x".repeat(2001)), &attempt("1"))
        .await;
    let Err(ChannelError::Refused(why)) = sent else {
        panic!("{sent:?}");
    };
    assert!(
        why.contains("content: Must be 2000 or fewer in length."),
        "{why}"
    );
    let empty = rig
        .adapter()
        .send(&rig.direct(), &text(""), &attempt("2"))
        .await;
    assert!(matches!(empty, Err(ChannelError::Refused(_))), "{empty:?}");
}

#[tokio::test]
async fn somebody_elses_message_is_not_changed() {
    let rig = DiscordRig::start().await;
    let theirs = rig.say(&rig.direct(), "theirs");
    let edit = Act::Edit {
        message_id: theirs.clone(),
        markdown: "ours".into(),
    };
    let edited = rig.adapter().act(&rig.direct(), edit).await;
    assert!(
        matches!(edited, Err(ChannelError::Refused(_))),
        "{edited:?}"
    );
    // As a draft it counts as gone.
    let part = OutboundPart {
        replaces: Some(theirs),
        ..text("ours")
    };
    rig.adapter()
        .send(&rig.direct(), &part, &attempt("1"))
        .await
        .unwrap();
    assert_eq!(rig.shown(&rig.direct()).len(), 1);
}
