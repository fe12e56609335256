//! What is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tidegate_core::channel::{
    Act, Body, Channel, ChannelError, MediaKind, OutboundMedia, OutboundPart, Receipt,
};
use tokio::task::JoinSet;

use super::{Rig, Trouble, attempt, eventually, in_fast_time, text};

/// The first try of a part of its own.
async fn sent<R: Rig>(rig: &R, part: &OutboundPart) -> Result<Receipt, ChannelError> {
    static PARTS: AtomicUsize = AtomicUsize::new(0);
    let key = format!("part {}", PARTS.fetch_add(1, Ordering::Relaxed));
    rig.channel()
        .send(&rig.direct(), part, &attempt(&key))
        .await
}

pub(crate) async fn words_arrive<R: Rig>() {
    let rig = R::start().await;
    let channel = rig.channel();
    let direct = rig.direct();
    for at in 0..3 {
        let words = text(&format!("number {at}"));
        let receipt = channel
            .send(&direct, &words, &attempt(&at.to_string()))
            .await;
        let shown = rig.shown(&direct);
        assert_eq!(shown.len(), at + 1);
        assert_eq!(shown[at].id, receipt.unwrap().message_id);
        assert_eq!(shown[at].text, format!("number {at}"));
    }
}

pub(crate) async fn marks_are_shown_and_nothing_else_is_lost<R: Rig>() {
    let rig = R::start().await;
    let markdown = "# Head\n\n**bold** & <tag> `a < b`\n\n- one\n- two\n\n```rust\nlet x = 1;\n```";
    sent(&rig, &text(markdown)).await.unwrap();
    let shown = rig.shown(&rig.direct()).remove(0).text;
    for words in ["Head", "bold & <tag> ", "a < b", "one", "two", "let x = 1;"] {
        assert!(shown.contains(words), "{words} is not in {shown}");
    }
}

pub(crate) async fn the_longest_text_arrives_whole<R: Rig>() {
    let rig = R::start().await;
    let limit = rig.channel().capabilities().text;
    for piece in ["x", "🌊", "<", "ü"] {
        let markdown = piece.repeat(limit.max / limit.unit.length(piece));
        sent(&rig, &text(&markdown)).await.unwrap();
        assert_eq!(rig.shown(&rig.direct()).pop().unwrap().text, markdown);
    }
}

pub(crate) async fn an_answer_names_its_message<R: Rig>() {
    let rig = R::start().await;
    let theirs = rig.say(&rig.direct(), "a question");
    let mut part = text("an answer");
    part.reply_to = Some(theirs.clone());
    sent(&rig, &part).await.unwrap();
    assert_eq!(rig.shown(&rig.direct())[0].reply_to, Some(theirs));
}

pub(crate) async fn a_draft_is_replaced_or_sent_anew<R: Rig>() {
    let rig = R::start().await;
    let (channel, direct) = (rig.channel(), rig.direct());
    let draft = channel
        .send(&direct, &text("dra"), &attempt("1"))
        .await
        .unwrap();
    let whole = OutboundPart {
        replaces: Some(draft.message_id.clone()),
        ..text("draft")
    };
    for _ in 0..2 {
        let receipt = channel.send(&direct, &whole, &attempt("2")).await.unwrap();
        assert_eq!(receipt, draft);
        assert_eq!(rig.shown(&direct).len(), 1);
        assert_eq!(rig.shown(&direct)[0].text, "draft");
    }
    // A file cannot take the draft's place in one step: it is taken away.
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("f");
    std::fs::write(&path, [7; 3]).unwrap();
    let with_file = OutboundPart {
        replaces: Some(draft.message_id.clone()),
        ..file(&path, MediaKind::Document, 3)
    };
    channel
        .send(&direct, &with_file, &attempt("3"))
        .await
        .unwrap();
    assert_eq!(rig.shown(&direct).len(), 1);
    let edit = Act::Edit {
        message_id: draft.message_id.clone(),
        markdown: "**two**".into(),
    };
    let gone = channel.act(&direct, edit).await;
    assert!(matches!(gone, Err(ChannelError::Refused(_))), "{gone:?}");
    let receipt = channel.send(&direct, &whole, &attempt("4")).await.unwrap();
    assert_ne!(receipt, draft);
    assert_eq!(rig.shown(&direct).len(), 2);
    assert_eq!(rig.shown(&direct)[1].text, "draft");
}

