//! Sockets that end, sessions that are lost, networks that fall silent.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::{Channel as _, ChannelError};
use tidegate_fakes::discord::{Opening, Privileged, Settings, routes};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::contract::{Live, MemoryInbox, PATIENCE, Rig, eventually, in_fast_time};
use crate::rig::{DiscordRig, rules};

fn inbox() -> Arc<MemoryInbox> {
    Arc::default()
}

async fn listening(rig: &DiscordRig, inbox: &Arc<MemoryInbox>) -> Live {
    let live = Live::started(rig.channel(), inbox).await;
    eventually("it listens", || rig.is_listening()).await;
    live
}

#[tokio::test]
async fn a_wish_to_reconnect_is_no_failure() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let live = listening(&rig, &inbox).await;
    rig.fake.ask_to_reconnect();
    rig.say(&rig.direct(), "while you were away");
    inbox.wait_for(1).await;
    eventually("it is back", || rig.commands(6) == 1 && rig.is_listening()).await;
    rig.fake.invalidate_sessions(true);
    rig.say(&rig.direct(), "and again");
    inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["while you were away", "and again"]);
    assert_eq!(
        (live.failures(), rig.commands(2), inbox.connects()),
        (0, 1, 1)
    );
    let by_resume = rig.fake.connections().all();
    assert!(by_resume.iter().skip(1).all(|one| one.by_resume_url));
    rig.check_acknowledged(&inbox);
    live.stop().await;
}

#[tokio::test]
async fn a_lost_session_begins_anew_after_a_pause() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let live = listening(&rig, &inbox).await;
    rig.say(&rig.direct(), "before");
    inbox.wait_for(1).await;
    rig.fake.invalidate_sessions(false);
    eventually("a new session", || {
        rig.commands(2) == 2 && rig.is_listening()
    })
    .await;
    rig.say(&rig.direct(), "after");
    inbox.wait_for(2).await;
    assert_eq!((live.failures(), rig.commands(6)), (0, 0));
    let starts = rig.fake.commands().all();
    let starts: Vec<_> = starts
        .iter()
        .filter(|c| c.op == 2)
        .map(|c| c.at_ms)
        .collect();
    assert!(starts[1] - starts[0] >= 1000, "{starts:?}");
    live.stop().await;
}

#[tokio::test]
async fn a_forgotten_session_is_given_up_for_good() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    listening(&rig, &inbox).await.stop().await;
    rig.fake.forget_sessions();
    let live = Live::start(rig.channel(), &inbox);
    eventually("a new session", || {
        rig.commands(2) == 2 && rig.is_listening()
    })
    .await;
    rig.say(&rig.direct(), "hello");
    inbox.wait_for(1).await;
    live.stop().await;
    assert_eq!(rig.commands(6), 1);
    assert!(inbox.cursors().contains(&"{}".to_owned()));
}

#[tokio::test]
async fn a_stop_keeps_the_session() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    listening(&rig, &inbox).await.stop().await;
    eventually("it left", || !rig.is_listening()).await;
    assert_eq!(rig.fake.sessions(), 1);
}

#[tokio::test]
async fn a_zombie_is_noticed() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let live = listening(&rig, &inbox).await;
    rig.fake.stop_heartbeat_acks();
    let failure = timeout(Duration::from_secs(7), live.failure())
        .await
        .unwrap();
    assert!(failure.to_string().contains("heartbeats"), "{failure}");
    assert!(matches!(failure, ChannelError::Unreachable(_)));
    rig.say(&rig.direct(), "alive again?");
    inbox.wait_for(1).await;
    live.stop().await;
}

#[tokio::test]
async fn a_heartbeat_out_of_turn_is_given() {
    let rules = Settings {
        heartbeat: Duration::from_secs(40),
        ..rules()
    };
    let (rig, inbox) = (DiscordRig::with(rules).await, inbox());
    let live = listening(&rig, &inbox).await;
    let (before, proofs) = (rig.commands(1), inbox.proofs());
    rig.fake.ask_for_heartbeat();
    eventually("a heartbeat", || rig.commands(1) > before).await;
    eventually("it is heard", || inbox.proofs() > proofs).await;
    assert_eq!(live.failures(), 0);
    live.stop().await;
}

#[tokio::test]
async fn sockets_that_begin_badly_are_given_up_in_time() {
    for (opening, why) in [
        (Opening::Unavailable, "503"),
        (Opening::NoAnswer, "open in time"),
        (Opening::NoHello, "say hello"),
        (Opening::NoReady, "ready"),
        (Opening::CutInReady, "broke"),
    ] {
        let rules = Settings {
            heartbeat: Duration::from_secs(40),
            ..rules()
        };
        let (rig, inbox) = (DiscordRig::with(rules).await, inbox());
        rig.fake.next_connections(&[opening]);
        let live = Live::start(rig.channel(), &inbox);
        eventually("it is tried", || rig.fake.connections().all().len() == 1).await;
        if opening == Opening::NoReady {
            eventually("it says who it is", || rig.commands(2) == 1).await;
        }
        let failure = in_fast_time(live.failure()).await;
        assert!(
            matches!(failure, ChannelError::Unreachable(_)),
            "{failure:?}"
        );
        assert!(failure.to_string().contains(why), "{opening:?}: {failure}");
        assert_eq!(inbox.proofs(), 0, "{opening:?}");
        rig.say(&rig.direct(), "before it is back");
        eventually("it listens", || rig.is_listening()).await;
        rig.say(&rig.direct(), "now");
        eventually("it hears", || inbox.texts().contains(&"now".to_owned())).await;
        live.stop().await;
    }
}

