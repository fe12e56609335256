//! Parts: limits, the room for the mark, and who is answered.

use tidegate_core::channel::TextUnit;
use tidegate_core::origin::Origin;
use tidegate_core::run::{RunRequest, RunState};

use super::*;
use crate::delivery::sample::{self, target};

fn can() -> Capabilities {
    let limit = |max| TextLimit {
        max,
        unit: TextUnit::Utf16,
    };
    Capabilities {
        label: "Fake",
        text: limit(400),
        media: Some(MediaLimits {
            kinds: &[MediaKind::Photo],
            photo_bytes: 1000,
            upload_bytes: 5000,
            download_bytes: 5000,
            caption: limit(200),
        }),
        replies: true,
        edits: true,
        ..sample::can()
    }
}

fn run(origin: Option<PeerKind>) -> Run {
    Run {
        id: RunId::new("run"),
        session_key: SessionKey::stored("agent:main:main"),
        session_id: "s".into(),
        request: RunRequest {
            message: "hello".into(),
            echo_key: "main".into(),
            thinking: None,
            extra_system_prompt: None,
            timeout_ms: None,
            may_administer: false,
            by: None,
            label: None,
            origin: origin.map(|kind| Origin {
                target: target(kind),
                message_id: "asked".into(),
                sender_id: "7".into(),
                sender_name: None,
                album: None,
                title: None,
            }),
            deliver_to: None,
            media: Vec::new(),
        },
        state: RunState::Running,
        accepted_at_ms: 0,
        started_at_ms: None,
        ended_at_ms: None,
        end: None,
    }
}

fn file(kind: MediaKind, bytes: u64) -> OutboundMedia {
    OutboundMedia {
        kind,
        path: "/f".into(),
        name: "f".into(),
        mime: "image/png".into(),
        bytes,
    }
}

#[test]
fn an_answer_is_cut_and_every_piece_has_room_for_the_mark() {
    let text = "word 🦀 ".repeat(300);
    let parts = answer_parts(
        &run(Some(PeerKind::Group)),
        &text,
        Some("d".into()),
        &can(),
        9,
    );
    assert!(parts.len() >= 5);
    for (place, part) in parts.iter().enumerate() {
        assert_eq!(part.part as usize, place);
        assert_eq!(part.parts as usize, parts.len());
        assert_eq!(part.group, "run");
        assert_eq!(part.expires_at_ms, 9 + 30 * 60 * 1000);
        let first = place == 0;
        assert_eq!(part.body.reply_to.is_some(), first);
        assert_eq!(part.body.replaces.is_some(), first);
        let Some(Body::Text { markdown }) = marked(&part.body).map(|part| part.body) else {
            panic!("a text stays a text")
        };
        assert!(TextUnit::Utf16.length(&markdown) <= 400, "{markdown}");
        assert!(markdown.contains("you may have this twice"));
    }
}

#[test]
fn an_answer_goes_where_the_question_came_from() {
    let can = can();
    assert_eq!(answer_parts(&run(None), "hi", None, &can, 0), []);
    assert_eq!(notice_parts(&run(None), "hi", 0), []);
    assert_eq!(
        answer_parts(&run(Some(PeerKind::Direct)), " \n", None, &can, 0),
        []
    );
    let direct = answer_parts(&run(Some(PeerKind::Direct)), "hi", None, &can, 0);
    assert_eq!(direct[0].body, OutboundPart::text("hi"));
    let notice = notice_parts(&run(Some(PeerKind::Direct)), "It failed.", 0);
    assert_eq!(notice[0].body, OutboundPart::text("It failed."));
    assert_eq!(notice[0].run_id, Some(RunId::new("run")));
    let silent = Capabilities {
        replies: false,
        ..can
    };
    let group = answer_parts(&run(Some(PeerKind::Group)), "hi", None, &silent, 0);
    assert_eq!(group[0].body.reply_to, None);
}

#[test]
fn files_are_sent_as_what_the_network_takes() {
    let envelope = || Envelope::new("g", target(PeerKind::Direct), 0);
    let kinds = |media: Vec<OutboundMedia>| {
        let parts = envelope().media("look", media, &can()).unwrap();
        parts
            .into_iter()
            .map(|part| match part.body.body {
                Body::Media { media, markdown } => (media.kind, markdown),
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        kinds(vec![
            file(MediaKind::Photo, 1000),
            file(MediaKind::Photo, 1001),
            file(MediaKind::Voice, 10),
        ]),
        [
            (MediaKind::Photo, "look".to_owned()),
            (MediaKind::Document, String::new()),
            (MediaKind::Document, String::new()),
        ]
    );
    let large = envelope().media("", vec![file(MediaKind::Photo, 5001)], &can());
    assert_eq!(
        large.unwrap_err().to_string(),
        "Fake takes files of at most 5000 bytes, and `f` has 5001"
    );
    let none = Capabilities {
        media: None,
        ..can()
    };
    let refused = envelope().media("", vec![file(MediaKind::Photo, 1)], &none);
    assert_eq!(refused, Err(Unfit::NoMedia("Fake")));
    assert_eq!(
        envelope().media("words", Vec::new(), &none).unwrap().len(),
        1
    );
}

#[test]
fn a_long_caption_follows_as_text() {
    let envelope = Envelope::new("g", target(PeerKind::Direct), 0);
    let words = "word ".repeat(30);
    let parts = envelope
        .media(&words, vec![file(MediaKind::Photo, 1)], &can())
        .unwrap();
    assert_eq!(parts.len(), 2, "150 characters and the mark are too much");
    assert!(matches!(&parts[0].body.body, Body::Media { markdown, .. } if markdown.is_empty()));
    assert!(matches!(&parts[1].body.body, Body::Text { markdown } if markdown == words.trim()));
}

#[test]
fn a_poll_is_a_numbered_list_where_there_are_none() {
    let poll = |options: &[&str]| Poll {
        question: "Tea?".into(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        max_selections: 1,
        duration_hours: None,
    };
    let envelope = || Envelope::new("g", target(PeerKind::Direct), 0);
    let none = Capabilities {
        polls: false,
        ..can()
    };
    let parts = envelope().poll(poll(&["Yes", "No"]), &none).unwrap();
    let text = "**Tea?**\n\n1. Yes\n2. No";
    assert!(matches!(&parts[0].body.body, Body::Text { markdown } if markdown == text));
    let parts = envelope().poll(poll(&["Yes", "No"]), &can()).unwrap();
    assert!(matches!(&parts[0].body.body, Body::Poll(_)));
    let refused = envelope().poll(poll(&["Yes"]), &none);
    assert_eq!(refused, Err(Unfit::PollOptions));
}
