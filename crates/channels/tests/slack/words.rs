//! What is sent: words, threads, buttons, look-ups of what may have been sent, refusals.

use tidegate_channels::slack::{Mode, Slack, SlackSettings};
use tidegate_core::channel::{
    Act, Attempt, Button, Channel as _, ChannelError, OutboundPart, PeerKind, Poll, Receipt, Target,
};
use tidegate_core::{Clock as _, Secret, SystemClock};
use tidegate_fakes::common::{FakeClock, Fault};
use tidegate_fakes::slack::names::{ALICE, ARCHIVED, BOT_USER, ELSEWHERE, GENERAL};
use tidegate_fakes::slack::{Rules, SlackFake};

use crate::contract::{attempt, text};
use crate::rig::{fake, key_of, settings, slack, target};

/// Another try of a part that may have arrived.
fn again(key: &str) -> Attempt {
    Attempt {
        key: key.into(),
        maybe_sent_since_ms: Some(SystemClock.now_ms() - 5_000),
        known: Vec::new(),
    }
}

fn general() -> Target {
    target(GENERAL, None)
}

async fn failing(
    fake: &SlackFake,
    slack: &Slack,
    to: &Target,
    part: &OutboundPart,
    fault: Fault,
) -> ChannelError {
    fake.faults().next("chat.postMessage", fault);
    slack.send(to, part, &attempt("part")).await.unwrap_err()
}

#[tokio::test]
async fn what_may_have_arrived_is_looked_for_first() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    let parent = fake.channel_message(GENERAL, ALICE, "begin").unwrap();
    for to in [general(), target(GENERAL, Some(&parent))] {
        let cut = Fault::CutAfterStoring;
        let error = failing(&fake, &slack, &to, &text("words"), cut).await;
        assert!(matches!(error, ChannelError::Unknown(_)), "{error}");
        let last = fake.messages(GENERAL).pop().unwrap();
        assert_eq!(key_of(&last), "part");
        let count = fake.messages(GENERAL).len();
        let found = slack.send(&to, &text("words"), &again("part")).await;
        assert_eq!(found.unwrap().message_id, last.ts);
        assert_eq!(fake.messages(GENERAL).len(), count);
        let other = slack.send(&to, &text("words"), &again("another")).await;
        assert_ne!(other.unwrap().message_id, last.ts);
        assert_eq!(fake.messages(GENERAL).len(), count + 1);
    }
}

#[tokio::test]
async fn what_did_not_arrive_is_sent() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    let cut = Fault::CutBeforeStoring;
    let lost = failing(&fake, &slack, &general(), &text("words"), cut).await;
    assert!(matches!(lost, ChannelError::Unknown(_)), "{lost}");
    assert!(fake.messages(GENERAL).is_empty());
    slack
        .send(&general(), &text("words"), &again("part"))
        .await
        .unwrap();
    assert_eq!(fake.messages(GENERAL).len(), 1);
}

#[tokio::test]
async fn the_look_goes_back_over_many_pages_and_fails_safely() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    let first = slack
        .send(&general(), &text("words"), &attempt("part"))
        .await;
    for at in 0..450 {
        fake.channel_message(GENERAL, ALICE, &format!("{at}"))
            .unwrap();
    }
    let found = slack.send(&general(), &text("words"), &again("part")).await;
    assert_eq!(found.unwrap(), first.unwrap());
    assert_eq!(fake.calls_of("conversations.history").len(), 3);
    fake.faults()
        .next("conversations.history", Fault::Status(502));
    let unsure = slack.send(&general(), &text("words"), &again("part")).await;
    assert!(
        matches!(unsure, Err(ChannelError::Unreachable(_))),
        "{unsure:?}"
    );
    assert_eq!(fake.calls_of("chat.postMessage").len(), 1);
}

#[tokio::test]
async fn a_draft_of_many_escapes_is_sent_anew() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    let draft = slack.send(&general(), &text("dra"), &attempt("1")).await;
    let whole = OutboundPart {
        replaces: Some(draft.unwrap().message_id),
        ..text(&"<".repeat(3500))
    };
    let sent = slack.send(&general(), &whole, &attempt("2")).await.unwrap();
    let left = fake.messages(GENERAL);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].ts, sent.message_id);
}

#[tokio::test]
async fn buttons_stand_below_words_and_go_with_the_next_words() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    let button = Button {
        label: "Yes".into(),
        value: "yes".into(),
    };
    let part = OutboundPart {
        buttons: vec![vec![button]],
        ..text(&"a **word** & ".repeat(250))
    };
    let sent = slack.send(&general(), &part, &attempt("1")).await.unwrap();
    let blocks = fake.messages(GENERAL)[0].blocks.clone();
    let kinds: Vec<_> = blocks
        .as_array()
        .unwrap()
        .iter()
        .map(|b| &b["type"])
        .collect();
    assert_eq!(kinds, ["section", "section", "actions"]);
    let plain = OutboundPart {
        replaces: Some(sent.message_id),
        ..text("done")
    };
    slack.send(&general(), &plain, &attempt("2")).await.unwrap();
    assert!(fake.messages(GENERAL)[0].blocks.is_null());
    assert_eq!(fake.messages(GENERAL)[0].text, "done");
}

