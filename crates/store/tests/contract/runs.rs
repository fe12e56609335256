//! Runs from acceptance to their end.

use tidegate_core::run::{Accepted, NewRun, RunState, RunStatus};
use tidegate_core::store::{RecoveryNote, SettingsPatch};
use tidegate_core::transcript::StopReason;
use tidegate_protocol::Patch;

use crate::fixtures::*;

contract! {
    an_accepted_run_is_queued_and_its_session_made
    the_same_request_is_accepted_once
    a_repeat_tells_how_the_run_ended
    a_key_with_other_params_is_refused
    without_room_only_a_repeat_is_taken
    keys_belong_to_a_principal_and_a_method
    a_taken_run_id_is_replaced_by_the_spare_one
    a_run_with_both_ids_taken_is_refused
    a_run_names_a_session_that_has_no_name
    a_begun_run_is_at_work_and_its_words_are_heard
    a_run_begins_once
    a_run_has_other_words_while_it_is_queued
    runs_that_begin_together_are_one_turn
    beginning_an_unknown_run_changes_nothing
    a_run_that_begins_after_its_session_was_deleted_makes_it_again
    a_turn_goes_where_the_session_writes_when_it_begins
    a_finished_run_is_over_and_its_answer_heard
    a_run_ends_once
    a_late_run_of_an_ended_turn_ends_without_a_second_answer
    finishing_an_unknown_run_changes_nothing
    an_end_is_noted_with_the_session
    an_aborted_run_that_never_began_keeps_the_users_words
    runs_aborted_while_they_waited_are_heard_in_order
    a_turn_that_began_before_a_reset_ends_under_the_old_id
    a_turn_whose_session_was_deleted_ends
    after_a_start_running_runs_are_interrupted_and_queued_ones_wait
    an_interrupted_turn_has_one_note
    a_second_recovery_finds_nothing_new
    prune_forgets_ended_runs_and_their_requests
    prune_keeps_runs_that_are_not_over
    prune_forgets_old_deliveries
}

async fn an_accepted_run_is_queued_and_its_session_made(store: &impl Store) {
    let run = accept(store, "r", "a", 5).await;
    assert_eq!(
        (run.id.as_str(), run.state, run.accepted_at_ms),
        ("r", RunState::Queued, 5)
    );
    assert_eq!(
        (run.session_key.clone(), run.session_id.as_str()),
        (key("a"), "a-id")
    );
    assert_eq!(run.request, new_run("r", "a", 5).request);
    assert_eq!(
        (run.started_at_ms, run.ended_at_ms, run.end.as_ref()),
        (None, None, None)
    );
    assert_eq!(store.run(&id("r")).await.unwrap(), Some(run));
    assert_eq!(store.run(&id("s")).await.unwrap(), None);
    assert_eq!(session(store, "a").await.id, "a-id");
    assert_eq!(said(store, "a").await, Vec::<String>::new());
}

async fn the_same_request_is_accepted_once(store: &impl Store) {
    let run = accept(store, "r", "a", 5).await;
    let mut again = new_run("r", "b", 9);
    again.run_id = id("else");
    let new = once("other", "hash");
    assert_eq!(store.find_accepted(&new).await.unwrap(), None);
    let found = store.find_accepted(&again.once).await.unwrap();
    assert_eq!(found, Some(Accepted::Repeat(run.clone())));
    assert_eq!(store.accept(again).await.unwrap(), Accepted::Repeat(run));
    assert_eq!(store.run(&id("else")).await.unwrap(), None);
    assert_eq!(store.session(&key("b")).await.unwrap(), None);
}

async fn a_repeat_tells_how_the_run_ended(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    let Accepted::Repeat(run) = store.accept(new_run("r", "a", 9)).await.unwrap() else {
        panic!("no repeat")
    };
    assert_eq!((run.state, run.ended_at_ms), (RunState::Ended, Some(3)));
    assert_eq!(run.end, Some(ended(RunStatus::Ok, "answer to r")));
}

