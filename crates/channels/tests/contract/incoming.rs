//! What arrives.

use std::sync::Arc;

use tidegate_core::channel::{ChannelError, InboundEvent, InboxError};
use tokio_util::sync::CancellationToken;

use super::live::failing;
use super::{Live, MemoryInbox, Rig, Trouble, attempt, eventually, text};

fn inbox() -> Arc<MemoryInbox> {
    Arc::new(MemoryInbox::default())
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|at| format!("message {at}")).collect()
}

/// Everything that was said is there once, in its order where the network keeps it.
fn check_all_arrived<R: Rig>(inbox: &MemoryInbox, said: &[String]) {
    let (mut heard, mut said) = (inbox.texts(), said.to_vec());
    if !R::RESENDS_IN_ORDER {
        heard.sort();
        said.sort();
    }
    assert_eq!(heard, said);
}

pub(crate) async fn messages_arrive_once_and_in_order<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let live = Live::started(rig.channel(), &inbox).await;
    let direct = rig.direct();
    for name in names(150) {
        rig.say(&direct, &name);
    }
    let events = inbox.wait_for(150).await;
    assert_eq!(inbox.texts(), names(150));
    assert!(events.iter().all(|event| event.peer == direct.peer));
    assert!(events.iter().all(|event| !event.sender.bot));
    assert!(events.iter().all(|event| event.at_ms > 1_700_000_000_000));
    rig.check_acknowledged(&inbox);
    assert_eq!(live.failures(), 0);
    live.stop().await;
}

pub(crate) async fn nothing_is_acknowledged_before_it_is_stored<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let channel = rig.channel();
    let live = Live::started(Arc::clone(&channel), &inbox).await;
    inbox.fail(2);
    rig.say(&rig.direct(), "hold on to me");
    assert!(matches!(
        live.failure().await,
        ChannelError::Inbox(InboxError::Closed)
    ));
    inbox.wait_for(1).await;
    assert_eq!(inbox.texts(), ["hold on to me"]);
    rig.check_acknowledged(&inbox);
    live.stop().await;
}

pub(crate) async fn a_restart_goes_on_where_it_ended<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let live = Live::started(rig.channel(), &inbox).await;
    rig.say(&rig.direct(), "before");
    inbox.wait_for(1).await;
    live.stop().await;
    let live = Live::started(rig.channel(), &inbox).await;
    rig.say(&rig.direct(), "after");
    inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["before", "after"]);
    live.stop().await;
}

pub(crate) async fn a_repeated_event_has_the_same_id<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let live = Live::started(rig.channel(), &inbox).await;
    rig.say(&rig.direct(), "once");
    inbox.wait_for(1).await;
    rig.repeat().await;
    eventually("a repeated event", || inbox.known() > 0).await;
    rig.say(&rig.direct(), "twice");
    inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["once", "twice"]);
    live.stop().await;
}

pub(crate) async fn everything_is_under_our_stable_id<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let live = Live::started(rig.channel(), &inbox).await;
    rig.say(&rig.direct(), "hello");
    inbox.wait_for(1).await;
    assert_eq!(inbox.owners(), [rig.owner()].into());
    live.stop().await;
}

pub(crate) async fn stopping_is_prompt_and_leaves_nothing<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    for _ in 0..5 {
        let live = Live::started(rig.channel(), &inbox).await;
        eventually("it listens", || rig.is_listening()).await;
        live.stop().await;
        eventually("nothing listens", || !rig.is_listening()).await;
    }
    let stopped = CancellationToken::new();
    stopped.cancel();
    rig.channel().receive(&*inbox, stopped).await.unwrap();
}

pub(crate) async fn idle_is_not_dead<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let live = Live::started(rig.channel(), &inbox).await;
    for _ in 0..3 {
        inbox.proved_now().await;
    }
    assert_eq!(live.failures(), 0);
    assert_eq!(inbox.connects(), 1);
    live.stop().await;
}

pub(crate) async fn a_silent_network_is_noticed<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let channel = rig.channel();
    let live = Live::started(Arc::clone(&channel), &inbox).await;
    rig.trouble_in(Trouble::Silence);
    let limit = channel.capabilities().proof_every * 2;
    let failure = tokio::time::timeout(limit, live.failure()).await;
    assert!(
        matches!(failure, Ok(ChannelError::Unreachable(_))),
        "{failure:?}"
    );
    rig.say(&rig.direct(), "still there?");
    inbox.wait_for(1).await;
    live.stop().await;
}

