//! A run always ends, whatever its runner does, and its lane is free within a second (F10).

use std::time::Duration;

use tidegate_core::run::{FailureKind, Run, RunState, RunStatus};
use tidegate_core::transcript::{Message, Part, Speaker, StopReason};
use tidegate_protocol::RunId;
use tokio::time::Instant;

use crate::script::{Step, say};
use crate::world::{Plan, World, ask, settle};

const IDLE: Duration = Duration::from_mins(2);
const TIMEOUT: Duration = Duration::from_mins(10);
/// How long a stopped runner may take to return.
const GRACE: Duration = Duration::from_secs(2);
/// The lane is free again within this time.
const FREE: Duration = Duration::from_secs(1);

/// What is left of a turn.
struct Left {
    run: Run,
    took: Duration,
    kinds: Vec<String>,
    answer: Message,
}

/// Lets one turn go by the steps, and another message of the session wait behind it.
async fn turn(world: &mut World, steps: Vec<Step>) -> Left {
    turn_of(world, steps, None).await
}

async fn turn_of(world: &mut World, steps: Vec<Step>, timeout_ms: Option<u64>) -> Left {
    let mut first = ask("owner", "first", &world.session("main"), "first");
    first.request.timeout_ms = timeout_ms;
    let id = world.engine.ask(first).await.unwrap().run.id;
    let began = Instant::now();
    world.call().await.play(steps);
    let behind = world.say("behind").await;
    let run = world.ended(&id).await;
    let took = began.elapsed();
    let ended = Instant::now();
    world.call().await.play([say("free"), Step::End]);
    assert!(
        ended.elapsed() <= FREE,
        "the lane was free after {:?}",
        ended.elapsed()
    );
    assert_eq!(
        world.ended(&behind).await.end.as_ref().unwrap().status,
        RunStatus::Ok
    );
    in_order(world, &id);
    let answer = answer_of(world, &id).await;
    Left {
        run: (*run).clone(),
        took,
        kinds: world.heard.kinds(id.as_str()),
        answer,
    }
}

async fn answer_of(world: &World, id: &RunId) -> Message {
    let messages = world.transcript("main").await;
    let own: Vec<_> = messages
        .into_iter()
        .filter(|message| message.body.run_id.as_ref() == Some(id))
        .collect();
    let speakers: Vec<_> = own.iter().map(|message| message.body.speaker).collect();
    assert_eq!(
        speakers,
        [Speaker::User, Speaker::Assistant],
        "a question and its answer"
    );
    own[1].clone()
}

/// A run's own numbers count from 1 without a hole, it starts first and ends last, once.
fn in_order(world: &World, id: &RunId) {
    let told = world.heard.of_run(id.as_str());
    let numbers: Vec<_> = told
        .iter()
        .filter(|t| t.name == "agent")
        .map(|t| t.payload["seq"].as_u64())
        .collect();
    let expected: Vec<_> = (1..=numbers.len() as u64).map(Some).collect();
    assert_eq!(numbers, expected);
    assert_eq!(told.iter().filter(|told| told.ends()).count(), 1);
    assert!(
        told.last().unwrap().ends(),
        "something was told after the end"
    );
    if told.len() > 1 {
        assert_eq!(told[0].kind(), "agent lifecycle start");
    }
}

const FAILED: [&str; 2] = ["agent lifecycle error", "chat error"];

#[tokio::test(start_paused = true)]
async fn a_runner_that_never_answers_runs_into_the_idle_deadline() {
    let mut world = Plan::default().start().await;
    let left = turn(&mut world, vec![Step::Hang(Duration::ZERO)]).await;
    let end = left.run.end.unwrap();
    assert_eq!(
        (end.status, end.failure),
        (RunStatus::Error, Some(FailureKind::Timeout))
    );
    assert!(end.error.unwrap().contains("120 s"));
    assert!((IDLE..IDLE + FREE).contains(&left.took), "{:?}", left.took);
    assert_eq!(left.kinds, ["agent lifecycle start", FAILED[0], FAILED[1]]);
    assert_eq!(
        (left.answer.body.stop, left.answer.body.parts),
        (Some(StopReason::Error), Vec::new())
    );
}

