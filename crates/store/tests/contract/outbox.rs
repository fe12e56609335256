//! What goes out to networks, part by part.

use tidegate_core::channel::{AccountKey, Body, OutboundPart, Poll, Receipt, Target};
use tidegate_core::store::{AccountLoad, NewOutbound, OutboxRow, OutboxState, OutboxStep, Posted};

use crate::channels::*;
use crate::fixtures::*;

contract! {
    a_part_is_stored_as_it_is
    a_part_that_is_there_is_left_alone
    parts_that_cannot_be_are_refused
    a_request_is_carried_out_once
    a_request_with_other_params_is_refused
    a_request_is_forgotten_with_the_others_of_its_age
    a_request_for_nothing_or_for_several_groups_is_refused
    the_heads_are_the_oldest_open_parts_of_their_lines
    a_head_that_must_wait_holds_its_line_and_no_other
    a_part_on_its_way_is_a_head
    heads_belong_to_an_account
    a_try_that_arrives
    a_try_that_does_nothing
    a_try_of_unknown_end
    a_try_after_a_try_that_never_ended
    doubt_stays_when_a_later_try_does_nothing
    a_part_that_is_not_open_takes_no_step
    a_part_that_dies_takes_the_later_ones_along
    parts_that_died_together_live_again_together
    a_revived_part_that_may_have_arrived_stays_in_doubt
    a_part_may_die_again
    only_dead_parts_are_revived_or_dropped
    a_dropped_part_is_over
    open_and_dead_parts_are_listed_newest_first
    the_load_of_an_account
    what_went_to_a_conversation_is_known_by_its_receipts
    prune_forgets_what_was_sent_or_dropped
    a_number_is_never_used_again
}

async fn put(store: &impl Store, group: &str, count: u32, peer: &str, at_ms: u64) {
    store.put(parts(group, count, peer, at_ms)).await.unwrap();
}

/// The stored part of this number.
async fn stored(store: &impl Store, group: &str, part: usize) -> OutboxRow {
    store.group(group).await.unwrap().remove(part)
}

async fn states(store: &impl Store, group: &str) -> Vec<OutboxState> {
    let rows = store.group(group).await.unwrap();
    rows.iter().map(|row| row.state).collect()
}

async fn send(store: &impl Store, no: u64, now_ms: u64) {
    step(store, no, OutboxStep::Sending, now_ms).await;
    step(store, no, OutboxStep::Sent(receipt("x")), now_ms).await;
}

async fn a_part_is_stored_as_it_is(store: &impl Store) {
    let item = NewOutbound {
        target: Target {
            thread: Some("7".into()),
            ..target("p")
        },
        body: OutboundPart {
            body: Body::Poll(Poll {
                question: "Tea?".into(),
                options: vec!["yes".into(), "no".into()],
                max_selections: 1,
                duration_hours: Some(2),
            }),
            reply_to: Some("5".into()),
            ..OutboundPart::text("")
        },
        session_key: Some(key("a")),
        run_id: Some(id("r")),
        ..part("g", 1, 2, "p", 5)
    };
    store.put(vec![item.clone()]).await.unwrap();
    assert_eq!(store.group("g").await.unwrap(), [fresh(1, item)]);
    assert_eq!(store.group("h").await.unwrap(), []);
}

async fn a_part_that_is_there_is_left_alone(store: &impl Store) {
    put(store, "g", 1, "p", 5).await;
    put(store, "g", 1, "q", 9).await;
    store
        .put(vec![part("g", 1, 2, "p", 9), part("h", 0, 1, "p", 9)])
        .await
        .unwrap();
    let rows = store.group("g").await.unwrap();
    let first = fresh(1, part("g", 0, 1, "p", 5));
    assert_eq!(rows, [first, fresh(2, part("g", 1, 2, "p", 9))]);
    assert_eq!(stored(store, "h", 0).await.no, 3);
}