async fn a_key_with_other_params_is_refused(store: &impl Store) {
    accept(store, "r", "a", 5).await;
    let mut other = new_run("s", "b", 9);
    other.once = once("r", "another hash");
    let found = store.find_accepted(&other.once).await.unwrap();
    assert_eq!(found, Some(Accepted::KeyReused));
    assert_eq!(store.accept(other).await.unwrap(), Accepted::KeyReused);
    assert_eq!(store.run(&id("s")).await.unwrap(), None);
    assert_eq!(store.session(&key("b")).await.unwrap(), None);
}

async fn keys_belong_to_a_principal_and_a_method(store: &impl Store) {
    accept(store, "r", "a", 5).await;
    let mut other = new_run("s", "a", 6);
    other.once.key = "r".into();
    other.once.principal = "device:1".into();
    assert!(matches!(
        store.accept(other.clone()).await.unwrap(),
        Accepted::New(_)
    ));
    other.run_id = id("t");
    other.once.method = "chat.send";
    assert!(matches!(
        store.accept(other).await.unwrap(),
        Accepted::New(_)
    ));
}

async fn a_taken_run_id_is_replaced_by_the_spare_one(store: &impl Store) {
    accept(store, "r", "a", 5).await;
    let mut other = new_run("r", "a", 6);
    other.once.principal = "device:1".into();
    let Accepted::New(run) = store.accept(other).await.unwrap() else {
        panic!("not new")
    };
    assert_eq!(run.id, id("r-spare"));
    assert_eq!(
        store.run(&id("r")).await.unwrap().unwrap().accepted_at_ms,
        5
    );
}

async fn a_run_with_both_ids_taken_is_refused(store: &impl Store) {
    accept(store, "r", "a", 5).await;
    accept(store, "r-spare", "a", 5).await;
    let mut other = new_run("r", "b", 6);
    other.once.principal = "device:1".into();
    assert!(store.accept(other).await.is_err());
    assert_eq!(store.session(&key("b")).await.unwrap(), None);
}

async fn a_run_names_a_session_that_has_no_name(store: &impl Store) {
    let labelled = |name: &str, session: &str, label: &str| {
        let mut run = new_run(name, session, 1);
        run.request.label = Some(label.into());
        run
    };
    store.accept(labelled("r", "a", "Alpha")).await.unwrap();
    assert_eq!(session(store, "a").await.label.as_deref(), Some("Alpha"));
    store.accept(labelled("s", "a", "Beta")).await.unwrap();
    assert_eq!(
        session(store, "a").await.label.as_deref(),
        Some("Alpha"),
        "it has one"
    );
    store.accept(labelled("t", "b", "Alpha")).await.unwrap();
    assert_eq!(session(store, "b").await.label, None, "another has it");
}

async fn a_begun_run_is_at_work_and_its_words_are_heard(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 4).await;
    let run = store.run(&id("r")).await.unwrap().unwrap();
    assert_eq!((run.state, run.started_at_ms), (RunState::Running, Some(4)));
    assert_eq!(said(store, "a").await, ["u: say r"]);
    assert_eq!(session(store, "a").await.updated_at_ms, 4);
}

async fn a_run_begins_once(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    begin(store, "r", 3).await;
    assert_eq!(said(store, "a").await, ["u: say r"]);
    assert_eq!(
        store.run(&id("r")).await.unwrap().unwrap().started_at_ms,
        Some(2)
    );
    store.finish(ok(&["r"], "done", 4)).await.unwrap();
    begin(store, "r", 5).await;
    assert_eq!(
        store.run(&id("r")).await.unwrap().unwrap().state,
        RunState::Ended
    );
    assert_eq!(said(store, "a").await, ["u: say r", "a: done"]);
}

async fn a_run_has_other_words_while_it_is_queued(store: &impl Store) {
    let reword = async |name: &str, words: &str| {
        let done = store.reword(&id(name), words.to_owned()).await;
        done.unwrap()
    };
    let mut run = accept(store, "r", "a", 1).await;
    let other = accept(store, "s", "a", 2).await;
    assert!(reword("r", "say it again").await);
    run.request.message = "say it again".into();
    assert_eq!(store.run(&id("r")).await.unwrap(), Some(run.clone()));
    assert_eq!(store.run(&id("s")).await.unwrap(), Some(other));
    let recovered = store.recover(note(), 3).await.unwrap();
    assert_eq!(recovered.queued[0].request, run.request);
    assert!(!reword("unknown", "words").await);
    begin(store, "r", 4).await;
    assert!(!reword("r", "too late").await);
    store.finish(ok(&["r"], "answer", 5)).await.unwrap();
    assert!(!reword("r", "too late").await);
    let kept = store.run(&id("r")).await.unwrap().unwrap();
    assert_eq!(kept.request, run.request);
}

