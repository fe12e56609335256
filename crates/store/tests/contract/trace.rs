//! Where a message went.

use std::slice::from_ref;

use tidegate_core::store::{InboxState, MAX_TRACE_HITS, NewOutbound, OutboxStep, Traced};

use crate::channels::*;
use crate::fixtures::*;

contract! {
    nothing_is_found_of_nothing
    a_message_is_found_by_every_name_that_it_has
    a_message_that_joined_a_turn_leads_to_its_answer
    an_answer_without_a_run_is_found
    what_began_here_is_found
    a_run_of_no_network_is_found
    a_way_is_found_after_its_run_was_forgotten
    the_newest_come_first_and_not_too_many
}

async fn nothing_is_found_of_nothing(store: &impl Store) {
    arrive_one(store, "r", "a", 1).await;
    for nothing in ["", "x", "e-", "%"] {
        assert_eq!(store.trace(nothing).await.unwrap(), [], "{nothing}");
    }
}

/// Sends the one open part; the network calls it so.
async fn send(store: &impl Store, message: &str, now_ms: u64) {
    let [head] = &store.heads(&account(), 9).await.unwrap()[..] else {
        panic!("not one head")
    };
    step(store, head.no, OutboxStep::Sending, now_ms).await;
    step(store, head.no, OutboxStep::Sent(receipt(message)), now_ms).await;
}

async fn a_message_is_found_by_every_name_that_it_has(store: &impl Store) {
    arrive_one(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    let mut finish = ok(&["r"], "hi", 3);
    finish.outbound = vec![answer_of("r", "a", 3)];
    store.finish(finish).await.unwrap();
    send(store, "sent-1", 4).await;
    arrive_one(store, "other", "a", 5).await;
    let whole = Traced {
        inbox: Some(inbox_of(store, "r").await),
        run: store.run(&id("r")).await.unwrap(),
        outbox: store.group("r").await.unwrap(),
    };
    assert_eq!(whole.outbox[0].receipt, Some(receipt("sent-1")));
    for name in ["e-r", "m-r", "r", "sent-1"] {
        let found = store.trace(name).await.unwrap();
        assert_eq!(found, from_ref(&whole), "{name}");
    }
}

async fn a_message_that_joined_a_turn_leads_to_its_answer(store: &impl Store) {
    for name in ["r", "s", "q", "p"] {
        arrive_one(store, name, "a", 1).await;
    }
    let runs = ["r", "s"].map(|name| (id(name), user(name, name, 2)));
    store.begin(runs.into(), 2).await.unwrap();
    let mut finish = ok(&["r", "s"], "both", 3);
    finish.outbound = vec![answer_of("r", "a", 3)];
    store.finish(finish).await.unwrap();
    // These never began.
    let mut finish = aborted(&["q", "p"], 4);
    finish.outbound = vec![answer_of("q", "a", 4)];
    store.finish(finish).await.unwrap();
    for (lead, joined) in [("r", "s"), ("q", "p")] {
        let answer = store.group(lead).await.unwrap();
        assert_eq!(answer.len(), 1);
        let by_answer = store.trace(lead).await.unwrap();
        let found = store.trace(&format!("m-{joined}")).await.unwrap();
        assert_eq!(found, store.trace(joined).await.unwrap());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].run, store.run(&id(joined)).await.unwrap());
        assert_eq!(found[0].outbox, answer);
        let names = by_answer
            .iter()
            .map(|way| way.run.as_ref().unwrap().id.clone());
        assert_eq!(names.collect::<Vec<_>>(), [id(joined), id(lead)]);
    }
}

async fn an_answer_without_a_run_is_found(store: &impl Store) {
    let sent = parts("status", 2, "p", 1);
    arrive(store, vec![answered("s", InboxState::Answered, sent)], 1).await;
    let whole = Traced {
        inbox: Some(event("s", InboxState::Answered, 1)),
        run: None,
        outbox: store.group("status").await.unwrap(),
    };
    assert_eq!(whole.outbox.len(), 2);
    for name in ["e-s", "m-s", "status"] {
        let found = store.trace(name).await.unwrap();
        assert_eq!(found, from_ref(&whole), "{name}");
    }
}

async fn what_began_here_is_found(store: &impl Store) {
    let sent = parts("g", 1, "p", 1);
    store.post(once("k", "h"), sent).await.unwrap();
    send(store, "sent-1", 2).await;
    let whole = Traced {
        inbox: None,
        run: None,
        outbox: store.group("g").await.unwrap(),
    };
    for name in ["g", "sent-1"] {
        let found = store.trace(name).await.unwrap();
        assert_eq!(found, from_ref(&whole), "{name}");
    }
}

async fn a_run_of_no_network_is_found(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    let whole = Traced {
        inbox: None,
        run: store.run(&id("r")).await.unwrap(),
        outbox: Vec::new(),
    };
    assert_eq!(store.trace("r").await.unwrap(), [whole]);
}

async fn a_way_is_found_after_its_run_was_forgotten(store: &impl Store) {
    for name in ["r", "s"] {
        arrive_one(store, name, "a", 1).await;
    }
    let runs = ["r", "s"].map(|name| (id(name), user(name, name, 2)));
    store.begin(runs.into(), 2).await.unwrap();
    let mut finish = ok(&["r", "s"], "hi", 3);
    finish.outbound = vec![answer_of("r", "a", 3)];
    store.finish(finish).await.unwrap();
    assert_eq!(store.prune(9).await.unwrap(), 2);
    let found = store.trace("m-s").await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((&found[0].run, found[0].outbox.len()), (&None, 1));
    assert_eq!(store.trace("r").await.unwrap().len(), 2);
}

async fn the_newest_come_first_and_not_too_many(store: &impl Store) {
    let mut last = 0;
    for at_ms in 1..=20 {
        let mut event = asks(&format!("n{at_ms}"), "a", at_ms);
        event.message_id = "5".into();
        arrive(store, vec![event], at_ms).await;
        last = at_ms;
    }
    // What went out counts with what came in.
    let sent = NewOutbound {
        group: "g".into(),
        ..part("g", 0, 1, "p", 10)
    };
    store.put(vec![sent]).await.unwrap();
    send(store, "5", 30).await;
    let found = store.trace("5").await.unwrap();
    assert_eq!(found.len(), MAX_TRACE_HITS);
    let times: Vec<_> = found
        .iter()
        .map(|way| match &way.inbox {
            Some(row) => row.arrived_at_ms,
            None => way.outbox[0].item.at_ms,
        })
        .collect();
    let mut expected: Vec<_> = (2..=last).chain([10]).collect();
    expected.sort_by_key(|at_ms| std::cmp::Reverse(*at_ms));
    assert_eq!(times, expected);
}
