//! What was decided stays to be read, and whoever waits for an end is told of it.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::approval::{Approval, Outcome};
use tidegate_core::exec::Decision;
use tidegate_engine::{ASK_DEFAULT, Engine, SHOWN_MAX_BYTES_OPEN};
use tidegate_store::MemoryStore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::approval_world::*;
use crate::world::{Plan, settle};

/// All that ended, page by page of at most so many.
async fn all(engine: &Engine, most: usize) -> Vec<Vec<Approval>> {
    let mut pages = Vec::new();
    let mut before = None;
    loop {
        let page = engine.approvals().ended(before.as_deref(), most).await;
        let page = page.unwrap();
        pages.push(page.ended);
        before = page.next_before;
        if before.is_none() {
            return pages;
        }
    }
}

fn outcomes(ended: &[Approval]) -> Vec<Outcome> {
    let ended = ended.iter().filter_map(|one| one.ending.as_ref());
    ended.map(|ending| ending.outcome).collect()
}

#[tokio::test(start_paused = true)]
async fn what_was_decided_is_still_told_after_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let first = Plan::default().start_on(Arc::clone(&store)).await;
    let matter = command("ls");
    let asked = asking(&first.engine, matter.clone(), context());
    let used = the_one(&first.engine).await.id;
    decide(&first.engine, Decision::AllowOnce).await.unwrap();
    let permit = asked.answer().await.unwrap();
    let spent = first.engine.approvals().spend(permit, &matter).await;
    assert!(spent.is_ok(), "{spent:?}");
    let asked = asking(&first.engine, command("cat"), context());
    let open = the_one(&first.engine).await.id;

    let second = Plan::default().start_on(store).await;
    let page = second.engine.approvals().ended(None, 9).await.unwrap();
    let mut ended = page.ended;
    ended.sort_by_key(|one| one.id != used);
    let ids: Vec<&str> = ended.iter().map(|one| &*one.id).collect();
    assert_eq!(ids, [&*used, &*open]);
    assert_eq!(outcomes(&ended), [Outcome::AllowOnce, Outcome::Expired]);
    let ran: Vec<bool> = ended.iter().map(|one| one.spent_at_ms.is_some()).collect();
    assert_eq!(ran, [true, false]);
    drop(asked);
}

#[tokio::test(start_paused = true)]
async fn a_page_is_never_longer_than_an_answer_and_leaves_nothing_out() {
    const COUNT: usize = 25;
    let world = Plan::default().start().await;
    let engine = &world.engine;
    for number in 0..COUNT {
        let long = format!("echo {number} {}", "a".repeat(100_000));
        let asked = asking(engine, command(&long), context());
        decide(engine, Decision::Deny).await.unwrap();
        assert!(asked.answer().await.is_err());
    }
    let pages = all(engine, 100).await;
    for page in &pages {
        let bytes: usize = page.iter().map(|one| one_line(one).len()).sum();
        assert!(bytes <= SHOWN_MAX_BYTES_OPEN, "{bytes}");
    }
    assert_eq!(pages.len(), COUNT.div_ceil(10), "ten fit into 1 MiB");
    let mut told: Vec<String> = pages.concat().iter().map(one_line).collect();
    told.reverse();
    let is_number = |(number, line): (usize, &String)| line.starts_with(&format!("echo {number} "));
    assert!(told.iter().enumerate().all(is_number));
    assert_eq!(told.len(), COUNT);
}

/// The words that were asked about.
fn one_line(approval: &Approval) -> String {
    match &approval.question.matter {
        tidegate_core::approval::Matter::Subject(subject) => subject.argv.join(" "),
        tidegate_core::approval::Matter::Words(words) => words.command.clone(),
    }
}

/// Waits for the end of the one question, in a task.
async fn waiting(engine: &Engine) -> JoinSet<Option<Outcome>> {
    let id = the_one(engine).await.id;
    let engine = engine.clone();
    let mut task = JoinSet::new();
    task.spawn(async move {
        let ended = engine.approvals().wait_for_end(&id).await.unwrap();
        ended.unwrap().ending.map(|ending| ending.outcome)
    });
    settle().await;
    assert!(task.try_join_next().is_none());
    task
}

async fn learnt(mut task: JoinSet<Option<Outcome>>) -> Option<Outcome> {
    task.join_next().await.unwrap().unwrap()
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_for_an_end_learns_it_however_it_comes() {
    let world = Plan::default().start().await;
    let engine = &world.engine;

    let asked = asking(engine, command("ls"), context());
    let end = waiting(engine).await;
    decide(engine, Decision::Deny).await.unwrap();
    assert_eq!(learnt(end).await, Some(Outcome::Deny));
    assert!(asked.answer().await.is_err());

    let asked = asking(engine, command("ls"), context());
    let end = waiting(engine).await;
    assert!(asked.answer().await.is_err());
    assert_eq!(learnt(end).await, Some(Outcome::Expired));

    let asked = asking(engine, command("ls"), context());
    let end = waiting(engine).await;
    let began = Instant::now();
    drop(asked);
    assert_eq!(learnt(end).await, Some(Outcome::Withdrawn));
    assert!(began.elapsed() < ASK_DEFAULT, "at once");

    let asked = asking(engine, command("ls"), context());
    let end = waiting(engine).await;
    engine.drain(Duration::from_secs(5)).await;
    assert_eq!(learnt(end).await, Some(Outcome::Withdrawn));
    drop(asked);
    let none = engine.approvals().wait_for_end("there-is-none").await;
    assert_eq!(none.unwrap(), None);
}