async fn runs_that_begin_together_are_one_turn(store: &impl Store) {
    for name in ["r", "s", "t"] {
        accept(store, name, "a", 1).await;
    }
    let runs = ["s", "r"].map(|name| (id(name), user(name, name, 2)));
    store.begin(runs.into(), 3).await.unwrap();
    assert_eq!(said(store, "a").await, ["u: s", "u: r"]);
    store.finish(ok(&["s", "r"], "both", 4)).await.unwrap();
    assert_eq!(said(store, "a").await, ["u: s", "u: r", "a: both"]);
    for (name, state) in [
        ("r", RunState::Ended),
        ("s", RunState::Ended),
        ("t", RunState::Queued),
    ] {
        assert_eq!(
            store.run(&id(name)).await.unwrap().unwrap().state,
            state,
            "{name}"
        );
    }
}

async fn beginning_an_unknown_run_changes_nothing(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    let runs = ["r", "nobody"].map(|name| (id(name), user(name, name, 2)));
    assert!(store.begin(runs.into(), 3).await.is_err());
    assert_eq!(
        store.run(&id("r")).await.unwrap().unwrap().state,
        RunState::Queued
    );
    assert_eq!(said(store, "a").await, Vec::<String>::new());
}

async fn a_run_that_begins_after_its_session_was_deleted_makes_it_again(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    store.delete_session(&key("a"), true).await.unwrap();
    begin(store, "r", 2).await;
    store.finish(ok(&["r"], "done", 3)).await.unwrap();
    assert_eq!(said(store, "a").await, ["u: say r", "a: done"]);
}

async fn a_turn_goes_where_the_session_writes_when_it_begins(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    store
        .reset_session(&key("a"), "a-id-2".into(), 2)
        .await
        .unwrap();
    begin(store, "r", 3).await;
    assert_eq!(said(store, "a").await, ["u: say r"]);
    assert_eq!(
        store.run(&id("r")).await.unwrap().unwrap().session_id,
        "a-id"
    );
}

async fn a_finished_run_is_over_and_its_answer_heard(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    let run = store.run(&id("r")).await.unwrap().unwrap();
    assert_eq!((run.state, run.ended_at_ms), (RunState::Ended, Some(3)));
    assert_eq!(run.end, Some(ended(RunStatus::Ok, "answer to r")));
    assert_eq!(said(store, "a").await, ["u: say r", "a: answer to r"]);
}

async fn a_run_ends_once(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    store.finish(ok(&["r"], "again", 9)).await.unwrap();
    store.finish(aborted(&["r"], 10)).await.unwrap();
    let run = store.run(&id("r")).await.unwrap().unwrap();
    assert_eq!(
        (run.ended_at_ms, run.end.unwrap().text.as_str()),
        (Some(3), "answer to r")
    );
    assert_eq!(said(store, "a").await, ["u: say r", "a: answer to r"]);
    assert!(!session(store, "a").await.aborted_last_run);
}

async fn a_late_run_of_an_ended_turn_ends_without_a_second_answer(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    accept(store, "s", "a", 5).await;
    store.finish(ok(&["r", "s"], "again", 9)).await.unwrap();
    assert_eq!(
        store.run(&id("s")).await.unwrap().unwrap().state,
        RunState::Ended
    );
    assert_eq!(
        said(store, "a").await,
        ["u: say r", "a: answer to r", "u: say s"]
    );
}

async fn finishing_an_unknown_run_changes_nothing(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    assert!(store.finish(ok(&["r", "nobody"], "done", 2)).await.is_err());
    assert_eq!(
        store.run(&id("r")).await.unwrap().unwrap().state,
        RunState::Queued
    );
    assert_eq!(said(store, "a").await, Vec::<String>::new());
}

