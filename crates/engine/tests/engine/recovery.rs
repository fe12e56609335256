//! Another life on the same file: what was acknowledged is there, what was at work is said to be
//! interrupted, what waited is done.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::agents::QueueMode;
use tidegate_core::run::{RunState, RunStatus};
use tidegate_core::transcript::{Speaker, StopReason};
use tidegate_engine::EngineError;
use tidegate_protocol::RunId;
use tidegate_store::SqliteStore;

use crate::script::{Step, say};
use crate::world::{Plan, World, ask};

/// One life of the engine. The end of the runtime drops every task where it stands, as a crash does.
fn life<T>(file: &Path, live: impl AsyncFnOnce(&mut World) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = Arc::new(SqliteStore::open(file).unwrap());
        let mut plan = Plan::default();
        plan.limits.queue.mode = QueueMode::Followup;
        let mut world = plan.start_on(store).await;
        live(&mut world).await
    })
}

/// Says something and lets the answer stop in the middle; two more messages wait behind it.
async fn up_to_the_crash(world: &mut World) {
    let done = world.say("done").await;
    world.call().await.play([say("answer"), Step::End]);
    world.ended(&done).await;
    world.say("at work").await;
    world
        .call()
        .await
        .play([say("half"), Step::Hang(Duration::ZERO)]);
    assert!(world.say("waits 1").await.as_str() == "waits 1");
    world.say("waits 2").await;
    world.ask("elsewhere", "done elsewhere").await.unwrap();
}

#[test]
fn a_crash_is_seen_and_what_waited_is_done_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("db");
    life(&file, up_to_the_crash);
    life(&file, async |world| {
        let broken = world.ended(&RunId::new("at work")).await;
        assert_eq!(broken.end.as_ref().unwrap().status, RunStatus::Interrupted);
        let messages = world.transcript("main").await;
        let note = messages
            .iter()
            .find(|message| message.body.stop == Some(StopReason::Interrupted))
            .unwrap();
        assert_eq!(note.body.run_id, Some(RunId::new("at work")));
        assert!(
            note.body
                .error
                .as_ref()
                .unwrap()
                .contains("Send the message again")
        );
        for message in ["waits 1", "waits 2"] {
            let call = loop {
                let call = world.call().await;
                call.play([say("late answer"), Step::End]);
                if call.turn.run_id.as_str() != "done elsewhere" {
                    break call;
                }
            };
            assert_eq!(
                call.turn.run_id.as_str(),
                message,
                "in the order of acceptance"
            );
            let run = world.ended(&call.turn.run_id).await;
            assert_eq!(run.end.as_ref().unwrap().status, RunStatus::Ok);
        }
        let said: Vec<_> = world
            .transcript("main")
            .await
            .into_iter()
            .filter(|message| message.body.speaker == Speaker::User)
            .map(|message| message.body.text())
            .collect();
        assert_eq!(said, ["done", "at work", "waits 1", "waits 2"], "each once");
    });
}

#[test]
fn a_repeat_after_the_crash_is_the_same_run() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("db");
    life(&file, up_to_the_crash);
    life(&file, async |world| {
        for (message, state) in [
            ("done", RunState::Ended),
            ("at work", RunState::Ended),
            ("waits 2", RunState::Queued),
        ] {
            let ticket = world.ask("main", message).await.unwrap();
            assert!(ticket.repeat, "{message}");
            assert_eq!((ticket.run.id.as_str(), ticket.run.state), (message, state));
        }
        let stored = world
            .engine
            .run(&RunId::new("done"))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            stored.end.unwrap().text,
            "answer",
            "the answer is told again"
        );
        let mut other = ask("owner", "done", &world.session("main"), "something else");
        assert!(matches!(
            world.engine.ask(other.clone()).await,
            Err(EngineError::KeyReused)
        ));
        other.once.principal = "device:x".into();
        let ticket = world.engine.ask(other).await.unwrap();
        assert!(!ticket.repeat, "a key belongs to who used it");
        assert_ne!(
            ticket.run.id.as_str(),
            "done",
            "and two runs have two names"
        );
    });
}

#[test]
fn two_principals_with_one_key_have_two_runs() {
    let dir = tempfile::tempdir().unwrap();
    life(&dir.path().join("db"), async |world| {
        let key = world.session("main");
        let first = world
            .engine
            .ask(ask("device:a", "key", &key, "hi"))
            .await
            .unwrap();
        let second = world
            .engine
            .ask(ask("device:b", "key", &key, "hi"))
            .await
            .unwrap();
        assert!(!first.repeat && !second.repeat);
        assert_ne!(first.run.id, second.run.id);
        for (principal, run) in [("device:a", first.run), ("device:b", second.run)] {
            let again = world
                .engine
                .ask(ask(principal, "key", &key, "hi"))
                .await
                .unwrap();
            assert_eq!((again.repeat, again.run.id), (true, run.id));
        }
    });
}

#[test]
fn a_life_that_ended_well_leaves_nothing_to_take_up() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("db");
    life(&file, async |world| {
        let id = world.say("done").await;
        world.call().await.play([say("answer"), Step::End]);
        world.ended(&id).await;
        world.engine.drain(Duration::from_secs(5)).await;
    });
    life(&file, async |world| {
        assert_eq!(world.engine.run_load(), (0, 0));
        let texts: Vec<_> = world
            .transcript("main")
            .await
            .iter()
            .map(|message| message.body.text())
            .collect();
        assert_eq!(texts, ["done", "answer"]);
    });
}