#[tokio::test(start_paused = true)]
async fn a_runner_that_hangs_in_the_middle_leaves_what_it_said() {
    let mut world = Plan::default().start().await;
    let steps = vec![
        Step::Think("hm".into()),
        say("half an ans"),
        Step::Hang(Duration::ZERO),
    ];
    let left = turn(&mut world, steps).await;
    let end = left.run.end.unwrap();
    assert_eq!(
        (end.status, end.text.as_str()),
        (RunStatus::Error, "half an ans")
    );
    let parts = [
        Part::Thinking {
            thinking: "hm".into(),
            signature: None,
        },
        Part::Text {
            text: "half an ans".into(),
        },
    ];
    assert_eq!(left.answer.body.parts, parts);
    assert!(
        left.answer
            .body
            .error
            .unwrap()
            .contains("said nothing for 120 s")
    );
    let middle = ["agent thinking", "agent assistant", "chat delta"];
    assert_eq!(
        left.kinds,
        [&["agent lifecycle start"][..], &middle, &FAILED].concat()
    );
}

#[tokio::test(start_paused = true)]
async fn signs_of_life_put_the_idle_deadline_off_but_not_the_deadline() {
    let mut world = Plan::default().start().await;
    let steps = (0..100)
        .flat_map(|_| [Step::Alive, Step::Pause(Duration::from_secs(100))])
        .collect();
    let left = turn(&mut world, steps).await;
    assert!(
        (TIMEOUT..TIMEOUT + FREE).contains(&left.took),
        "{:?}",
        left.took
    );
    let end = left.run.end.unwrap();
    assert_eq!(end.failure, Some(FailureKind::Timeout));
    assert!(end.error.unwrap().contains("longer than 600 s"));
}