pub(crate) async fn troubles_say_whether_it_may_have_arrived<R: Rig>() {
    use Trouble::{CutAfter, CutBefore, CutInAnswer, Flood, ServerError, Slow};
    let rig = R::start().await;
    let mut shown = 0;
    for trouble in [
        Flood(3),
        ServerError,
        CutBefore,
        CutAfter,
        CutInAnswer,
        Slow,
    ] {
        rig.trouble_out(trouble);
        let sent = sent(&rig, &text("words")).await;
        let now = rig.shown(&rig.direct()).len();
        let arrived = now > shown;
        shown = now;
        match (trouble, &sent) {
            (Slow, Ok(_)) => assert!(arrived),
            (Flood(_), Err(ChannelError::Limited { retry_after_ms, .. })) => {
                assert!(!arrived);
                assert!(*retry_after_ms >= 3000);
            }
            (_, Err(ChannelError::Unknown(_))) => {}
            (CutBefore, Err(ChannelError::Unreachable(_))) => assert!(!arrived),
            _ => panic!("{trouble:?}: {sent:?}"),
        }
    }
}

pub(crate) async fn a_silent_network_leaves_it_unknown<R: Rig>() {
    let rig = Arc::new(R::start().await);
    for (at, trouble) in [Trouble::Silence, Trouble::SilenceAfter]
        .into_iter()
        .enumerate()
    {
        rig.trouble_out(trouble);
        let mut tasks = JoinSet::new();
        let sender = Arc::clone(&rig);
        tasks.spawn(async move { sent(&*sender, &text("anybody?")).await });
        eventually("it is tried", || rig.tries() > at).await;
        let sent = in_fast_time(tasks.join_next()).await.unwrap().unwrap();
        assert!(matches!(sent, Err(ChannelError::Unknown(_))), "{sent:?}");
        assert_eq!(rig.shown(&rig.direct()).len(), at);
    }
}

pub(crate) async fn nobody_there_is_a_safe_failure<R: Rig>() {
    let rig = R::start().await;
    let nobody = rig.nobody_there();
    let sent = nobody.send(&rig.direct(), &text("x"), &attempt("1")).await;
    assert!(
        matches!(sent, Err(ChannelError::Unreachable(_))),
        "{sent:?}"
    );
}

fn file(path: &std::path::Path, kind: MediaKind, bytes: u64) -> OutboundPart {
    OutboundPart {
        body: Body::Media {
            media: OutboundMedia {
                kind,
                path: path.into(),
                name: "tide \"table\"\r\nx-evil: yes\r\n\r\nü.bin".into(),
                mime: "no type at all".into(),
                bytes,
            },
            markdown: "**look**".into(),
        },
        ..text("")
    }
}

pub(crate) async fn files_arrive_whole<R: Rig>() {
    let rig = R::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let media = rig.channel().capabilities().media.unwrap();
    let small: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    for kind in media.kinds {
        std::fs::write(&path, &small).unwrap();
        sent(&rig, &file(&path, *kind, 100_000)).await.unwrap();
        let shown = rig.shown(&rig.direct()).pop().unwrap();
        assert_eq!(shown.file, Some(Bytes::from(small.clone())), "{kind:?}");
        assert_eq!(shown.text, "look", "{kind:?}");
    }
    // Cut on its way: it is not shown by half.
    rig.trouble_out(Trouble::CutBefore);
    let count = rig.shown(&rig.direct()).len();
    let cut = sent(&rig, &file(&path, MediaKind::Document, 100_000)).await;
    assert!(matches!(cut, Err(ChannelError::Unknown(_))), "{cut:?}");
    assert_eq!(rig.shown(&rig.direct()).len(), count);
}

pub(crate) async fn files_that_are_gone_are_refused<R: Rig>() {
    let rig = R::start().await;
    let part = file("/nowhere/at/all".as_ref(), MediaKind::Document, 3);
    let sent = sent(&rig, &part).await;
    assert!(matches!(sent, Err(ChannelError::Refused(_))), "{sent:?}");
}

pub(crate) async fn no_secret_is_shown<R: Rig>() {
    let rig = R::start().await;
    let mut said = Vec::new();
    let mut note = |channel: &Arc<dyn Channel>, sent: Result<Receipt, ChannelError>| {
        let error = sent.unwrap_err();
        said.push(format!("{error} {error:?} {}", channel.fingerprint()));
        let mut cause = std::error::Error::source(&error);
        while let Some(deeper) = cause {
            said.push(format!("{deeper} {deeper:?}"));
            cause = deeper.source();
        }
    };
    let (channel, nobody) = (rig.channel(), rig.nobody_there());
    for trouble in [
        Trouble::CutBefore,
        Trouble::CutInAnswer,
        Trouble::ServerError,
    ] {
        rig.trouble_out(trouble);
        note(&channel, sent(&rig, &text("x")).await);
    }
    let nobody_there = nobody.send(&rig.direct(), &text("x"), &attempt("1")).await;
    note(&nobody, nobody_there);
    rig.sign_out();
    note(&channel, sent(&rig, &text("x")).await);
    let said = said.concat();
    for secret in rig.secrets() {
        assert!(!said.contains(&secret), "{said}");
    }
    assert!(said.len() > 100);
    assert!(channel.capabilities().proof_every > Duration::ZERO);
}
