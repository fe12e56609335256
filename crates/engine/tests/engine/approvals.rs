//! Commands wait for a person: one decision, one run of exactly that, and nothing by default.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_core::approval::Outcome;
use tidegate_core::exec::{ContentHash, Decision, Input, Interpreter, Place, Subject};
use tidegate_core::store::ApprovalStore;
use tidegate_engine::{
    ASK_DEFAULT, NotSpent, OPEN_MAX_OF_ONE, PERMIT_TTL, SHOWN_MAX_BYTES, Unapproved,
};
use tidegate_protocol::Scope;
use tidegate_store::MemoryStore;
use tokio::task::JoinSet;

use crate::approval_world::*;
use crate::heard::Heard;
use crate::world::{Plan, World, settle};

async fn open() -> World {
    Plan::default().start().await
}

fn told(heard: &Heard, name: &str) -> Vec<Value> {
    let told = heard.named(name).into_iter();
    told.map(|one| one.payload).collect()
}

#[tokio::test(start_paused = true)]
async fn what_nobody_knows_is_asked_about_and_runs_once() {
    let world = open().await;
    let engine = &world.engine;
    let matter = command("ls -l");
    let asked = asking(engine, matter.clone(), context());
    let waiting = the_one(engine).await;
    assert_eq!(
        waiting.question.why.as_deref(),
        Some("it is not in the allowlist")
    );
    let event = told(&world.heard, "exec.approval.requested").remove(0);
    assert_eq!(event["id"], waiting.id);
    assert_eq!(event["request"]["command"], "ls -l");
    assert_eq!(event["request"]["cwd"], "/tmp");
    assert_eq!(event["request"]["subjectHash"], matter.hash().to_string());
    decide(engine, Decision::AllowOnce).await.unwrap();
    let permit = asked.answer().await.unwrap();
    let spent = engine.approvals().spend(permit, &matter).await.unwrap();
    assert_eq!(spent.decision, Some(Decision::AllowOnce));
    let found = engine.approvals().find(&waiting.id).await.unwrap().unwrap();
    assert!(found.spent_at_ms.is_some());
    let event = told(&world.heard, "exec.approval.resolved").remove(0);
    assert_eq!(
        (&event["decision"], &event["resolvedBy"], &event["outcome"]),
        (&json!("allow-once"), &json!("owner"), &json!("allow-once"))
    );
    let again = asking(engine, matter, context());
    the_one(engine).await;
    decide(engine, Decision::Deny).await.unwrap();
    let refused = again.answer().await;
    assert!(matches!(refused, Err(Unapproved::Denied)), "{refused:?}");
}