pub(crate) async fn troubles_lose_nothing<R: Rig>() {
    use Trouble::{CutAfter, CutBefore, CutInAnswer, ServerError, Slow};
    let (rig, inbox) = (R::start().await, inbox());
    let live = Live::started(rig.channel(), &inbox).await;
    let mut said = Vec::new();
    for (round, trouble) in [
        CutBefore,
        CutAfter,
        CutInAnswer,
        ServerError,
        Slow,
        CutInAnswer,
    ]
    .into_iter()
    .enumerate()
    {
        rig.trouble_in(trouble);
        for at in 0..5 {
            let name = format!("{round}.{at}");
            rig.say(&rig.direct(), &name);
            said.push(name);
        }
        inbox.wait_for(said.len()).await;
    }
    check_all_arrived::<R>(&inbox, &said);
    rig.check_acknowledged(&inbox);
    live.check_failures();
    live.stop().await;
}

pub(crate) async fn kills_lose_nothing<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    // A network may keep nothing for somebody whom it never saw.
    Live::started(rig.channel(), &inbox).await.stop().await;
    let said = names(60);
    for (at, name) in said.iter().enumerate() {
        let live = (at % 3 == 0).then(|| Live::start(rig.channel(), &inbox));
        rig.say(&rig.direct(), name);
        // A kill falls somewhere else every time: before, while and after it is stored.
        for _ in 0..(at * 7) % 40 {
            tokio::task::yield_now().await;
        }
        rig.check_acknowledged(&inbox);
        drop(live);
    }
    let live = Live::start(rig.channel(), &inbox);
    inbox.wait_for(said.len()).await;
    check_all_arrived::<R>(&inbox, &said);
    rig.check_acknowledged(&inbox);
    live.stop().await;
}

pub(crate) async fn a_dead_credential_is_final<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let live = Live::started(rig.channel(), &inbox).await;
    rig.sign_out();
    let failure = live.failure().await;
    assert!(matches!(failure, ChannelError::SignedOut(_)), "{failure}");
    let again = failing(&rig.channel(), &inbox).await;
    assert!(matches!(again, ChannelError::SignedOut(_)), "{again}");
    let sent = rig
        .channel()
        .send(&rig.direct(), &text("x"), &attempt("1"))
        .await;
    assert!(matches!(sent, Err(ChannelError::SignedOut(_))), "{sent:?}");
}

pub(crate) async fn a_flood_says_how_long<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    rig.trouble_in(Trouble::Flood(7));
    let failure = failing(&rig.channel(), &inbox).await;
    assert!(
        matches!(failure, ChannelError::Limited { retry_after_ms, .. } if retry_after_ms >= 7000),
        "{failure}"
    );
}

pub(crate) async fn nobody_there_is_unreachable<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let failure = failing(&rig.nobody_there(), &inbox).await;
    assert!(matches!(failure, ChannelError::Unreachable(_)), "{failure}");
    assert_eq!(inbox.proofs(), 0);
}

pub(crate) async fn edits_and_reactions_arrive<R: Rig>() {
    let (rig, inbox) = (R::start().await, inbox());
    let channel = rig.channel();
    let live = Live::started(Arc::clone(&channel), &inbox).await;
    let direct = rig.direct();
    let theirs = rig.say(&direct, "frist");
    inbox.wait_for(1).await;
    rig.change(&direct, &theirs, "first");
    inbox.wait_for(2).await;
    let ours = channel
        .send(&direct, &text("ours"), &attempt("1"))
        .await
        .unwrap();
    rig.react(&direct, &ours.message_id, "👍");
    let events: Vec<_> = inbox
        .wait_for(3)
        .await
        .into_iter()
        .map(|e| e.event)
        .collect();
    assert!(
        matches!(&events[0], InboundEvent::Message(m) if m.message_id == theirs && m.text == "frist")
    );
    assert_eq!(
        events[1],
        InboundEvent::Edited {
            message_id: theirs,
            text: "first".into(),
            reply_to: None,
        }
    );
    assert_eq!(
        events[2],
        InboundEvent::Reacted {
            message_id: ours.message_id,
            emoji: "👍".into(),
            removed: false
        }
    );
    live.stop().await;
}