async fn an_end_is_noted_with_the_session(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    let after = session(store, "a").await;
    assert_eq!(
        (after.last_usage, after.last_maker.clone()),
        (Some(usage(2)), Some(maker()))
    );
    assert_eq!((after.aborted_last_run, after.updated_at_ms), (false, 3));
    accept(store, "s", "a", 4).await;
    begin(store, "s", 5).await;
    store.finish(aborted(&["s"], 6)).await.unwrap();
    let after = session(store, "a").await;
    assert_eq!((after.aborted_last_run, after.updated_at_ms), (true, 6));
    assert_eq!(
        (after.last_usage, after.last_maker),
        (Some(usage(2)), Some(maker())),
        "a turn without an answer says nothing of tokens"
    );
}

async fn without_room_only_a_repeat_is_taken(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    let full = |name: &str| NewRun {
        room: false,
        ..new_run(name, "a", 2)
    };
    assert_eq!(store.accept(full("s")).await.unwrap(), Accepted::NoRoom);
    assert_eq!(store.run(&id("s")).await.unwrap(), None);
    let again = NewRun {
        at_ms: 1,
        ..full("r")
    };
    assert!(matches!(
        store.accept(again).await.unwrap(),
        Accepted::Repeat(_)
    ));
}

async fn an_aborted_run_that_never_began_keeps_the_users_words(store: &impl Store) {
    turn(store, "q", "a", 1).await;
    accept(store, "r", "a", 7).await;
    store.finish(aborted(&["r"], 9)).await.unwrap();
    let run = store.run(&id("r")).await.unwrap().unwrap();
    assert_eq!((run.state, run.started_at_ms), (RunState::Ended, None));
    assert_eq!(
        said(store, "a").await,
        ["u: say q", "a: answer to q", "u: say r"]
    );
    let last = page(store, "a", EVERYTHING)
        .await
        .messages
        .pop()
        .unwrap()
        .body;
    assert_eq!((last.run_id, last.at_ms), (Some(id("r")), 7));
    let after = session(store, "a").await;
    assert_eq!((after.aborted_last_run, after.updated_at_ms), (true, 9));
    assert_eq!(after.last_usage, Some(usage(2)), "it had no turn");
}

async fn runs_aborted_while_they_waited_are_heard_in_order(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    accept(store, "s", "a", 3).await;
    accept(store, "t", "a", 4).await;
    store.finish(aborted(&["s", "t"], 5)).await.unwrap();
    store.finish(ok(&["r"], "done", 6)).await.unwrap();
    assert_eq!(
        said(store, "a").await,
        ["u: say r", "u: say s", "u: say t", "a: done"]
    );
}

async fn a_turn_that_began_before_a_reset_ends_under_the_old_id(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    store
        .reset_session(&key("a"), "a-id-2".into(), 3)
        .await
        .unwrap();
    store.finish(aborted(&["r"], 9)).await.unwrap();
    assert_eq!(said(store, "a").await, Vec::<String>::new());
    let after = session(store, "a").await;
    assert_eq!(
        (
            after.aborted_last_run,
            after.last_usage,
            after.updated_at_ms
        ),
        (false, None, 3)
    );
    store
        .reset_session(&key("a"), "a-id".into(), 10)
        .await
        .unwrap();
    assert_eq!(said(store, "a").await, ["u: say r"]);
}

async fn a_turn_whose_session_was_deleted_ends(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    accept(store, "s", "a", 3).await;
    store.delete_session(&key("a"), true).await.unwrap();
    store.finish(ok(&["r"], "done", 4)).await.unwrap();
    store.finish(aborted(&["s"], 5)).await.unwrap();
    for name in ["r", "s"] {
        assert_eq!(
            store.run(&id(name)).await.unwrap().unwrap().state,
            RunState::Ended
        );
    }
    assert_eq!(store.session(&key("a")).await.unwrap(), None);
}