async fn parts_that_cannot_be_are_refused(store: &impl Store) {
    let wrong = vec![part("g", 0, 1, "p", 5), part("g", 1, 1, "p", 5)];
    assert!(store.put(wrong).await.is_err());
    assert_eq!(store.group("g").await.unwrap(), []);
}

fn posted(group: &str) -> String {
    group.to_owned()
}

async fn a_request_is_carried_out_once(store: &impl Store) {
    assert_eq!(store.posted(&once("k", "h")).await.unwrap(), None);
    let first = store.post(once("k", "h"), parts("g", 2, "p", 5)).await;
    assert_eq!(first.unwrap(), Posted::New { group: posted("g") });
    let again = store.post(once("k", "h"), parts("other", 2, "p", 9)).await;
    assert_eq!(again.unwrap(), Posted::Repeat { group: posted("g") });
    let known = store.posted(&once("k", "h")).await.unwrap();
    assert_eq!(known, Some(Posted::Repeat { group: posted("g") }));
    assert_eq!(store.group("g").await.unwrap().len(), 2);
    assert_eq!(store.group("other").await.unwrap(), []);
}

async fn a_request_with_other_params_is_refused(store: &impl Store) {
    store
        .post(once("k", "h"), parts("g", 1, "p", 5))
        .await
        .unwrap();
    let other = store.post(once("k", "other"), parts("h", 1, "p", 9)).await;
    assert_eq!(other.unwrap(), Posted::KeyReused);
    let known = store.posted(&once("k", "other")).await.unwrap();
    assert_eq!(known, Some(Posted::KeyReused));
    assert_eq!(store.group("h").await.unwrap(), []);
    accept(store, "run", "a", 1).await;
    let of_run = store.post(once("run", "hash"), parts("h", 1, "p", 9)).await;
    assert_eq!(of_run.unwrap(), Posted::KeyReused);
    let known = store.posted(&once("run", "hash")).await.unwrap();
    assert_eq!(known, Some(Posted::KeyReused));
}

async fn a_request_is_forgotten_with_the_others_of_its_age(store: &impl Store) {
    for at_ms in [5, 6] {
        let name = format!("g{at_ms}");
        let request = once(&name, "h");
        store
            .post(request, parts(&name, 1, "p", at_ms))
            .await
            .unwrap();
    }
    assert_eq!(store.prune(6).await.unwrap(), 1);
    for (name, group) in [("g5", "new"), ("g6", "g6")] {
        let again = store.post(once(name, "h"), parts("new", 1, "p", 9)).await;
        let (Posted::New { group: found } | Posted::Repeat { group: found }) = again.unwrap()
        else {
            panic!("refused")
        };
        assert_eq!(found, group);
    }
}

async fn a_request_for_nothing_or_for_several_groups_is_refused(store: &impl Store) {
    assert!(store.post(once("k", "h"), Vec::new()).await.is_err());
    let two = [parts("g", 1, "p", 5), parts("h", 1, "p", 5)].concat();
    assert!(store.post(once("k", "h"), two).await.is_err());
    assert_eq!(store.group("g").await.unwrap(), []);
    let now = store.post(once("k", "h"), parts("g", 1, "p", 5)).await;
    assert_eq!(now.unwrap(), Posted::New { group: posted("g") });
}

async fn the_heads_are_the_oldest_open_parts_of_their_lines(store: &impl Store) {
    put(store, "g", 2, "p", 1).await;
    put(store, "h", 2, "q", 2).await;
    let mut topic = part("t", 0, 1, "p", 3);
    topic.target.thread = Some("7".into());
    store.put(vec![topic]).await.unwrap();
    put(store, "i", 1, "p", 4).await;
    assert_eq!(heads(store).await, [1, 3, 5]);
    assert_eq!(
        store.heads(&account(), 2).await.unwrap(),
        [stored(store, "g", 0).await, stored(store, "h", 0).await]
    );
    send(store, 1, 9).await;
    assert_eq!(heads(store).await, [2, 3, 5], "the rest of what was begun");
    send(store, 2, 9).await;
    assert_eq!(heads(store).await, [3, 5, 6]);
    for no in [3, 4, 5, 6] {
        send(store, no, 9).await;
    }
    assert_eq!(heads(store).await, Vec::<u64>::new());
}

