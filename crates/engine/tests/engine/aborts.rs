//! Stopping runs: at work, waiting, merged, by word, and by somebody who names the wrong session.

use std::slice;

use tidegate_core::run::RunStatus;
use tidegate_core::transcript::{Speaker, StopReason};
use tidegate_engine::Engine;
use tidegate_protocol::RunId;

use crate::script::{Step, say};
use crate::world::{Plan, World, settle};

async fn status(world: &World, id: &RunId) -> RunStatus {
    world.ended(id).await.end.as_ref().unwrap().status
}

#[tokio::test(start_paused = true)]
async fn a_run_at_work_and_one_that_waits() {
    let mut world = Plan::default().start().await;
    let working = world.say("working").await;
    world.call().await.play([say("half")]);
    settle().await;
    let waiting = world.say("waiting").await;
    let key = world.session("main");
    let stopped = world.engine.abort(&key, Some(&waiting)).await.unwrap();
    assert_eq!(stopped.run_ids, slice::from_ref(&waiting));
    assert_eq!(status(&world, &waiting).await, RunStatus::Aborted);
    assert_eq!(
        world.heard.kinds(waiting.as_str()),
        ["chat aborted"],
        "it never began"
    );
    assert!(world.is_live(&working).await, "the run at work goes on");
    let stopped = world.engine.abort(&key, Some(&working)).await.unwrap();
    assert_eq!(stopped.run_ids, slice::from_ref(&working));
    assert_eq!(status(&world, &working).await, RunStatus::Aborted);
    let last = world.heard.of_run(working.as_str()).pop().unwrap();
    assert_eq!(
        (last.kind().as_str(), &last.payload["stopReason"]),
        ("chat aborted", &"rpc".into())
    );
    assert_eq!(
        last.payload.get("message"),
        None,
        "the half is discarded for listeners (V3 6.3)"
    );
    let said: Vec<_> = world
        .transcript("main")
        .await
        .into_iter()
        .map(|m| (m.body.speaker, m.body.text()))
        .collect();
    assert!(
        said.contains(&(Speaker::Assistant, "half".into())),
        "and kept in the transcript: {said:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn every_run_of_a_session() {
    let mut world = Plan::default().start().await;
    let mut ids = vec![world.say("one").await];
    world.call().await;
    for message in ["two", "three"] {
        ids.push(world.say(message).await);
    }
    let other = world.ask("elsewhere", "four").await.unwrap().run.id;
    let mut stopped = world
        .engine
        .abort(&world.session("main"), None)
        .await
        .unwrap()
        .run_ids;
    stopped.sort();
    ids.sort();
    assert_eq!(stopped, ids);
    for id in &ids {
        assert_eq!(status(&world, id).await, RunStatus::Aborted);
        assert_eq!(
            world
                .heard
                .of_run(id.as_str())
                .iter()
                .filter(|told| told.ends())
                .count(),
            1
        );
    }
    world.call().await.play([Step::End]);
    assert_eq!(
        status(&world, &other).await,
        RunStatus::Ok,
        "another session goes on"
    );
    assert_eq!(
        world
            .engine
            .abort(&world.session("main"), None)
            .await
            .unwrap()
            .run_ids,
        []
    );
}

/// Three messages that wait become one turn.
async fn merged(world: &mut World) -> [RunId; 3] {
    let first = world.say("before").await;
    let call = world.call().await;
    let ids = [
        world.say("one").await,
        world.say("two").await,
        world.say("three").await,
    ];
    call.play([Step::End]);
    world.ended(&first).await;
    ids
}

#[tokio::test(start_paused = true)]
async fn merged_runs_end_together() {
    let mut world = Plan::default().start().await;
    let ids = merged(&mut world).await;
    let call = world.call().await;
    assert_eq!(call.asked(), ["one", "two", "three"]);
    call.play([say("to all"), Step::End]);
    for id in &ids {
        let run = world.ended(id).await;
        let end = run.end.clone().unwrap();
        assert_eq!((end.status, end.text.as_str()), (RunStatus::Ok, "to all"));
        assert_eq!(
            world.heard.of_run(id.as_str()).pop().unwrap().kind(),
            "chat final"
        );
    }
    let answers = world
        .transcript("main")
        .await
        .into_iter()
        .filter(|m| m.body.text() == "to all")
        .count();
    assert_eq!(answers, 1);
}

#[tokio::test(start_paused = true)]
async fn any_of_the_merged_runs_stops_the_turn_of_all() {
    for pick in 0..3 {
        let mut world = Plan::default().start().await;
        let ids = merged(&mut world).await;
        world.call().await.play([say("half")]);
        settle().await;
        let stopped = world
            .engine
            .abort(&world.session("main"), Some(&ids[pick]))
            .await
            .unwrap();
        assert_eq!(stopped.run_ids, ids, "they are one turn");
        for id in &ids {
            assert_eq!(status(&world, id).await, RunStatus::Aborted);
            let last = world.heard.of_run(id.as_str()).pop().unwrap();
            assert_eq!(
                (last.kind().as_str(), &last.payload["stopReason"]),
                ("chat aborted", &"rpc".into())
            );
        }
        let answer = world.transcript("main").await.pop().unwrap().body;
        assert_eq!(
            (answer.text().as_str(), answer.stop),
            ("half", Some(StopReason::Aborted))
        );
    }
}

#[tokio::test(start_paused = true)]
async fn merged_runs_fail_together() {
    let mut world = Plan::default().start().await;
    let ids = merged(&mut world).await;
    world
        .call()
        .await
        .play([Step::Fail(tidegate_core::run::FailureKind::Auth, "bad key")]);
    for id in &ids {
        assert_eq!(status(&world, id).await, RunStatus::Error);
        let last = world.heard.of_run(id.as_str()).pop().unwrap();
        assert_eq!(
            (last.kind().as_str(), &last.payload["errorMessage"]),
            ("chat error", &"bad key".into())
        );
    }
}

#[tokio::test(start_paused = true)]
async fn stop_words_stop_and_make_no_run() {
    for word in [
        "/stop",
        "stop",
        "ESC",
        " abort ",
        "Wait",
        "exit",
        "interrupt",
    ] {
        assert!(Engine::is_stop_word(word), "{word}");
    }
    for message in ["stop it", "please wait", "", "/stopp"] {
        assert!(!Engine::is_stop_word(message), "{message}");
    }
    let mut world = Plan::default().start().await;
    let id = world.say("working").await;
    world.call().await;
    let stopped = world
        .engine
        .abort_by_word(&world.session("main"))
        .await
        .unwrap();
    assert_eq!(stopped.run_ids, slice::from_ref(&id));
    world.ended(&id).await;
    assert_eq!(
        world.heard.of_run(id.as_str()).pop().unwrap().payload["stopReason"],
        "stop"
    );
}

#[tokio::test(start_paused = true)]
async fn the_wrong_session_stops_nothing() {
    let mut world = Plan::default().start().await;
    let id = world.say("working").await;
    let call = world.call().await;
    let other = world.session("elsewhere");
    let error = world.engine.abort(&other, Some(&id)).await.unwrap_err();
    assert_eq!(error.to_string(), "runId does not match sessionKey");
    let unknown = world
        .engine
        .abort(&other, Some(&RunId::new("unknown")))
        .await
        .unwrap();
    assert_eq!(unknown.run_ids, []);
    call.play([Step::End]);
    assert_eq!(status(&world, &id).await, RunStatus::Ok);
    let late = world.engine.abort(&other, Some(&id)).await.unwrap();
    assert_eq!(late.run_ids, [], "an ended run is not stopped");
}

#[tokio::test(start_paused = true)]
async fn a_session_that_is_reset_or_deleted_stops_first() {
    let mut world = Plan::default().start().await;
    let id = world.ask("notes", "working").await.unwrap().run.id;
    world.call().await.play([say("half")]);
    settle().await;
    let key = world.session("notes");
    let before = world.engine.session(&key).await.unwrap().unwrap().id;
    let after = world.engine.reset_session(&key).await.unwrap().id;
    assert_ne!(before, after);
    assert_eq!(status(&world, &id).await, RunStatus::Aborted);
    assert_eq!(
        world.transcript("notes").await,
        [],
        "nothing of the old turn comes into the new conversation"
    );
    let id = world.ask("notes", "again").await.unwrap().run.id;
    world.call().await;
    assert!(world.engine.delete_session(&key, true).await.unwrap());
    assert_eq!(status(&world, &id).await, RunStatus::Aborted);
    assert!(world.engine.session(&key).await.unwrap().is_none());
}