#[tokio::test(start_paused = true)]
async fn a_run_may_bring_its_own_deadline() {
    let mut world = Plan::default().start().await;
    let steps = (0..100)
        .flat_map(|_| [say("word "), Step::Pause(Duration::from_secs(1))])
        .collect();
    let left = turn_of(&mut world, steps, Some(4_500)).await;
    assert!(
        (Duration::from_millis(4_500)..Duration::from_secs(5)).contains(&left.took),
        "{:?}",
        left.took
    );
    assert_eq!(left.answer.body.text(), "word ".repeat(5));
    assert_eq!(left.answer.body.stop, Some(StopReason::Error));
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_small_pieces_make_one_answer() {
    let mut world = Plan::default().start().await;
    let pieces: Vec<String> = (0..10_000).map(|number| format!("{number} ")).collect();
    let steps = pieces
        .iter()
        .map(|piece| say(piece))
        .chain([Step::End])
        .collect();
    let left = turn(&mut world, steps).await;
    assert_eq!(left.answer.body.text(), pieces.concat());
    assert_eq!(left.run.end.unwrap().text, pieces.concat());
    assert_eq!(left.answer.body.stop, Some(StopReason::Stop));
    assert_eq!(left.kinds.last().unwrap(), "chat final");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_as_it_is() {
    let mut world = Plan::default().start().await;
    let left = turn(
        &mut world,
        vec![
            say("half"),
            Step::Fail(FailureKind::RateLimit, "too many requests"),
        ],
    )
    .await;
    let end = left.run.end.unwrap();
    assert_eq!(
        (end.status, end.failure),
        (RunStatus::Error, Some(FailureKind::RateLimit))
    );
    assert_eq!(end.error.as_deref(), Some("too many requests"));
    assert_eq!(
        (left.answer.body.text().as_str(), left.answer.body.stop),
        ("half", Some(StopReason::Error))
    );
    assert_eq!(left.answer.body.error.as_deref(), Some("too many requests"));
    let told = world.heard.of_run("first");
    let error = &told.last().unwrap().payload;
    assert_eq!(
        (&error["errorMessage"], &error["errorKind"]),
        (&"too many requests".into(), &"rate_limit".into())
    );
    assert!(
        told.iter().any(|told| told.kind() == "agent assistant"),
        "the half that was said was told"
    );
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_its_own_turn_only() {
    let mut world = Plan::default().start().await;
    let left = turn(&mut world, vec![say("half"), Step::Panic]).await;
    let end = left.run.end.unwrap();
    assert_eq!(
        (end.status, end.failure),
        (RunStatus::Error, Some(FailureKind::Unknown))
    );
    assert!(
        !end.error.unwrap().contains("script"),
        "what a panic says may be content"
    );
    assert_eq!(
        (left.answer.body.text().as_str(), left.answer.body.stop),
        ("half", Some(StopReason::Error))
    );
}

#[tokio::test(start_paused = true)]
async fn a_stopped_runner_that_does_not_return_is_left_after_two_seconds() {
    let mut world = Plan::default().start().await;
    let id = world.say("first").await;
    world
        .call()
        .await
        .play([say("half"), Step::Hang(Duration::from_hours(1))]);
    settle().await;
    let before = Instant::now();
    let stopped = world
        .engine
        .abort(&world.session("main"), None)
        .await
        .unwrap();
    assert_eq!(stopped.run_ids, std::slice::from_ref(&id));
    let behind = world.say("behind").await;
    let run = world.ended(&id).await;
    assert!(
        (GRACE..GRACE + FREE).contains(&before.elapsed()),
        "{:?}",
        before.elapsed()
    );
    assert_eq!(run.end.as_ref().unwrap().status, RunStatus::Aborted);
    let answer = answer_of(&world, &id).await;
    assert_eq!(
        (answer.body.text().as_str(), answer.body.stop),
        ("half", Some(StopReason::Aborted))
    );
    assert_eq!(world.at_work.lock().unwrap().most, 1);
    world.call().await.play([Step::End]);
    assert!(before.elapsed() < GRACE + FREE);
    world.ended(&behind).await;
}

#[tokio::test(start_paused = true)]
async fn a_runner_that_returns_late_but_in_time_ends_at_once() {
    let mut world = Plan::default().start().await;
    let left = turn_of(
        &mut world,
        vec![say("half"), Step::Hang(Duration::from_millis(700))],
        Some(1_000),
    )
    .await;
    assert!(
        (1_700..1_800).contains(&left.took.as_millis()),
        "{:?}",
        left.took
    );
    assert_eq!(left.run.state, RunState::Ended);
}

/// In real time: a paused clock would never move while the runner speaks.
#[tokio::test]
async fn a_runner_that_never_pauses_meets_its_deadline_too() {
    let mut world = Plan::default().start().await;
    let mut endless = ask("owner", "first", &world.session("main"), "first");
    endless.request.timeout_ms = Some(200);
    let id = world.engine.ask(endless).await.unwrap().run.id;
    world.call().await.play([Step::Flood("a")]);
    let run = tokio::time::timeout(Duration::from_secs(20), world.ended(&id))
        .await
        .expect("it goes on for ever");
    assert_eq!(
        run.end.as_ref().unwrap().failure,
        Some(FailureKind::Timeout)
    );
    let kinds = world.heard.kinds(id.as_str());
    assert!(
        kinds.contains(&"chat delta".to_owned()),
        "nothing was told meanwhile: {kinds:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_gateway_interrupts_what_does_not_end() {
    let mut world = Plan::default().start().await;
    let quick = world.ask("quick", "quick").await.unwrap().run.id;
    world
        .call()
        .await
        .play([say("done"), Step::Pause(Duration::from_secs(5)), Step::End]);
    let slow = world.ask("main", "slow").await.unwrap().run.id;
    world
        .call()
        .await
        .play([say("half"), Step::Hang(Duration::ZERO)]);
    let waits = world.ask("main", "waits").await.unwrap().run.id;
    settle().await;
    let before = Instant::now();
    world.engine.drain(Duration::from_secs(25)).await;
    assert!((Duration::from_secs(25)..Duration::from_secs(26)).contains(&before.elapsed()));
    assert_eq!(
        world.ended(&quick).await.end.as_ref().unwrap().status,
        RunStatus::Ok
    );
    assert_eq!(
        world.ended(&slow).await.end.as_ref().unwrap().status,
        RunStatus::Interrupted
    );
    let answer = answer_of(&world, &slow).await;
    assert_eq!(
        (answer.body.text().as_str(), answer.body.stop),
        ("half", Some(StopReason::Interrupted))
    );
    let stored = world.engine.run(&waits).await.unwrap().unwrap();
    assert_eq!(
        stored.state,
        RunState::Queued,
        "what waits is for the next start"
    );
    assert!(
        world.ask("main", "late").await.is_err(),
        "no run is taken any more"
    );
}
