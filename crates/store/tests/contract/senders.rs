//! People who ask to be let in, and those who were.

use tidegate_core::channel::{AccountKey, Peer, PeerKind, Target};
use tidegate_core::store::{AdmittedSender, SenderAsk, SenderAsked, SenderRequest};
use tidegate_protocol::ChannelId;

use crate::channels::account;
use crate::fixtures::Store;

contract! {
    somebody_asks_and_is_let_in
    somebody_who_asks_again_keeps_the_code
    a_channel_has_room_for_so_many
    old_requests_are_forgotten
    codes_that_are_too_old_let_nobody_in
    a_code_is_for_its_channel
    a_code_that_waits_is_not_given_twice
    a_chat_of_another_account_is_refused
    the_last_decision_counts
    those_who_were_let_in_are_listed
    a_dismissed_sender_is_out
}

fn chat(account: &AccountKey, sender: &str) -> Target {
    Target {
        account: account.clone(),
        peer: Peer {
            kind: PeerKind::Direct,
            id: format!("chat-{sender}"),
        },
        thread: Some("t".into()),
    }
}

/// This person, with a code `<person>-code`.
fn ask(account: &AccountKey, sender: &str, at_ms: u64) -> SenderAsk {
    SenderAsk {
        account: account.clone(),
        sender_id: sender.into(),
        name: (sender != "nameless").then(|| sender.to_uppercase()),
        chat: chat(account, sender),
        code: format!("{sender}-code"),
        at_ms,
    }
}

fn waits(ask: SenderAsk) -> SenderRequest {
    SenderRequest {
        account: ask.account,
        sender_id: ask.sender_id,
        name: ask.name,
        chat: ask.chat,
        code: ask.code,
        at_ms: ask.at_ms,
    }
}

fn is_in(account: &AccountKey, sender: &str, owner: bool, at_ms: u64) -> AdmittedSender {
    let asked = ask(account, sender, at_ms);
    AdmittedSender {
        account: asked.account,
        sender_id: asked.sender_id,
        name: asked.name,
        chat: asked.chat,
        owner,
        at_ms,
    }
}

async fn ask_in(store: &impl Store, account: &AccountKey, sender: &str, at_ms: u64) -> SenderAsked {
    store
        .ask_in(ask(account, sender, at_ms), 0, 3)
        .await
        .unwrap()
}

async fn admit(store: &impl Store, code: &str, owner: bool, now_ms: u64) -> Option<AdmittedSender> {
    let channel = ChannelId::new("net");
    store.admit(&channel, code, owner, 0, now_ms).await.unwrap()
}

fn second() -> AccountKey {
    AccountKey::new("net", "second")
}

async fn somebody_asks_and_is_let_in(store: &impl Store) {
    for (sender, at_ms) in [("ann", 5), ("nameless", 6)] {
        assert_eq!(
            ask_in(store, &account(), sender, at_ms).await,
            SenderAsked::New
        );
    }
    let both = ["ann", "nameless"].into_iter().zip(5..);
    let both: Vec<_> = both
        .map(|(sender, at_ms)| waits(ask(&account(), sender, at_ms)))
        .collect();
    assert_eq!(store.waiting(0).await.unwrap(), both);
    assert_eq!(store.waiting(5).await.unwrap(), both[1..]);
    assert_eq!(store.sender(&account(), "ann").await.unwrap(), None);
    let ann = is_in(&account(), "ann", true, 9);
    assert_eq!(admit(store, "ann-code", true, 9).await, Some(ann.clone()));
    assert_eq!(store.sender(&account(), "ann").await.unwrap(), Some(ann));
    assert_eq!(store.sender(&account(), "nameless").await.unwrap(), None);
    assert_eq!(store.sender(&second(), "ann").await.unwrap(), None);
    assert_eq!(store.waiting(0).await.unwrap(), both[1..]);
    assert_eq!(
        admit(store, "ann-code", true, 10).await,
        None,
        "it is spent"
    );
    assert_eq!(admit(store, "", false, 10).await, None);
}

async fn somebody_who_asks_again_keeps_the_code(store: &impl Store) {
    ask_in(store, &account(), "ann", 5).await;
    let again = SenderAsk {
        code: "other".into(),
        ..ask(&account(), "ann", 9)
    };
    let answer = store.ask_in(again, 5, 1).await.unwrap();
    assert_eq!(answer, SenderAsked::Pending);
    let first = waits(ask(&account(), "ann", 5));
    assert_eq!(store.waiting(0).await.unwrap(), [first]);
}

async fn a_channel_has_room_for_so_many(store: &impl Store) {
    for (sender, account) in [("a", account()), ("b", second()), ("c", account())] {
        assert_eq!(ask_in(store, &account, sender, 5).await, SenderAsked::New);
    }
    assert_eq!(ask_in(store, &account(), "d", 6).await, SenderAsked::Full);
    assert_eq!(
        ask_in(store, &account(), "a", 6).await,
        SenderAsked::Pending
    );
    let web = AccountKey::new("web", "default");
    assert_eq!(ask_in(store, &web, "d", 6).await, SenderAsked::New);
    admit(store, "a-code", false, 7).await;
    assert_eq!(ask_in(store, &account(), "d", 8).await, SenderAsked::New);
}