async fn a_head_that_must_wait_holds_its_line_and_no_other(store: &impl Store) {
    put(store, "g", 2, "p", 1).await;
    put(store, "h", 1, "q", 2).await;
    step(store, 1, OutboxStep::Sending, 3).await;
    step(store, 1, later(50), 4).await;
    assert_eq!(heads(store).await, [3, 1]);
    let first = store.heads(&account(), 1).await.unwrap();
    assert_eq!(numbers(&first), [3], "it does not crowd out the other");
    send(store, 3, 5).await;
    put(store, "i", 1, "r", 60).await;
    assert_eq!(heads(store).await, [1, 4], "soonest first");
}

async fn a_part_on_its_way_is_a_head(store: &impl Store) {
    put(store, "g", 2, "p", 1).await;
    let sending = step(store, 1, OutboxStep::Sending, 3).await;
    assert_eq!(store.heads(&account(), 9).await.unwrap(), [sending]);
    let unknown = step(store, 1, ambiguous(9), 4).await;
    assert_eq!(store.heads(&account(), 9).await.unwrap(), [unknown]);
}

async fn heads_belong_to_an_account(store: &impl Store) {
    put(store, "g", 1, "p", 1).await;
    for (name, other) in [("second", "net"), ("default", "web")] {
        let account = AccountKey::new(other, name);
        let mut item = part(name, 0, 1, "p", 1);
        item.target.account = account.clone();
        store.put(vec![item]).await.unwrap();
        let heads = store.heads(&account, 9).await.unwrap();
        assert_eq!(heads, store.group(name).await.unwrap());
    }
    assert_eq!(heads(store).await, [1]);
}

async fn a_try_that_arrives(store: &impl Store) {
    put(store, "g", 1, "p", 1).await;
    let sending = OutboxRow {
        state: OutboxState::Sending,
        attempts: 1,
        ..fresh(1, part("g", 0, 1, "p", 1))
    };
    assert_eq!(step(store, 1, OutboxStep::Sending, 3).await, sending);
    assert_eq!(stored(store, "g", 0).await, sending);
    let receipt = Receipt {
        message_id: "m".into(),
        poll_id: Some("poll".into()),
    };
    let sent = OutboxRow {
        state: OutboxState::Sent,
        settled_at_ms: Some(4),
        receipt: Some(receipt.clone()),
        ..sending
    };
    assert_eq!(step(store, 1, OutboxStep::Sent(receipt), 4).await, sent);
    assert_eq!(stored(store, "g", 0).await, sent);
}

async fn a_try_that_does_nothing(store: &impl Store) {
    put(store, "g", 1, "p", 1).await;
    step(store, 1, OutboxStep::Sending, 3).await;
    let waits = OutboxRow {
        attempts: 1,
        not_before_ms: 50,
        error: Some("busy".into()),
        ..fresh(1, part("g", 0, 1, "p", 1))
    };
    assert_eq!(step(store, 1, later(50), 4).await, waits);
    assert_eq!(stored(store, "g", 0).await, waits);
    let again = OutboxRow {
        state: OutboxState::Sending,
        attempts: 2,
        ..waits
    };
    assert_eq!(step(store, 1, OutboxStep::Sending, 51).await, again);
    let sent = step(store, 1, OutboxStep::Sent(receipt("m")), 52).await;
    assert_eq!((sent.error, sent.maybe_sent_since_ms), (None, None));
}

