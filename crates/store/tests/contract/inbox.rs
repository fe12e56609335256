//! What arrives from networks, and how it ends.

use tidegate_core::channel::AccountKey;
use tidegate_core::run::{RunState, RunStatus};
use tidegate_core::store::{
    Arrivals, Arrived, Deed, Finish, InboxRow, InboxState, NewOutbound, OutboxRow,
};

use crate::channels::*;
use crate::fixtures::*;

contract! {
    an_event_is_stored_with_its_run_session_origin_and_cursor
    an_event_that_is_answered_at_once_ends_with_its_answer
    a_known_event_does_nothing_but_move_the_cursor
    an_event_that_is_twice_in_a_batch_is_known_the_second_time
    the_same_event_id_on_another_account_is_another_event
    runs_of_a_batch_are_queued_in_order
    a_taken_run_id_is_replaced_by_the_spare_one
    a_run_that_renews_begins_the_session_anew
    a_batch_that_fails_stores_nothing
    events_that_cannot_be_are_refused
    cursors_belong_to_an_account_and_its_owner
    no_cursor_keeps_the_old_one
    an_answered_run_ends_its_event_and_goes_out
    a_run_with_nothing_to_say_ends_its_event_empty
    a_run_that_only_sends_files_is_an_answer
    a_failed_run_ends_its_event_with_a_notice
    merged_runs_end_their_events_alike
    a_turn_that_ended_goes_out_once
    a_finish_that_fails_changes_nothing
    a_run_aborted_while_it_waited_ends_its_event
    an_answer_goes_out_though_its_session_was_deleted
    interrupted_runs_end_their_events_and_go_out_once_a_turn
    queued_runs_keep_their_events_over_a_start
    the_last_arrival_of_an_account_is_known
    prune_forgets_old_events_that_ended
}

async fn an_event_is_stored_with_its_run_session_origin_and_cursor(store: &impl Store) {
    let run = arrive_one(store, "r", "a", 5).await;
    assert_eq!(store.run(&id("r")).await.unwrap(), Some(run.clone()));
    assert_eq!(
        (run.state, run.session_id.as_str(), run.accepted_at_ms),
        (RunState::Queued, "a-id", 5)
    );
    assert_eq!(run.request.origin, Some(origin("p", "m-r")));
    assert_eq!(inbox_of(store, "r").await, asked("r", "a", 5));
    assert_eq!(session(store, "a").await.origin, Some(origin("p", "m-r")));
    let cursor = store.cursor(&account(), "us").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("c5"));
    accept(store, "web", "a", 6).await;
    assert_eq!(
        session(store, "a").await.origin,
        Some(origin("p", "m-r")),
        "another client changes nothing of it"
    );
}

async fn an_event_that_is_answered_at_once_ends_with_its_answer(store: &impl Store) {
    let sent = parts("status", 2, "p", 5);
    let event_ = answered("s", InboxState::Answered, sent.clone());
    let quiet = answered("q", InboxState::AnsweredEmpty, Vec::new());
    let arrived = arrive(store, vec![event_, quiet], 5).await;
    assert_eq!(arrived, [Arrived::New(None), Arrived::New(None)]);
    assert_eq!(
        inbox_of(store, "s").await,
        event("s", InboxState::Answered, 5)
    );
    assert_eq!(
        inbox_of(store, "q").await,
        event("q", InboxState::AnsweredEmpty, 5)
    );
    let rows: Vec<OutboxRow> = (1..).zip(sent).map(|(no, part)| fresh(no, part)).collect();
    assert_eq!(store.group("status").await.unwrap(), rows);
}

async fn a_known_event_does_nothing_but_move_the_cursor(store: &impl Store) {
    arrive_one(store, "r", "a", 5).await;
    let again = asks("r", "b", 9);
    assert_eq!(arrive(store, vec![again], 9).await, [Arrived::Known]);
    assert_eq!(inbox_of(store, "r").await, asked("r", "a", 5));
    assert_eq!(store.session(&key("b")).await.unwrap(), None);
    assert_eq!(store.run(&id("r-spare")).await.unwrap(), None);
    let cursor = store.cursor(&account(), "us").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("c9"));
}

async fn an_event_that_is_twice_in_a_batch_is_known_the_second_time(store: &impl Store) {
    let twice = vec![asks("r", "a", 5), asks("r", "a", 5), asks("s", "a", 5)];
    let arrived = arrive(store, twice, 5).await;
    assert!(matches!(
        &arrived[..],
        [Arrived::New(Some(_)), Arrived::Known, Arrived::New(Some(_))]
    ));
    assert_eq!(store.recover(note(), 9).await.unwrap().queued.len(), 2);
}