async fn after_a_start_running_runs_are_interrupted_and_queued_ones_wait(store: &impl Store) {
    turn(store, "q", "a", 1).await;
    accept(store, "s", "b", 5).await;
    accept(store, "r", "a", 6).await;
    accept(store, "t", "b", 6).await;
    begin(store, "r", 7).await;
    let recovered = store.recover(note(), 20).await.unwrap();
    assert_eq!(
        recovered.interrupted,
        [store.run(&id("r")).await.unwrap().unwrap()]
    );
    let queued: Vec<_> = recovered.queued.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(queued, ["s", "t"]);
    let run = &recovered.interrupted[0];
    assert_eq!((run.state, run.ended_at_ms), (RunState::Ended, Some(20)));
    let end = run.end.as_ref().unwrap();
    assert_eq!(
        (end.status, end.error.as_deref()),
        (RunStatus::Interrupted, Some("the gateway ended"))
    );
    assert_eq!(
        said(store, "a").await,
        ["u: say q", "a: answer to q", "u: say r", "a: "]
    );
    let last = page(store, "a", EVERYTHING)
        .await
        .messages
        .pop()
        .unwrap()
        .body;
    assert_eq!(
        (last.stop, last.parts.len()),
        (Some(StopReason::Interrupted), 0)
    );
    assert_eq!(
        (last.error.as_deref(), last.run_id),
        (Some("the gateway ended"), Some(id("r")))
    );
    let after = session(store, "a").await;
    assert_eq!(
        (after.aborted_last_run, after.last_usage),
        (true, Some(usage(2)))
    );
}

async fn an_interrupted_turn_has_one_note(store: &impl Store) {
    for name in ["r", "s"] {
        accept(store, name, "a", 1).await;
    }
    accept(store, "t", "b", 1).await;
    let runs = ["r", "s"].map(|name| (id(name), user(name, name, 2)));
    store.begin(runs.into(), 3).await.unwrap();
    begin(store, "t", 3).await;
    let recovered = store.recover(note(), 20).await.unwrap();
    assert_eq!(recovered.interrupted.len(), 3);
    assert_eq!(said(store, "a").await, ["u: r", "u: s", "a: "]);
    assert_eq!(said(store, "b").await, ["u: say t", "a: "]);
}

async fn a_second_recovery_finds_nothing_new(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    accept(store, "s", "a", 1).await;
    begin(store, "r", 2).await;
    store.recover(note(), 3).await.unwrap();
    let again = store
        .recover(
            RecoveryNote {
                error: "x".into(),
                ..note()
            },
            4,
        )
        .await
        .unwrap();
    assert_eq!((again.interrupted.len(), again.queued.len()), (0, 1));
    assert_eq!(said(store, "a").await, ["u: say r", "a: "]);
}

async fn prune_forgets_ended_runs_and_their_requests(store: &impl Store) {
    turn(store, "r", "a", 1).await;
    turn(store, "s", "a", 11).await;
    assert_eq!(store.prune(13).await.unwrap(), 1);
    assert_eq!(store.run(&id("r")).await.unwrap(), None);
    assert!(store.run(&id("s")).await.unwrap().is_some());
    assert!(matches!(
        store.accept(new_run("s", "a", 20)).await.unwrap(),
        Accepted::Repeat(_)
    ));
    assert!(matches!(
        store.accept(new_run("r", "a", 20)).await.unwrap(),
        Accepted::New(_)
    ));
    assert_eq!(said(store, "a").await.len(), 4, "words stay");
}

async fn prune_keeps_runs_that_are_not_over(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    accept(store, "s", "a", 1).await;
    begin(store, "s", 2).await;
    assert_eq!(store.prune(u64::MAX).await.unwrap(), 0);
    for name in ["r", "s"] {
        let again = store.accept(new_run(name, "a", 9)).await.unwrap();
        assert!(matches!(again, Accepted::Repeat(_)), "{name}");
    }
}

async fn prune_forgets_old_deliveries(store: &impl Store) {
    let patch = SettingsPatch {
        label: Patch::Set("A".into()),
        ..SettingsPatch::default()
    };
    store
        .patch_session(&key("a"), patch, "a-id".into(), 1)
        .await
        .unwrap();
    for (name, at) in [("old", 1), ("new", 9)] {
        let message = answer(name, name, at);
        store
            .deliver(once(name, "h"), &key("a"), "x".into(), message)
            .await
            .unwrap();
    }
    assert_eq!(store.prune(5).await.unwrap(), 1);
    for (name, now) in [("old", 10), ("new", 10)] {
        let message = answer(name, name, now);
        store
            .deliver(once(name, "h"), &key("a"), "x".into(), message)
            .await
            .unwrap();
    }
    assert_eq!(said(store, "a").await, ["a: old", "a: new", "a: old"]);
}