async fn a_try_of_unknown_end(store: &impl Store) {
    put(store, "g", 1, "p", 1).await;
    step(store, 1, OutboxStep::Sending, 3).await;
    let doubtful = OutboxRow {
        state: OutboxState::Ambiguous,
        attempts: 1,
        not_before_ms: 50,
        maybe_sent_since_ms: Some(3),
        error: Some("cut off".into()),
        ..fresh(1, part("g", 0, 1, "p", 1))
    };
    assert_eq!(step(store, 1, ambiguous(50), 9).await, doubtful);
    assert_eq!(stored(store, "g", 0).await, doubtful);
    let again = step(store, 1, OutboxStep::Sending, 51).await;
    assert_eq!((again.attempts, again.maybe_sent_since_ms), (2, Some(3)));
    let again = step(store, 1, ambiguous(80), 60).await;
    assert_eq!(again.maybe_sent_since_ms, Some(3), "of the first such try");
    let sent = step(store, 1, OutboxStep::Sent(receipt("m")), 70).await;
    assert_eq!(sent.maybe_sent_since_ms, Some(3), "the flag stays");
}

async fn a_try_after_a_try_that_never_ended(store: &impl Store) {
    put(store, "g", 1, "p", 1).await;
    step(store, 1, OutboxStep::Sending, 3).await;
    let again = step(store, 1, OutboxStep::Sending, 50).await;
    assert_eq!((again.attempts, again.maybe_sent_since_ms), (2, Some(3)));
    let again = step(store, 1, OutboxStep::Sending, 60).await;
    assert_eq!((again.attempts, again.maybe_sent_since_ms), (3, Some(3)));
}

async fn doubt_stays_when_a_later_try_does_nothing(store: &impl Store) {
    put(store, "g", 1, "p", 1).await;
    step(store, 1, OutboxStep::Sending, 3).await;
    step(store, 1, ambiguous(5), 4).await;
    step(store, 1, OutboxStep::Sending, 6).await;
    let waits = step(store, 1, later(50), 7).await;
    assert_eq!(
        (waits.state, waits.maybe_sent_since_ms, waits.error),
        (OutboxState::Ambiguous, Some(3), Some("busy".into()))
    );
}

async fn a_part_that_is_not_open_takes_no_step(store: &impl Store) {
    put(store, "sent", 1, "p", 1).await;
    put(store, "dead", 1, "p", 1).await;
    put(store, "dropped", 1, "p", 1).await;
    send(store, 1, 3).await;
    step(store, 2, dead(), 3).await;
    step(store, 3, dead(), 3).await;
    assert!(store.discard(3, 4).await.unwrap());
    for (no, group) in [(1, "sent"), (2, "dead"), (3, "dropped"), (4, "none")] {
        let before = store.group(group).await.unwrap();
        let steps = [
            OutboxStep::Sending,
            OutboxStep::Sent(receipt("y")),
            later(9),
            ambiguous(9),
            dead(),
        ];
        for one in steps {
            assert_eq!(store.step(no, one, 9).await.unwrap(), None, "{group}");
        }
        assert_eq!(store.group(group).await.unwrap(), before);
    }
}

fn died(no: u64, item: NewOutbound, at_ms: u64, reason: &str) -> OutboxRow {
    OutboxRow {
        state: OutboxState::Dead,
        settled_at_ms: Some(at_ms),
        error: Some(reason.into()),
        ..fresh(no, item)
    }
}

async fn a_part_that_dies_takes_the_later_ones_along(store: &impl Store) {
    put(store, "g", 4, "p", 1).await;
    put(store, "h", 1, "p", 1).await;
    send(store, 1, 2).await;
    step(store, 2, OutboxStep::Sending, 3).await;
    let row = step(store, 2, dead(), 4).await;
    let first = OutboxRow {
        attempts: 1,
        ..died(2, part("g", 1, 4, "p", 1), 4, "no such chat")
    };
    assert_eq!(row, first);
    let with_it = |no: u64, at| {
        let reason = "an earlier part failed: no such chat";
        died(no, part("g", at, 4, "p", 1), 4, reason)
    };
    let group = store.group("g").await.unwrap();
    assert_eq!(group[0].state, OutboxState::Sent);
    assert_eq!(group[1..], [first, with_it(3, 2), with_it(4, 3)]);
    assert_eq!(heads(store).await, [5]);
}