#[tokio::test]
async fn answers_hang_below_their_message_if_anything_can() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    let theirs = fake.channel_message(GENERAL, ALICE, "hello").unwrap();
    let reply = fake.thread_reply(GENERAL, &theirs, ALICE, "more").unwrap();
    for (answered, thread) in [(&theirs, Some(&theirs)), (&reply, None)] {
        let part = OutboundPart {
            reply_to: Some(answered.clone()),
            ..text("yes")
        };
        slack.send(&general(), &part, &attempt("1")).await.unwrap();
        let last = fake.messages(GENERAL).pop().unwrap();
        assert_eq!(last.thread_ts.as_ref(), thread);
    }
    let gone = target(GENERAL, Some("1.000001"));
    let refused = slack.send(&gone, &text("x"), &attempt("2")).await;
    assert!(
        matches!(refused, Err(ChannelError::Refused(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_no_says_what_to_do() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    for (channel, words) in [
        (ELSEWHERE, "/invite"),
        ("C0UNKNOWN1", "/invite"),
        (ARCHIVED, "archived"),
        ("nowhere", "no id"),
    ] {
        let sent = slack
            .send(&target(channel, None), &text("x"), &attempt("1"))
            .await;
        let error = sent.unwrap_err();
        assert!(matches!(&error, ChannelError::Refused(_)), "{error:?}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let poll = Poll {
        question: "?".into(),
        options: vec!["a".into(), "b".into()],
        max_selections: 1,
        duration_hours: None,
    };
    let part = OutboundPart {
        body: tidegate_core::channel::Body::Poll(poll),
        ..text("")
    };
    let polled = slack.send(&general(), &part, &attempt("2")).await;
    assert!(matches!(polled, Err(ChannelError::Unsupported(_))));
    let theirs = fake.channel_message(GENERAL, ALICE, "mine").unwrap();
    let edit = Act::Edit {
        message_id: theirs,
        markdown: "yours".into(),
    };
    let edited = slack.act(&general(), edit).await;
    assert!(
        matches!(edited, Err(ChannelError::Refused(_))),
        "{edited:?}"
    );
}

#[tokio::test]
async fn the_vendors_own_limit_is_told() {
    let fake = SlackFake::start_with(Rules::default(), FakeClock::system(), 0);
    let fake = fake.await.unwrap();
    let slack = slack(settings(&fake));
    let mut limited = None;
    for at in 0..6 {
        let attempt = attempt(&at.to_string());
        let sent = slack.send(&general(), &text("x"), &attempt).await;
        limited = limited.or(sent.err());
    }
    assert!(
        matches!(
            limited,
            Some(ChannelError::Limited {
                account: false,
                retry_after_ms: 1000..
            })
        ),
        "{limited:?}"
    );
}

#[tokio::test]
async fn reactions_in_threads_are_found_again() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    let theirs = fake.channel_message(GENERAL, ALICE, "hello").unwrap();
    let reply = fake.thread_reply(GENERAL, &theirs, ALICE, "more").unwrap();
    let within = target(GENERAL, Some(&theirs));
    let react = |emoji: &str| Act::React {
        message_id: reply.clone(),
        emoji: emoji.into(),
    };
    fake.react(GENERAL, &reply, ALICE, "eyes").unwrap();
    for emoji in ["👀", "🎉", ":party-parrot:"] {
        slack.act(&within, react(emoji)).await.unwrap();
    }
    slack.act(&within, react("")).await.unwrap();
    let left = fake.messages(GENERAL).pop().unwrap().reactions;
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].users, [ALICE]);
}

#[tokio::test]
async fn people_and_channels_have_addresses() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    let direct = slack
        .address(&format!("slack:user:{ALICE}"), None)
        .await
        .unwrap();
    assert_eq!(direct.peer.kind, PeerKind::Direct);
    slack
        .send(&direct, &text("hello"), &attempt("1"))
        .await
        .unwrap();
    assert_eq!(fake.messages(&direct.peer.id).len(), 1);
    let room = slack
        .address(&format!("{GENERAL}:thread:17.000100"), None)
        .await;
    assert_eq!(room.unwrap(), target(GENERAL, Some("17.000100")));
    for wrong in ["#general", "U0NOBODY01", "C01:thread:x"] {
        let error = slack.address(wrong, None).await;
        assert!(
            matches!(error, Err(ChannelError::Refused(_))),
            "{wrong}: {error:?}"
        );
    }
}

#[tokio::test]
async fn the_probe_tries_the_way_in() {
    let fake = fake().await;
    let identity = slack(settings(&fake)).probe().await.unwrap();
    assert_eq!(identity.id, BOT_USER);
    assert_eq!(fake.calls_of("apps.connections.open").len(), 1);
    // A token of the other kind in the app's place.
    let mode = Mode::Socket {
        app_token: Secret::new("xapp-1-A0-1-wrong".into()),
    };
    let wrong = SlackSettings {
        mode,
        ..settings(&fake)
    };
    let probed = slack(wrong).probe().await;
    assert!(
        matches!(probed, Err(ChannelError::SignedOut(_))),
        "{probed:?}"
    );
    let mode = Mode::Webhook {
        public_url: "https://tide.test/hook".into(),
        signing_secret: Secret::new(fake.signing_secret().into()),
    };
    let hooked = SlackSettings {
        mode,
        ..settings(&fake)
    };
    let notes = slack(hooked).probe().await.unwrap().notes;
    assert!(notes[0].contains("https://tide.test/hook"), "{notes:?}");
}

#[tokio::test]
async fn every_word_for_a_dead_token_is_final() {
    let fake = fake().await;
    let slack = slack(settings(&fake));
    for word in ["token_revoked", "invalid_auth", "account_inactive"] {
        fake.revoke_tokens(Some(word));
        let sent: Result<Receipt, _> = slack.send(&general(), &text("x"), &attempt("1")).await;
        assert!(matches!(sent, Err(ChannelError::SignedOut(_))), "{sent:?}");
    }
    fake.revoke_tokens(None);
    slack
        .send(&general(), &text("x"), &attempt("1"))
        .await
        .unwrap();
}
