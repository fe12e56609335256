//! Small deeds, files, and who we are.

use bytes::Bytes;
use std::sync::Arc;
use tidegate_core::channel::{Act, ChannelError, InboundEvent, InboundMedia};

use super::{Live, MemoryInbox, Rig, Trouble, attempt, text};

pub(crate) async fn typing_is_shown<R: Rig>() {
    let rig = R::start().await;
    let channel = rig.channel();
    if channel.capabilities().typing.is_none() {
        let typing = channel.act(&rig.direct(), Act::Typing).await;
        assert!(matches!(typing, Err(ChannelError::Unsupported(_))));
        return;
    }
    channel.act(&rig.direct(), Act::Typing).await.unwrap();
    channel.act(&rig.direct(), Act::TypingEnds).await.unwrap();
    assert_eq!(rig.typings(&rig.direct()), 1);
}

pub(crate) async fn reactions_come_and_go<R: Rig>() {
    let rig = R::start().await;
    let (channel, direct) = (rig.channel(), rig.direct());
    let theirs = rig.say(&direct, "good?");
    let react = |emoji: &str| Act::React {
        message_id: theirs.clone(),
        emoji: emoji.into(),
    };
    for _ in 0..2 {
        channel.act(&direct, react("👀")).await.unwrap();
        assert_eq!(rig.reactions(&direct, &theirs), ["👀"]);
    }
    channel.act(&direct, react("")).await.unwrap();
    assert!(rig.reactions(&direct, &theirs).is_empty());
    let none = channel.act(&direct, react("not an emoji")).await;
    assert!(matches!(none, Err(ChannelError::Refused(_))), "{none:?}");
}

pub(crate) async fn words_are_changed<R: Rig>() {
    let rig = R::start().await;
    let (channel, direct) = (rig.channel(), rig.direct());
    let ours = channel
        .send(&direct, &text("one"), &attempt("1"))
        .await
        .unwrap();
    let edit = || Act::Edit {
        message_id: ours.message_id.clone(),
        markdown: "**two**".into(),
    };
    for _ in 0..2 {
        channel.act(&direct, edit()).await.unwrap();
        assert_eq!(rig.shown(&direct)[0].text, "two");
    }
}

async fn received_file<R: Rig>(rig: &R, bytes: Bytes) -> InboundMedia {
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(rig.channel(), &inbox).await;
    rig.say_file(&rig.direct(), bytes);
    let event = inbox.wait_for(1).await.remove(0).event;
    live.stop().await;
    let InboundEvent::Message(mut message) = event else {
        panic!("{event:?}");
    };
    message.media.remove(0)
}

pub(crate) async fn files_are_fetched_whole_or_not_at_all<R: Rig>() {
    let rig = R::start().await;
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let media = received_file(&rig, Bytes::from(bytes.clone())).await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("file");
    let stored = rig.channel().fetch(&media, &to, 300_000).await.unwrap();
    assert_eq!((stored.bytes, &stored.path), (300_000, &to));
    assert_eq!(std::fs::read(&to).unwrap(), bytes);
    let again = rig.channel().fetch(&media, &to, 300_000).await;
    assert!(again.is_err(), "wrote over a file");
    assert_eq!(std::fs::read(&to).unwrap(), bytes);
    let other = folder.path().join("other");
    let large = rig.channel().fetch(&media, &other, 299_999).await;
    assert!(matches!(large, Err(ChannelError::Refused(_))), "{large:?}");
    assert!(!other.exists());
    let unknown = InboundMedia {
        handle: "of nothing".into(),
        ..media
    };
    assert!(rig.channel().fetch(&unknown, &other, 1).await.is_err());
    assert!(!other.exists());
}

pub(crate) async fn a_broken_fetch_leaves_nothing<R: Rig>() {
    use Trouble::{CutBefore, CutInAnswer, ServerError};
    let rig = R::start().await;
    let media = received_file(&rig, Bytes::from(vec![7; 500_000])).await;
    let folder = tempfile::tempdir().unwrap();
    for trouble in [CutInAnswer, CutBefore, ServerError] {
        rig.trouble_file(trouble);
        let to = folder.path().join("file");
        let broken = rig.channel().fetch(&media, &to, 500_000).await;
        assert!(
            matches!(broken, Err(ChannelError::Unreachable(_))),
            "{trouble:?}: {broken:?}"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

pub(crate) async fn the_probe_says_who_we_are<R: Rig>() {
    let rig = R::start().await;
    let identity = rig.channel().probe().await.unwrap();
    assert_eq!(identity.id, rig.owner());
    let nobody = rig.nobody_there().probe().await;
    assert!(
        matches!(nobody, Err(ChannelError::Unreachable(_))),
        "{nobody:?}"
    );
}
