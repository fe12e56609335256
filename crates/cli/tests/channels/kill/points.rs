//! Every commit of the life, and a death at each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use tokio::task::JoinSet;

use super::after;
use super::lived::live;
use crate::chats::{Chats, Home};

const KILL_AT: &str = "TIDEGATE_TEST_KILL_AT";
const COMMIT_LOG: &str = "TIDEGATE_TEST_COMMIT_LOG";
/// Lives that are lived at once. They mostly wait for the rates of their networks.
const AT_ONCE: usize = 16;
/// Lives that may be lived to come to a point: how many events share a commit is chance, so the last
/// commits of a verb are not in each of them, and under load in none.
const LIVES: usize = 5;
/// Verbs of the store that a life must pass.
const VERBS: [&str; 10] = [
    "migrate", "recover", "arrive", "ask_in", "admit", "put", "begin", "finish", "step", "post",
];

/// Dies at every commit of a life on this network.
pub(super) async fn die_at_all<C: Chats>() {
    let network = C::CHANNEL;
    // A commit that only some lives have is no place to wait for death at.
    let (one, other) = tokio::join!(enumerate::<C>(), enumerate::<C>());
    let points: BTreeSet<String> = one.intersection(&other).cloned().collect();
    let names: BTreeSet<&str> = points
        .iter()
        .filter_map(|point| point.split(':').next())
        .collect();
    for verb in VERBS {
        let passes = names.contains(verb) || matches!(verb, "migrate" | "recover");
        assert!(passes, "{network}: the life has no {verb}: {names:?}");
    }
    // What the second start does not pass again is not there to be killed at.
    let there = points.iter().filter(|point| !point.starts_with("migrate"));
    let points: Vec<String> = there.cloned().collect();
    let missed = missed_of::<C>(&points).await;
    let hit = points.len() - missed.len();
    println!(
        "{network}: hit {hit} of {} distinct commit points of a message's life ({} verbs); lives without the others: {missed:?}",
        points.len(),
        names.len()
    );
    for point in &missed {
        let (verb, time) = numbered(point);
        let later = points.iter().find(|other| {
            let (same, later) = numbered(other);
            same == verb && later > time && !missed.contains(other)
        });
        assert_eq!(later, None, "{network}: never came to {point}");
        assert!(time > 1, "{network}: never came to {point}");
    }
}

/// A point without its number, and its number.
fn numbered(point: &str) -> (&str, u32) {
    let (name, time) = point.rsplit_once(':').unwrap();
    (name, time.parse().unwrap())
}

/// The points that some lives in a row did not have.
async fn missed_of<C: Chats>(points: &[String]) -> Vec<String> {
    let mut waiting = points.iter().cloned();
    let mut at_work = JoinSet::new();
    let mut missed = Vec::new();
    loop {
        while at_work.len() < AT_ONCE
            && let Some(point) = waiting.next()
        {
            at_work.spawn(async move { (!comes_to::<C>(&point).await).then_some(point) });
        }
        match at_work.join_next().await {
            None => return missed,
            Some(Ok(point)) => missed.extend(point),
            Some(Err(failed)) => std::panic::resume_unwind(failed.into_panic()),
        }
    }
}

/// Every commit of the life.
async fn enumerate<C: Chats>() -> BTreeSet<String> {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("commits");
    let variables = [(COMMIT_LOG, log.to_str().unwrap())];
    let mut home = Home::<C>::open(&variables).await.unwrap();
    assert!(live(&mut home).await, "the daemon died by itself");
    assert!(home.daemon.stop().await.unwrap().success());
    points_in(&log)
}

/// The points of a log of commits.
fn points_in(log: &Path) -> BTreeSet<String> {
    let mut times = BTreeMap::new();
    let mut points = BTreeSet::new();
    for line in std::fs::read_to_string(log).unwrap().lines() {
        let (verbs, side) = line.split_once(':').unwrap();
        // Which verbs share a commit is chance; each of them is a point of its own.
        for verb in verbs.split('+') {
            let name = format!("{verb}:{side}");
            let time = times
                .entry(name.clone())
                .and_modify(|time| *time += 1)
                .or_insert(1);
            points.insert(format!("{name}:{time}"));
        }
    }
    points
}

/// Whether one of some lives comes to the point.
async fn comes_to<C: Chats>(point: &str) -> bool {
    for _ in 0..LIVES {
        if die_at::<C>(point).await {
            return true;
        }
    }
    false
}

/// Lives up to the point, starts again and lives to the end. False if that life did not have it.
async fn die_at<C: Chats>(point: &str) -> bool {
    let Ok(mut home) = Home::<C>::open(&[]).await else {
        panic!("{point}: no daemon");
    };
    home.daemon.leave_port();
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("commits");
    let variables = [(KILL_AT, point), (COMMIT_LOG, log.to_str().unwrap())];
    let armed = home.daemon.restart_with(&variables).await;
    if armed.is_ok() && live(&mut home).await {
        assert!(home.daemon.stop().await.unwrap().success(), "{point}");
        assert!(!points_in(&log).contains(point), "{point}: it lived on");
        return false;
    }
    home.daemon.leave_port();
    let again = home.daemon.restart_with(&[(KILL_AT, "")]).await;
    again.unwrap_or_else(|error| panic!("{point}: it does not start any more: {error}"));
    assert!(live(&mut home).await, "{point}: it died without a reason");
    after::holds(&home, point).await;
    assert!(home.daemon.stop().await.unwrap().success(), "{point}");
    true
}