/// SECURITY T49: each field changed between the question and the run.
#[tokio::test(start_paused = true)]
async fn what_changed_since_it_was_asked_does_not_run() {
    type Change = fn(&mut Subject);
    let changes: [(&str, Change); 14] = [
        ("an argument", |s| s.argv[2] = "-la".into()),
        ("one more argument", |s| s.argv.push("x".into())),
        ("other words", |s| s.argv = vec!["run x.sh -l".into()]),
        ("the program's path", |s| s.executable.path.push('2')),
        ("the program", |s| {
            s.executable.sha256 = ContentHash::from_bytes([8; 32]);
        }),
        ("an interpreter", |s| {
            s.interpreter = Some(Interpreter {
                file: pinned("/bin/sh", 1),
                name: "sh".into(),
                argument: None,
            });
        }),
        ("the script", |s| {
            s.arguments = with_script("run x.sh -l", 4).arguments;
        }),
        ("no script", |s| s.arguments.clear()),
        ("the directory's path", |s| s.cwd.path = "/".into()),
        ("the directory", |s| s.cwd.inode = 3),
        ("the disk", |s| s.cwd.device = 3),
        ("the environment", |s| {
            s.environment.insert("A".into(), "b".into());
        }),
        ("the machine", |s| s.place = Place::Node("b".into())),
        ("the user", |s| s.user = 0),
    ];
    let world = open().await;
    let engine = &world.engine;
    let asked_for = Subject {
        place: Place::Node("a".into()),
        ..with_script("run x.sh -l", 3)
    };
    let input = |s: &mut Subject| s.input = Input::Open;
    for (what, change) in changes.into_iter().chain([("the input", input as Change)]) {
        let asked = asking(engine, asked_for.clone().into(), context());
        the_one(engine).await;
        decide(engine, Decision::AllowOnce).await.unwrap();
        let permit = asked.answer().await.unwrap();
        let mut other = asked_for.clone();
        change(&mut other);
        assert_ne!(other, asked_for, "{what}");
        let refused = engine.approvals().spend(permit, &other.into()).await;
        assert!(
            matches!(refused, Err(NotSpent::Other)),
            "{what}: {refused:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_decision_that_was_used_is_not_used_again() {
    let store = Arc::new(MemoryStore::new());
    let world = Plan::default().start_on(Arc::clone(&store)).await;
    let engine = &world.engine;
    let matter = command("ls");
    let asked = asking(engine, matter.clone(), context());
    let id = the_one(engine).await.id;
    decide(engine, Decision::AllowOnce).await.unwrap();
    let permit = asked.answer().await.unwrap();
    // Somebody else got hold of the id.
    assert!(store.spend_approval(&id, matter.hash(), 1).await.unwrap());
    let refused = engine.approvals().spend(permit, &matter).await;
    assert!(matches!(refused, Err(NotSpent::Spent)), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_permit_is_void_after_five_minutes() {
    let world = open().await;
    let engine = &world.engine;
    set_rules(
        engine,
        json!({ "version": 1, "defaults": { "security": "full" } }),
    )
    .await;
    let matter = command("ls");
    for (wait, good) in [
        (PERMIT_TTL, true),
        (PERMIT_TTL + Duration::from_secs(1), false),
    ] {
        let permit = engine
            .approvals()
            .permit(&matter, &context())
            .await
            .unwrap();
        tokio::time::sleep(wait).await;
        let spent = engine.approvals().spend(permit, &matter).await;
        assert_eq!(spent.is_ok(), good, "{wait:?}: {spent:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_a_no() {
    let world = open().await;
    let engine = &world.engine;
    let began = tokio::time::Instant::now();
    let asked = asking(engine, command("ls"), context());
    let id = the_one(engine).await.id;
    let refused = asked.answer().await;
    assert!(matches!(refused, Err(Unapproved::Expired)), "{refused:?}");
    assert_eq!(began.elapsed().as_secs(), ASK_DEFAULT.as_secs());
    let late = resolve(engine, &id, Decision::AllowOnce);
    let late = late.await.unwrap_err().to_string();
    assert!(late.contains("not run"), "{late}");
    let event = told(&world.heard, "exec.approval.resolved").pop().unwrap();
    assert_eq!(
        (&event["decision"], &event["outcome"]),
        (&Value::Null, &json!("expired"))
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_stops_asking_is_not_answered() {
    let world = open().await;
    let engine = &world.engine;
    let ask = context();
    let stop = ask.stop.clone();
    let asked = asking(engine, command("ls"), ask);
    the_one(engine).await;
    stop.cancel();
    let refused = asked.answer().await;
    assert!(matches!(refused, Err(Unapproved::Withdrawn)), "{refused:?}");

    // A task that is dropped where it stands.
    let asked = asking(engine, command("ls"), context());
    let id = the_one(engine).await.id;
    drop(asked);
    settle().await;
    assert_eq!(engine.approvals().open().await.unwrap(), []);
    let found = engine.approvals().find(&id).await.unwrap().unwrap();
    assert_eq!(found.ending.unwrap().outcome, Outcome::Withdrawn);
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_stops_answers_nobody_with_yes() {
    let world = open().await;
    let engine = &world.engine;
    let asked = asking(engine, command("ls"), context());
    the_one(engine).await;
    engine.drain(Duration::from_secs(5)).await;
    let refused = asked.answer().await;
    assert!(matches!(refused, Err(Unapproved::Withdrawn)), "{refused:?}");
    let refused = engine.approvals().permit(&command("ls"), &context()).await;
    assert!(matches!(refused, Err(Unapproved::Closing)), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_dead_process_asked_is_answered_expired() {
    let store = Arc::new(MemoryStore::new());
    let first = Plan::default().start_on(Arc::clone(&store)).await;
    let asked = asking(&first.engine, command("ls"), context());
    let id = the_one(&first.engine).await.id;
    // The next life begins while the first has told nobody of its end.
    let second = Plan::default().start_on(store).await;
    assert_eq!(second.engine.approvals().open().await.unwrap(), []);
    let found = second.engine.approvals().find(&id).await.unwrap().unwrap();
    assert_eq!(found.ending.unwrap().outcome, Outcome::Expired);
    let late = resolve(&second.engine, &id, Decision::AllowOnce);
    assert!(late.await.is_err());
    drop(asked);
}

#[tokio::test(start_paused = true)]
async fn the_first_of_many_decisions_counts() {
    let world = open().await;
    let engine = &world.engine;
    for round in 0..10 {
        let asked = asking(engine, command("ls"), context());
        let id = the_one(engine).await.id;
        let mut deciders = JoinSet::new();
        for number in 0..8 {
            let (engine, id) = (engine.clone(), id.clone());
            let decision = if (number + round) % 2 == 0 {
                Decision::AllowOnce
            } else {
                Decision::Deny
            };
            deciders.spawn(async move {
                let permit = who(device(&number.to_string()), [Scope::Approvals]);
                let approvals = engine.approvals();
                let done = approvals.resolve(&permit, None, &id, decision).await;
                done.is_ok().then_some(decision)
            });
        }
        let winners: Vec<_> = deciders.join_all().await.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "{winners:?}");
        let allowed = asked.answer().await.is_ok();
        assert_eq!(allowed, winners[0] == Decision::AllowOnce);
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_decision_again_is_no_error_and_another_is() {
    let world = open().await;
    let engine = &world.engine;
    let asked = asking(engine, command("ls"), context());
    let id = the_one(engine).await.id;
    let resolve = async |decision| resolve(engine, &id, decision).await.is_ok();
    assert!(resolve(Decision::AllowOnce).await);
    assert!(resolve(Decision::AllowOnce).await);
    assert!(!resolve(Decision::Deny).await);
    assert!(asked.answer().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_beginning_of_an_id_is_enough_if_only_one_has_it() {
    let world = open().await;
    let engine = &world.engine;
    let asked = asking(engine, command("ls"), context());
    let id = the_one(engine).await.id;
    for short in ["", &id[..7], "00000000-0000"] {
        let unknown = resolve(engine, short, Decision::AllowOnce);
        assert_eq!(
            unknown.await.unwrap_err().to_string(),
            "unknown approval id"
        );
    }
    let done = resolve(engine, &id[..8], Decision::AllowOnce);
    assert_eq!(done.await.unwrap().id, id);
    assert!(asked.answer().await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn few_questions_of_one_agent_wait_at_once() {
    let world = open().await;
    let engine = &world.engine;
    let mut asked = Vec::new();
    for number in 0..OPEN_MAX_OF_ONE {
        asked.push(asking(engine, command(&format!("ls {number}")), context()));
        settle().await;
    }
    let full = engine.approvals().permit(&command("ls"), &context()).await;
    assert!(matches!(full, Err(Unapproved::Full)), "{full:?}");
    let other = asking(engine, command("ls"), for_agent("other"));
    settle().await;
    assert_eq!(
        engine.approvals().open().await.unwrap().len(),
        OPEN_MAX_OF_ONE + 1
    );
    for one in asked.into_iter().chain([other]) {
        assert!(matches!(one.answer().await, Err(Unapproved::Expired)));
    }
    let free = asking(engine, command("ls"), context());
    the_one(engine).await;
    drop(free);
}

#[tokio::test(start_paused = true)]
async fn all_of_a_command_is_shown_or_it_is_not_asked() {
    let world = open().await;
    let engine = &world.engine;
    let hidden = format!("echo {}\u{202e}cod.exe\r\u{200b}", "a".repeat(100_000));
    let asked = asking(engine, command(&hidden), context());
    the_one(engine).await;
    let event = told(&world.heard, "exec.approval.requested").remove(0);
    let lines = event["request"]["lines"].as_array().unwrap();
    let text = |label: &str| {
        let line = lines.iter().find(|line| line["label"] == label).unwrap();
        line["text"].as_str().unwrap()
    };
    assert!(text("command").contains(&"a".repeat(100_000)));
    assert!(text("command").ends_with("\\u{202e}cod.exe\\r\\u{200b}\""));
    assert_eq!(
        text("length"),
        "argument 1: 100010 characters, 3 of them not visible by themselves"
    );
    let whole = event.to_string();
    assert!(!whole.contains(['\u{202e}', '\u{200b}']));
    drop(asked);
    settle().await;
    let half = "a".repeat(SHOWN_MAX_BYTES / 2);
    let long = command(&format!("echo {half} {half}"));
    let refused = engine.approvals().permit(&long, &context()).await;
    assert!(
        matches!(refused, Err(Unapproved::TooLong(_))),
        "{refused:?}"
    );
    assert_eq!(engine.approvals().open().await.unwrap(), []);
}