async fn parts_that_died_together_live_again_together(store: &impl Store) {
    for (revived, group) in [(1, "g"), (5, "h")] {
        put(store, group, 3, "p", 1).await;
        let no = stored(store, group, 0).await.no;
        step(store, no, OutboxStep::Sending, 2).await;
        step(store, no, dead(), 3).await;
        assert!(store.revive(revived, 99, 10).await.unwrap());
        let rows = store.group(group).await.unwrap();
        for (at, row) in (0..).zip(rows) {
            let item = NewOutbound {
                expires_at_ms: 99,
                ..part(group, at, 3, "p", 1)
            };
            let expected = OutboxRow {
                not_before_ms: 10,
                ..fresh(no + u64::from(at), item)
            };
            assert_eq!(row, expected);
        }
        assert!(!store.revive(revived, 99, 11).await.unwrap(), "it lives");
    }
}

async fn a_revived_part_that_may_have_arrived_stays_in_doubt(store: &impl Store) {
    put(store, "g", 1, "p", 1).await;
    step(store, 1, OutboxStep::Sending, 2).await;
    step(store, 1, ambiguous(5), 3).await;
    step(store, 1, dead(), 6).await;
    assert!(store.revive(1, 99, 10).await.unwrap());
    let row = stored(store, "g", 0).await;
    assert_eq!(
        (row.state, row.attempts, row.maybe_sent_since_ms),
        (OutboxState::Ambiguous, 0, Some(2))
    );
}

async fn a_part_may_die_again(store: &impl Store) {
    put(store, "g", 3, "p", 1).await;
    step(store, 1, dead(), 2).await;
    store.revive(1, 99, 3).await.unwrap();
    send(store, 1, 4).await;
    step(store, 2, dead(), 5).await;
    assert!(store.revive(3, 99, 6).await.unwrap());
    assert_eq!(
        states(store, "g").await,
        [
            OutboxState::Sent,
            OutboxState::Prepared,
            OutboxState::Prepared
        ]
    );
}

async fn only_dead_parts_are_revived_or_dropped(store: &impl Store) {
    put(store, "g", 1, "p", 1).await;
    let before = stored(store, "g", 0).await;
    for no in [1, 7] {
        assert!(!store.revive(no, 99, 2).await.unwrap());
        assert!(!store.discard(no, 2).await.unwrap());
    }
    assert_eq!(stored(store, "g", 0).await, before);
}

async fn a_dropped_part_is_over(store: &impl Store) {
    put(store, "g", 3, "p", 1).await;
    step(store, 1, dead(), 2).await;
    assert!(store.discard(1, 5).await.unwrap());
    let dropped = OutboxRow {
        state: OutboxState::Dropped,
        ..died(1, part("g", 0, 3, "p", 1), 5, "no such chat")
    };
    assert_eq!(stored(store, "g", 0).await, dropped);
    assert!(!store.discard(1, 6).await.unwrap());
    assert!(!store.revive(1, 99, 6).await.unwrap());
    // The others are still there to be tried.
    assert!(store.revive(3, 99, 6).await.unwrap());
    assert_eq!(
        states(store, "g").await,
        [
            OutboxState::Dropped,
            OutboxState::Prepared,
            OutboxState::Prepared
        ]
    );
}