async fn the_same_event_id_on_another_account_is_another_event(store: &impl Store) {
    arrive_one(store, "r", "a", 5).await;
    let other = AccountKey::new("net", "second");
    let mut event = asks("r", "a", 6);
    event.target.account = other.clone();
    let arrivals = Arrivals {
        account: other,
        ..arrivals(vec![event], "x", 6)
    };
    let arrived = store.arrive(arrivals).await.unwrap();
    assert!(matches!(&arrived[..], [Arrived::New(Some(run))] if run.id == id("r-spare")));
}

async fn runs_of_a_batch_are_queued_in_order(store: &impl Store) {
    accept(store, "first", "a", 1).await;
    let list = ["z", "b", "m"].map(|name| asks(name, "a", 5)).into();
    let arrived = arrive(store, list, 5).await;
    let queued = store.recover(note(), 9).await.unwrap().queued;
    let names: Vec<_> = queued.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(names, ["first", "z", "b", "m"]);
    for (run, arrived) in queued[1..].iter().zip(arrived) {
        assert_eq!(arrived, Arrived::New(Some(Box::new(run.clone()))));
    }
}

async fn a_taken_run_id_is_replaced_by_the_spare_one(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    let run = arrive_one(store, "r", "a", 5).await;
    assert_eq!(run.id, id("r-spare"));
    assert_eq!(inbox_of(store, "r").await.run_id, Some(id("r-spare")));
}

async fn a_run_that_renews_begins_the_session_anew(store: &impl Store) {
    turn(store, "old", "a", 1).await;
    let mut labelled = asks("r", "a", 5);
    if let Deed::Ask(run) = &mut labelled.deed {
        run.renews = true;
        run.new_session_id = "a-id-2".into();
        run.request.label = Some("Alpha".into());
    }
    arrive(store, vec![labelled], 5).await;
    let renewed = session(store, "a").await;
    assert_eq!((renewed.id.as_str(), renewed.message_count), ("a-id-2", 0));
    assert_eq!(renewed.label.as_deref(), Some("Alpha"));
    assert_eq!((renewed.last_usage, renewed.last_maker), (None, None));
    assert_eq!(renewed.origin, Some(origin("p", "m-r")));
    begin(store, "r", 6).await;
    assert_eq!(said(store, "a").await, ["u: say r"]);
    let mut made = asks("s", "b", 7);
    if let Deed::Ask(run) = &mut made.deed {
        run.renews = true;
    }
    arrive(store, vec![made], 7).await;
    assert_eq!(session(store, "b").await.id, "b-id");
}

async fn a_batch_that_fails_stores_nothing(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    accept(store, "r-spare", "a", 1).await;
    arrive_one(store, "before", "a", 2).await;
    let notice = answered("n", InboxState::Answered, parts("n", 1, "p", 5));
    let list = vec![asks("s", "b", 5), notice, asks("r", "a", 5)];
    assert!(store.arrive(arrivals(list, "ahead", 5)).await.is_err());
    let cursor = store.cursor(&account(), "us").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("c2"), "the cursor is not ahead");
    assert_eq!(store.trace("e-s").await.unwrap(), []);
    assert_eq!(store.run(&id("s")).await.unwrap(), None);
    assert_eq!(store.session(&key("b")).await.unwrap(), None);
    assert_eq!(store.group("n").await.unwrap(), []);
    arrive_one(store, "s", "b", 6).await;
}

async fn events_that_cannot_be_are_refused(store: &impl Store) {
    let mut foreign = asks("r", "a", 5);
    foreign.target.account = AccountKey::new("net", "second");
    let endless = answered("s", InboxState::Accepted, Vec::new());
    let torn = answered("t", InboxState::Answered, vec![part("t", 2, 2, "p", 5)]);
    let two = [parts("u", 1, "p", 5), parts("v", 1, "p", 5)].concat();
    let mixed = answered("u", InboxState::Answered, two);
    for wrong in [foreign, endless, torn, mixed] {
        let name = wrong.provider_id.clone();
        let refused = store.arrive(arrivals(vec![wrong], "x", 5)).await;
        assert!(refused.is_err(), "{name}");
        assert_eq!(store.trace(&name).await.unwrap(), [], "{name}");
    }
    assert_eq!(store.cursor(&account(), "us").await.unwrap(), None);
}

