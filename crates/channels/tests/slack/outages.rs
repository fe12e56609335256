//! Every way to lose a socket, and that nothing is lost with it.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::{Channel as _, ChannelError};
use tidegate_fakes::common::Fault;
use tidegate_fakes::slack::names::{ALICE, GENERAL};
use tidegate_fakes::slack::{Reason, Step};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::contract::{Live, MemoryInbox, eventually, in_fast_time};
use crate::rig::{fake, settings, slack};
use crate::sockets::live;

fn place(steps: &[Step], wanted: &Step) -> Option<usize> {
    steps.iter().position(|step| step == wanted)
}

#[tokio::test]
async fn a_socket_is_replaced_before_it_is_closed() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    let mut said = Vec::new();
    for (round, reason) in [Reason::RefreshRequested, Reason::Warning]
        .into_iter()
        .enumerate()
    {
        let number = u64::try_from(round).unwrap() + 1;
        fake.disconnect(reason);
        for at in 0..20 {
            let words = format!("{round}.{at}");
            fake.channel_message(GENERAL, ALICE, &words).unwrap();
            said.push(words);
            tokio::task::yield_now().await;
        }
        let closed = Step::Closed { socket: number };
        eventually("the old one is closed", || {
            place(&fake.steps(), &closed).is_some()
        })
        .await;
        let steps = fake.steps();
        let opened = place(&steps, &Step::Opened { socket: number + 1 });
        assert!(opened.unwrap() < place(&steps, &closed).unwrap());
        assert!(
            steps
                .iter()
                .all(|step| !matches!(step, Step::Nobody { .. }))
        );
    }
    inbox.wait_for(40).await;
    let mut heard = inbox.texts();
    heard.sort();
    said.sort();
    assert_eq!(heard, said);
    assert_eq!(live.failures(), 0);
    assert_eq!(inbox.connects(), 1);
    assert_eq!(inbox.trouble(), None);
    live.stop().await;
}

#[tokio::test]
async fn socket_mode_that_is_switched_off_needs_a_person() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    fake.disconnect(Reason::LinkDisabled);
    for _ in 0..2 {
        let failure = live.failure().await;
        assert!(matches!(failure, ChannelError::NeedsSetup(_)), "{failure}");
        assert!(failure.to_string().contains("Socket Mode"), "{failure}");
    }
    fake.enable_sockets();
    inbox.proved_now().await;
    live.stop().await;
}

#[tokio::test]
async fn a_socket_that_never_says_hello_is_given_up() {
    let fake = Arc::new(fake().await);
    fake.mute_next_sockets(1);
    let inbox = Arc::new(MemoryInbox::default());
    let mut tasks = JoinSet::new();
    let channel = slack(settings(&fake));
    let heard = Arc::clone(&inbox);
    tasks.spawn(async move { channel.receive(&*heard, CancellationToken::new()).await });
    eventually("it is open", || fake.open_sockets() == 1).await;
    let ended = in_fast_time(tasks.join_next()).await.unwrap().unwrap();
    assert!(
        matches!(ended, Err(ChannelError::Unreachable(_))),
        "{ended:?}"
    );
    assert_eq!(inbox.proofs(), 0);
}

#[tokio::test]
async fn a_handshake_that_fails_is_tried_again() {
    let fake = fake().await;
    let faults = [
        Fault::CutBeforeStoring,
        Fault::CutAfterStoring,
        Fault::CutInAnswer { after_bytes: 20 },
        Fault::Status(503),
    ];
    for fault in faults {
        fake.faults().next("socket", fault.clone());
        let inbox = Arc::new(MemoryInbox::default());
        let live = Live::start(slack(settings(&fake)), &inbox);
        let failure = live.failure().await;
        assert!(
            matches!(failure, ChannelError::Unreachable(_)),
            "{fault:?}: {failure}"
        );
        assert!(!failure.to_string().contains("ticket"), "{failure}");
        inbox.proved_now().await;
        live.stop().await;
    }
    let slow = Fault::SlowHeaders(Duration::from_millis(300));
    fake.faults().next("socket", slow);
    let (_, live) = live(&fake).await;
    assert_eq!(live.failures(), 0);
    live.stop().await;
}

#[tokio::test]
async fn a_server_that_stops_to_ping_is_noticed() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    fake.stop_pings(true);
    let failure = live.failure().await;
    assert!(matches!(failure, ChannelError::Unreachable(_)), "{failure}");
    fake.stop_pings(false);
    fake.channel_message(GENERAL, ALICE, "still there?")
        .unwrap();
    inbox.wait_for(1).await;
    live.stop().await;
}

#[tokio::test]
async fn an_app_has_so_many_sockets_and_no_more() {
    let fake = fake().await;
    let mut lives = Vec::new();
    for _ in 0..10 {
        lives.push(live(&fake).await);
    }
    let inbox = Arc::new(MemoryInbox::default());
    let refused = slack(settings(&fake))
        .receive(&*inbox, CancellationToken::new())
        .await;
    assert!(
        matches!(refused, Err(ChannelError::Conflict(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn cuts_and_refreshes_by_chance_lose_nothing() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    let mut said = Vec::new();
    for at in 0..60 {
        match at % 12 {
            3 => fake.cut_sockets(),
            5 => fake.duplicate_next(2),
            7 => fake.cut_next_frame(),
            9 => fake.disconnect(Reason::RefreshRequested),
            10 => fake.reverse_next(2),
            _ => {}
        }
        let words = format!("message {at}");
        fake.channel_message(GENERAL, ALICE, &words).unwrap();
        said.push(words);
        for _ in 0..at {
            tokio::task::yield_now().await;
        }
    }
    tokio::time::timeout(Duration::from_mins(1), inbox.wait_for(60))
        .await
        .unwrap();
    let mut heard = inbox.texts();
    heard.sort();
    said.sort();
    assert_eq!(heard, said);
    live.check_failures();
    live.stop().await;
}
