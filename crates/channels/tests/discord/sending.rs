//! What is sent, in Discord's terms.

use serde_json::json;
use tidegate_core::channel::{Body, Button, Channel as _, ChannelError, OutboundPart, Poll};
use tidegate_fakes::common::Fault;
use tidegate_fakes::discord::routes;

use crate::contract::{Rig, attempt, text};
use crate::rig::DiscordRig;

#[tokio::test]
async fn nobody_is_called() {
    let rig = DiscordRig::start().await;
    let words = format!("@everyone and <@{}> and @here", rig.ada);
    rig.adapter()
        .send(&rig.of_room(), &text(&words), &attempt("1"))
        .await
        .unwrap();
    let seen = rig.fake.answers(rig.room).remove(0);
    assert!(!seen.mention_everyone && seen.mentions.is_empty());
    assert!(!seen.content.contains("@everyone") && !seen.content.contains("@here"));
}

#[tokio::test]
async fn an_answer_to_what_is_gone_is_a_message() {
    let rig = DiscordRig::start().await;
    let part = OutboundPart {
        reply_to: Some("175928847299117063".into()),
        ..text("still an answer")
    };
    rig.adapter()
        .send(&rig.direct(), &part, &attempt("1"))
        .await
        .unwrap();
    assert_eq!(rig.shown(&rig.direct())[0].reply_to, None);
}

#[tokio::test]
async fn polls_are_polls() {
    let rig = DiscordRig::start().await;
    let poll = |answers: usize| OutboundPart {
        body: Body::Poll(Poll {
            question: "Sail?".into(),
            options: (0..answers).map(|at| format!("answer {at}")).collect(),
            max_selections: 2,
            duration_hours: Some(9999),
        }),
        ..text("")
    };
    let sent = rig
        .adapter()
        .send(&rig.of_room(), &poll(3), &attempt("1"))
        .await;
    let sent = sent.unwrap();
    assert_eq!(sent.poll_id.as_deref(), Some(sent.message_id.as_str()));
    let seen = rig.fake.answers(rig.room).remove(0).poll;
    assert_eq!(seen["question"]["text"], "Sail?");
    assert_eq!(seen["answers"].as_array().unwrap().len(), 3);
    assert_eq!(seen["allow_multiselect"], true);
    let many = rig
        .adapter()
        .send(&rig.of_room(), &poll(11), &attempt("2"))
        .await;
    assert!(matches!(many, Err(ChannelError::Refused(_))), "{many:?}");
}

#[tokio::test]
async fn a_change_takes_buttons_away() {
    let rig = DiscordRig::start().await;
    let adapter = rig.adapter();
    let asking = OutboundPart {
        buttons: vec![vec![Button {
            label: "Yes".into(),
            value: "yes".into(),
        }]],
        ..text("Sail?")
    };
    let sent = adapter
        .send(&rig.of_room(), &asking, &attempt("1"))
        .await
        .unwrap();
    let done = OutboundPart {
        replaces: Some(sent.message_id.clone()),
        ..text("We sail.")
    };
    assert_eq!(
        adapter
            .send(&rig.of_room(), &done, &attempt("2"))
            .await
            .unwrap(),
        sent
    );
    let seen = rig.fake.answers(rig.room).remove(0);
    assert_eq!(
        (seen.content.as_str(), seen.components),
        ("We sail.", json!([]))
    );
}

#[tokio::test]
async fn a_change_that_fails_can_be_tried_again() {
    let rig = DiscordRig::start().await;
    let adapter = rig.adapter();
    let sent = adapter
        .send(&rig.direct(), &text("dra"), &attempt("1"))
        .await
        .unwrap();
    let whole = OutboundPart {
        replaces: Some(sent.message_id),
        ..text("draft")
    };
    for fault in [
        Fault::CutAfterStoring,
        Fault::Status(500),
        Fault::CutBeforeStoring,
    ] {
        rig.fake.faults().next(routes::EDIT, fault);
        let lost = adapter.send(&rig.direct(), &whole, &attempt("2")).await;
        assert!(
            matches!(lost, Err(ChannelError::Unreachable(_))),
            "{lost:?}"
        );
    }
    adapter
        .send(&rig.direct(), &whole, &attempt("2"))
        .await
        .unwrap();
    assert_eq!(rig.shown(&rig.direct()).len(), 1);
    assert_eq!(rig.shown(&rig.direct())[0].text, "draft");
}

#[tokio::test]
async fn calls_say_who_we_are_as_discord_wants_it() {
    let rig = DiscordRig::start().await;
    rig.adapter().probe().await.unwrap();
    let calls = rig.fake.calls().all();
    assert!(!calls.is_empty());
    for call in calls {
        assert!(call.user_agent.unwrap().starts_with("DiscordBot ("));
        assert_eq!(
            call.authorization.unwrap(),
            format!("Bot {}", rig.fake.token())
        );
    }
}