async fn cursors_belong_to_an_account_and_its_owner(store: &impl Store) {
    arrive(store, Vec::new(), 5).await;
    let cursor =
        async |account: AccountKey, owner: &str| store.cursor(&account, owner).await.unwrap();
    assert_eq!(cursor(account(), "us").await.as_deref(), Some("c5"));
    assert_eq!(cursor(account(), "them").await, None);
    assert_eq!(cursor(AccountKey::new("net", "x"), "us").await, None);
    assert_eq!(cursor(AccountKey::new("x", "default"), "us").await, None);
}

async fn no_cursor_keeps_the_old_one(store: &impl Store) {
    arrive(store, Vec::new(), 5).await;
    let arrivals = Arrivals {
        cursor: None,
        ..arrivals(vec![asks("r", "a", 6)], "", 6)
    };
    store.arrive(arrivals).await.unwrap();
    let cursor = store.cursor(&account(), "us").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("c5"));
}

/// How the event of a run ends that ends so.
async fn end_of(store: &impl Store, name: &str, mut finish: Finish, sends: bool) -> InboxRow {
    arrive_one(store, name, "a", 1).await;
    begin(store, name, 2).await;
    finish.runs = vec![id(name)];
    finish.at_ms = 9;
    if sends {
        finish.outbound = vec![answer_of(name, "a", 9)];
    }
    store.finish(finish).await.unwrap();
    inbox_of(store, name).await
}

fn over(name: &str, state: InboxState) -> InboxRow {
    InboxRow {
        state,
        ended_at_ms: Some(9),
        ..asked(name, "a", 1)
    }
}

async fn an_answered_run_ends_its_event_and_goes_out(store: &impl Store) {
    let row = end_of(store, "r", ok(&["r"], "hi", 9), true).await;
    assert_eq!(row, over("r", InboxState::Answered));
    let sent = fresh(1, answer_of("r", "a", 9));
    assert_eq!(store.group("r").await.unwrap(), [sent]);
    assert_eq!(said(store, "a").await, ["u: say r", "a: hi"]);
}

async fn a_run_with_nothing_to_say_ends_its_event_empty(store: &impl Store) {
    let row = end_of(store, "r", ok(&["r"], " \n", 9), false).await;
    assert_eq!(row, over("r", InboxState::AnsweredEmpty));
    assert_eq!(store.group("r").await.unwrap(), []);
}

async fn a_run_that_only_sends_files_is_an_answer(store: &impl Store) {
    let row = end_of(store, "r", ok(&["r"], "", 9), true).await;
    assert_eq!(row, over("r", InboxState::Answered));
}

async fn a_failed_run_ends_its_event_with_a_notice(store: &impl Store) {
    let ends = [RunStatus::Error, RunStatus::Aborted, RunStatus::Interrupted];
    for (name, status) in ["r", "s", "t"].into_iter().zip(ends) {
        let mut finish = ok(&[name], "half", 9);
        finish.end = ended(status, "half");
        let row = end_of(store, name, finish, true).await;
        assert_eq!(row, over(name, InboxState::FailedWithNotice), "{status:?}");
    }
}

async fn merged_runs_end_their_events_alike(store: &impl Store) {
    for name in ["r", "s"] {
        arrive_one(store, name, "a", 1).await;
    }
    let runs = ["r", "s"].map(|name| (id(name), user(name, name, 2)));
    store.begin(runs.into(), 2).await.unwrap();
    store.finish(ok(&["r", "s"], "both", 9)).await.unwrap();
    for name in ["r", "s"] {
        assert_eq!(
            inbox_of(store, name).await,
            over(name, InboxState::Answered)
        );
    }
}

async fn a_turn_that_ended_goes_out_once(store: &impl Store) {
    end_of(store, "r", ok(&["r"], "hi", 9), true).await;
    arrive_one(store, "s", "a", 10).await;
    let mut again = ok(&["r", "s"], "late", 12);
    again.outbound = vec![NewOutbound {
        group: "late".into(),
        ..answer_of("r", "a", 12)
    }];
    store.finish(again).await.unwrap();
    assert_eq!(store.group("late").await.unwrap(), []);
    assert_eq!(inbox_of(store, "r").await, over("r", InboxState::Answered));
    assert_eq!(inbox_of(store, "s").await.ended_at_ms, Some(12));
    assert_eq!(said(store, "a").await, ["u: say r", "a: hi", "u: say s"]);
}