async fn open_and_dead_parts_are_listed_newest_first(store: &impl Store) {
    put(store, "g", 2, "p", 1).await;
    put(store, "h", 1, "q", 1).await;
    let second = AccountKey::new("net", "second");
    for name in ["i", "j"] {
        let mut item = part(name, 0, 1, "p", 1);
        item.target.account = second.clone();
        store.put(vec![item]).await.unwrap();
    }
    step(store, 1, dead(), 2).await;
    step(store, 4, dead(), 3).await;
    let dead = async |account: Option<&AccountKey>, limit| {
        numbers(&store.dead_letters(account, limit).await.unwrap())
    };
    assert_eq!(dead(None, 9).await, [4, 2, 1]);
    assert_eq!(dead(None, 2).await, [4, 2]);
    assert_eq!(dead(Some(&account()), 9).await, [2, 1]);
    let open = async |account: Option<&AccountKey>, limit| {
        numbers(&store.open_parts(account, limit).await.unwrap())
    };
    assert_eq!(open(None, 9).await, [5, 3]);
    assert_eq!(open(None, 1).await, [5]);
    assert_eq!(open(Some(&account()), 9).await, [3]);
    assert_eq!(
        store.open_parts(Some(&second), 9).await.unwrap(),
        store.group("j").await.unwrap()
    );
}

async fn what_went_to_a_conversation_is_known_by_its_receipts(store: &impl Store) {
    let at = |no: u64, name: &'static str, now_ms: u64| async move {
        step(store, no, OutboxStep::Sending, now_ms).await;
        step(store, no, OutboxStep::Sent(receipt(name)), now_ms).await;
    };
    put(store, "early", 1, "p", 1).await;
    put(store, "late", 2, "p", 1).await;
    put(store, "elsewhere", 1, "q", 1).await;
    put(store, "open", 1, "p", 1).await;
    at(1, "m1", 10).await;
    at(2, "m2", 20).await;
    at(3, "m3", 30).await;
    at(4, "m4", 30).await;
    step(store, 5, OutboxStep::Sending, 40).await;
    let dead = OutboxStep::Dead {
        reason: "no".into(),
    };
    step(store, 5, dead, 40).await;
    let to = target("p");
    assert_eq!(store.receipts(&to, 20).await.unwrap(), ["m3", "m2"]);
    assert_eq!(store.receipts(&to, 31).await.unwrap(), [""; 0]);
    let within = Target {
        thread: Some("7".into()),
        ..to.clone()
    };
    assert_eq!(store.receipts(&within, 0).await.unwrap(), [""; 0]);
    let mut aside = to;
    aside.account = AccountKey::new("net", "aside");
    assert_eq!(store.receipts(&aside, 0).await.unwrap(), [""; 0]);
}

async fn the_load_of_an_account(store: &impl Store) {
    let none = AccountLoad::default();
    assert_eq!(store.load(&account()).await.unwrap(), none);
    put(store, "g", 2, "p", 1).await;
    put(store, "h", 4, "q", 1).await;
    send(store, 1, 9).await;
    send(store, 3, 7).await;
    step(store, 2, OutboxStep::Sending, 10).await;
    step(store, 4, ambiguous(20), 11).await;
    step(store, 5, dead(), 12).await;
    store.discard(6, 13).await.unwrap();
    let load = AccountLoad {
        open: 2,
        dead: 1,
        last_sent_at_ms: Some(9),
    };
    assert_eq!(store.load(&account()).await.unwrap(), load);
    let other = AccountKey::new("net", "second");
    assert_eq!(store.load(&other).await.unwrap(), none);
}

async fn prune_forgets_what_was_sent_or_dropped(store: &impl Store) {
    put(store, "g", 5, "p", 1).await;
    send(store, 1, 5).await;
    send(store, 2, 6).await;
    step(store, 4, dead(), 2).await;
    store.discard(5, 5).await.unwrap();
    assert_eq!(store.prune_outbox(6).await.unwrap(), 2);
    let left = store.group("g").await.unwrap();
    assert_eq!(numbers(&left), [2, 3, 4], "new, open, dead");
    assert_eq!(store.prune_outbox(7).await.unwrap(), 1);
}

async fn a_number_is_never_used_again(store: &impl Store) {
    put(store, "g", 1, "p", 1).await;
    send(store, 1, 2).await;
    store.prune_outbox(9).await.unwrap();
    assert!(store.put(vec![part("h", 1, 1, "p", 1)]).await.is_err());
    put(store, "h", 1, "p", 1).await;
    assert_eq!(stored(store, "h", 0).await.no, 2);
}