#[tokio::test]
async fn duplicates_and_disorder_are_no_trouble() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let live = listening(&rig, &inbox).await;
    rig.fake.duplicate_dispatches(2);
    rig.say(&rig.direct(), "one");
    rig.say(&rig.direct(), "two");
    inbox.wait_for(2).await;
    rig.fake.swap_next_dispatches();
    rig.say(&rig.direct(), "three");
    rig.say(&rig.direct(), "four");
    inbox.wait_for(4).await;
    assert_eq!(inbox.texts(), ["one", "two", "four", "three"]);
    assert_eq!((inbox.known(), live.failures()), (2, 0));
    live.stop().await;
}

#[tokio::test]
async fn closes_have_their_meanings() {
    for code in [4004, 4010, 4011, 4012, 4013, 4014] {
        let (rig, inbox) = (DiscordRig::start().await, inbox());
        let live = listening(&rig, &inbox).await;
        rig.fake.close_connections(code);
        let failure = live.failure().await;
        match code {
            4004 => assert!(matches!(failure, ChannelError::SignedOut(_)), "{failure}"),
            _ => assert!(matches!(failure, ChannelError::NeedsSetup(_)), "{failure}"),
        }
        if code == 4014 {
            let said = failure.to_string();
            assert!(
                said.starts_with("Switch on MESSAGE CONTENT INTENT: "),
                "{said}"
            );
            // What may be heard is settled when a session begins: the next try begins a new one.
            eventually("a new session", || rig.commands(2) == 2).await;
            assert_eq!(rig.commands(6), 0);
        }
    }
    for (code, resumes, identifies) in [(4000, 1, 1), (4008, 1, 1), (4007, 0, 2), (4009, 0, 2)] {
        let (rig, inbox) = (DiscordRig::start().await, inbox());
        let live = listening(&rig, &inbox).await;
        rig.fake.close_connections(code);
        let failure = live.failure().await;
        assert!(matches!(failure, ChannelError::Unreachable(_)), "{failure}");
        eventually("it is back", || {
            rig.commands(6) == resumes && rig.commands(2) == identifies && rig.is_listening()
        })
        .await;
        live.stop().await;
    }
}

#[tokio::test]
async fn without_the_right_to_read_direct_messages_and_mentions_still_work() {
    let rules = Settings {
        privileged: Privileged {
            message_content: false,
            guild_members: false,
            guild_presences: false,
        },
        ..rules()
    };
    let (rig, inbox) = (DiscordRig::with(rules).await, inbox());
    let live = listening(&rig, &inbox).await;
    let trouble = inbox.trouble().unwrap();
    assert!(trouble.starts_with("Switch on MESSAGE CONTENT INTENT: discord.com/developers"));
    rig.say(&rig.of_room(), "not for us");
    rig.fake.mention(rig.room, rig.ada, "for us").unwrap();
    rig.say(&rig.direct(), "between us");
    inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["for us", "between us"]);
    assert_eq!(rig.adapter().probe().await.unwrap().notes.len(), 1);
    live.stop().await;
    let (granted, inbox) = (DiscordRig::start().await, self::inbox());
    let live = listening(&granted, &inbox).await;
    assert_eq!(inbox.trouble(), None);
    assert!(granted.adapter().probe().await.unwrap().notes.is_empty());
    live.stop().await;
}

#[tokio::test]
async fn a_day_without_beginnings_left_is_waited_out() {
    let rules = Settings {
        session_starts: 0,
        ..rules()
    };
    let (rig, inbox) = (DiscordRig::with(rules).await, inbox());
    let adapter = rig.adapter();
    let receive = adapter.receive(&*inbox, CancellationToken::new());
    let receive = timeout(PATIENCE, receive).await.unwrap();
    assert!(
        matches!(receive, Err(ChannelError::Limited { .. })),
        "{receive:?}"
    );
    assert_eq!(rig.fake.connections().all().len(), 0);
    assert_eq!(rig.calls(routes::GATEWAY_BOT), 1);
}

#[tokio::test]
async fn what_is_none_for_us_is_not_told_again_and_again() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let live = listening(&rig, &inbox).await;
    for number in 0..20 {
        rig.fake
            .add_text_channel(rig.guild, &format!("room {number}"));
    }
    // One heartbeat tells the inbox where we are, and the next has nothing new.
    eventually("the cursor moves on", || {
        inbox.cursors().last().is_some_and(|cursor| {
            let cursor: serde_json::Value = serde_json::from_str(cursor).unwrap();
            cursor["seq"].as_u64() >= Some(20)
        })
    })
    .await;
    let stored = inbox.cursors().len();
    inbox.proved_now().await;
    inbox.proved_now().await;
    assert_eq!(inbox.cursors().len(), stored);
    assert!(stored <= 6, "{stored}");
    live.stop().await;
}