async fn a_finish_that_fails_changes_nothing(store: &impl Store) {
    arrive_one(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    let mut torn = ok(&["r"], "hi", 9);
    torn.outbound = vec![part("r", 0, 1, "p", 9), part("r", 1, 1, "p", 9)];
    assert!(store.finish(torn).await.is_err());
    assert_eq!(inbox_of(store, "r").await, asked("r", "a", 1));
    assert_eq!(store.group("r").await.unwrap(), []);
    assert_eq!(said(store, "a").await, ["u: say r"]);
}

async fn a_run_aborted_while_it_waited_ends_its_event(store: &impl Store) {
    arrive_one(store, "r", "a", 1).await;
    let mut finish = aborted(&["r"], 9);
    finish.outbound = vec![answer_of("r", "a", 9)];
    store.finish(finish).await.unwrap();
    assert_eq!(
        inbox_of(store, "r").await,
        over("r", InboxState::FailedWithNotice)
    );
    assert_eq!(store.group("r").await.unwrap().len(), 1);
}

async fn an_answer_goes_out_though_its_session_was_deleted(store: &impl Store) {
    arrive_one(store, "r", "a", 1).await;
    store.delete_session(&key("a"), true).await.unwrap();
    let mut finish = aborted(&["r"], 9);
    finish.outbound = vec![answer_of("r", "a", 9)];
    store.finish(finish).await.unwrap();
    assert_eq!(store.group("r").await.unwrap().len(), 1);
}

async fn interrupted_runs_end_their_events_and_go_out_once_a_turn(store: &impl Store) {
    for name in ["r", "s", "t"] {
        arrive_one(store, name, "a", 1).await;
    }
    accept(store, "web", "b", 1).await;
    let runs = ["r", "s"].map(|name| (id(name), user(name, name, 2)));
    store.begin(runs.into(), 2).await.unwrap();
    begin(store, "web", 2).await;
    store.recover(note_with_answer(), 9).await.unwrap();
    for name in ["r", "s"] {
        assert_eq!(
            inbox_of(store, name).await,
            over(name, InboxState::FailedWithNotice)
        );
    }
    assert_eq!(inbox_of(store, "t").await, asked("t", "a", 1));
    let told = ["r", "web"].map(|name| answer_of(name, "a", 9));
    let rows: Vec<_> = (1..).zip(told).map(|(no, item)| fresh(no, item)).collect();
    let open = store.open_parts(None, 9).await.unwrap();
    assert_eq!(open.into_iter().rev().collect::<Vec<_>>(), rows);
    store.recover(note_with_answer(), 11).await.unwrap();
    assert_eq!(store.open_parts(None, 9).await.unwrap().len(), 2);
}

async fn queued_runs_keep_their_events_over_a_start(store: &impl Store) {
    let run = arrive_one(store, "r", "a", 1).await;
    let recovered = store.recover(note_with_answer(), 9).await.unwrap();
    assert_eq!(recovered.queued, [run]);
    assert_eq!(inbox_of(store, "r").await, asked("r", "a", 1));
    assert_eq!(store.open_parts(None, 9).await.unwrap(), []);
}

async fn the_last_arrival_of_an_account_is_known(store: &impl Store) {
    assert_eq!(store.last_arrival(&account()).await.unwrap(), None);
    arrive_one(store, "r", "a", 5).await;
    arrive_one(store, "s", "a", 7).await;
    arrive(store, vec![asks("r", "a", 9)], 9).await;
    assert_eq!(store.last_arrival(&account()).await.unwrap(), Some(7));
    let other = AccountKey::new("net", "second");
    assert_eq!(store.last_arrival(&other).await.unwrap(), None);
}

async fn prune_forgets_old_events_that_ended(store: &impl Store) {
    let quiet = |name: &str| answered(name, InboxState::AnsweredEmpty, Vec::new());
    arrive(store, vec![asks("waits", "a", 5), quiet("old")], 5).await;
    arrive(store, vec![quiet("new")], 6).await;
    assert_eq!(store.prune_inbox(6).await.unwrap(), 1);
    assert_eq!(store.trace("e-old").await.unwrap(), []);
    for kept in ["waits", "new"] {
        inbox_of(store, kept).await;
    }
    assert_eq!(store.prune_inbox(6).await.unwrap(), 0);
    let cursor = store.cursor(&account(), "us").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("c6"));
}