async fn old_requests_are_forgotten(store: &impl Store) {
    for (sender, at_ms) in [("a", 5), ("b", 6), ("c", 7)] {
        ask_in(store, &account(), sender, at_ms).await;
    }
    let answer = store.ask_in(ask(&account(), "a", 9), 6, 3).await.unwrap();
    assert_eq!(answer, SenderAsked::New, "its first request was too old");
    let waiting = store.waiting(0).await.unwrap();
    let times: Vec<_> = waiting.iter().map(|one| one.at_ms).collect();
    assert_eq!(times, [6, 7, 9]);
}

async fn codes_that_are_too_old_let_nobody_in(store: &impl Store) {
    ask_in(store, &account(), "ann", 5).await;
    let channel = ChannelId::new("net");
    let late = store.admit(&channel, "ann-code", false, 5, 9).await;
    assert_eq!(late.unwrap(), None);
    assert_eq!(store.waiting(0).await.unwrap().len(), 1);
    let in_time = store.admit(&channel, "ann-code", false, 4, 9).await;
    assert_eq!(in_time.unwrap(), Some(is_in(&account(), "ann", false, 9)));
}

async fn a_code_is_for_its_channel(store: &impl Store) {
    let web = AccountKey::new("web", "default");
    ask_in(store, &web, "ann", 5).await;
    assert_eq!(admit(store, "ann-code", false, 9).await, None);
    ask_in(store, &account(), "ann", 6).await;
    let ann = is_in(&account(), "ann", false, 9);
    assert_eq!(admit(store, "ann-code", false, 9).await, Some(ann));
    assert_eq!(
        store.waiting(0).await.unwrap(),
        [waits(ask(&web, "ann", 5))]
    );
}

async fn a_code_that_waits_is_not_given_twice(store: &impl Store) {
    ask_in(store, &account(), "ann", 5).await;
    let other = SenderAsk {
        code: "ann-code".into(),
        ..ask(&second(), "bob", 6)
    };
    assert!(store.ask_in(other.clone(), 0, 9).await.is_err());
    assert_eq!(store.waiting(0).await.unwrap().len(), 1);
    let free = store.ask_in(other, 6, 9).await.unwrap();
    assert_eq!(free, SenderAsked::New, "the first one was too old");
}

async fn a_chat_of_another_account_is_refused(store: &impl Store) {
    let wrong = SenderAsk {
        chat: chat(&second(), "ann"),
        ..ask(&account(), "ann", 5)
    };
    assert!(store.ask_in(wrong, 0, 9).await.is_err());
    assert_eq!(store.waiting(0).await.unwrap(), []);
}

async fn the_last_decision_counts(store: &impl Store) {
    for (owner, at_ms) in [(true, 5), (false, 7)] {
        ask_in(store, &account(), "ann", at_ms).await;
        admit(store, "ann-code", owner, at_ms + 1).await;
    }
    let ann = is_in(&account(), "ann", false, 8);
    assert_eq!(store.admitted(None).await.unwrap(), [ann]);
}

async fn those_who_were_let_in_are_listed(store: &impl Store) {
    for (at_ms, sender, account) in [(5, "z", account()), (6, "a", second()), (6, "b", account())] {
        ask_in(store, &account, sender, at_ms).await;
        admit(store, &format!("{sender}-code"), false, at_ms).await;
    }
    let (z, a) = (
        is_in(&account(), "z", false, 5),
        is_in(&second(), "a", false, 6),
    );
    let b = is_in(&account(), "b", false, 6);
    let all = store.admitted(None).await.unwrap();
    assert_eq!(all, [z.clone(), b.clone(), a.clone()]);
    assert_eq!(store.admitted(Some(&account())).await.unwrap(), [z, b]);
    assert_eq!(store.admitted(Some(&second())).await.unwrap(), [a]);
}

async fn a_dismissed_sender_is_out(store: &impl Store) {
    for sender in ["ann", "bob"] {
        ask_in(store, &account(), sender, 5).await;
    }
    admit(store, "ann-code", true, 6).await;
    assert!(!store.dismiss(&second(), "ann").await.unwrap());
    for sender in ["ann", "bob"] {
        assert!(store.dismiss(&account(), sender).await.unwrap(), "{sender}");
        assert!(
            !store.dismiss(&account(), sender).await.unwrap(),
            "{sender}"
        );
    }
    assert_eq!(store.admitted(None).await.unwrap(), []);
    assert_eq!(store.waiting(0).await.unwrap(), []);
    assert_eq!(admit(store, "bob-code", true, 6).await, None);
}
