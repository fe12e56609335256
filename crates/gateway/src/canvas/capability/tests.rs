use super::*;
use tidegate_core::{Generation, SystemIds};

use crate::canvas::origin::OURS;

const START_MS: u64 = 1_000_000;

fn holder(conn: &str, standing: Option<Standing>) -> Holder {
    Holder {
        conn: ConnId::new(conn),
        standing,
        called: "127.0.0.1:18789".into(),
        family: OURS,
        tls: false,
    }
}

fn give(all: &Capabilities, conn: &str, session: &str, now_ms: u64) -> String {
    let session = SessionKey::stored(session);
    let to = holder(conn, None);
    all.give(&to, session, Span::Connection, now_ms, &SystemIds)
        .token
}

fn keep(all: &Capabilities, standing: Option<Standing>, now_ms: u64) -> String {
    let to = holder("one", standing);
    let session = SessionKey::stored("s");
    all.give(&to, session, Span::Kept, now_ms, &SystemIds).token
}

fn opens(all: &Capabilities, token: &str, now_ms: u64) -> Option<String> {
    all.open(token, now_ms)
        .map(|opens| opens.session.to_string())
}

#[test]
fn it_opens_its_own_session_until_nobody_used_it_for_ten_minutes() {
    let all = Capabilities::default();
    let a = give(&all, "one", "agent:main:a", START_MS);
    let b = give(&all, "one", "agent:main:b", START_MS);
    assert_ne!(a, b);
    assert_eq!(a.len(), 64);
    assert_eq!(opens(&all, &a, START_MS).as_deref(), Some("agent:main:a"));
    assert_eq!(opens(&all, "", START_MS), None);
    assert_eq!(opens(&all, &a.to_uppercase(), START_MS), None);
    let idle = millis(IDLE);
    assert!(opens(&all, &a, START_MS + idle - 1).is_some());
    // Used a moment ago; the other one was not.
    assert!(opens(&all, &a, START_MS + idle + 1).is_some());
    assert_eq!(opens(&all, &b, START_MS + idle), None);
}

#[test]
fn it_ends_after_twelve_hours_however_much_it_is_used() {
    let all = Capabilities::default();
    let token = give(&all, "one", "s", START_MS);
    let step = millis(IDLE) - 1;
    let mut now = START_MS;
    while now < START_MS + millis(LIFE) {
        assert!(opens(&all, &token, now).is_some());
        now += step;
    }
    assert_eq!(opens(&all, &token, START_MS + millis(LIFE)), None);
}

#[test]
fn it_ends_with_its_connection_and_tells_so() {
    let all = Capabilities::default();
    let mine = give(&all, "one", "s", START_MS);
    let other = give(&all, "two", "s", START_MS);
    let over = all.open(&mine, START_MS).unwrap().over;
    all.end_of(&ConnId::new("one"));
    assert!(over.is_cancelled());
    assert_eq!(opens(&all, &mine, START_MS), None);
    assert!(opens(&all, &other, START_MS).is_some());
}

#[test]
fn a_connection_has_sixteen_and_takes_none_of_others() {
    let all = Capabilities::default();
    let other = give(&all, "two", "s", START_MS);
    let first = give(&all, "one", "s", START_MS);
    for n in 1..=16 {
        give(&all, "one", "s", START_MS + n);
    }
    assert_eq!(opens(&all, &first, START_MS + 20), None);
    assert!(opens(&all, &other, START_MS + 20).is_some());
    assert_eq!(all.lock().len(), 17);
}

#[test]
fn one_that_was_kept_outlives_its_connection_for_an_hour_at_most() {
    let all = Capabilities::default();
    let token = keep(&all, None, START_MS);
    all.end_of(&ConnId::new("one"));
    let step = millis(IDLE) - 1;
    let mut now = START_MS;
    while now < START_MS + millis(KEPT_LIFE) {
        assert!(opens(&all, &token, now).is_some());
        now += step;
    }
    assert_eq!(opens(&all, &token, START_MS + millis(KEPT_LIFE)), None);
}

#[test]
fn so_many_are_kept_and_no_more() {
    let all = Capabilities::default();
    let other = give(&all, "two", "s", START_MS);
    let give_kept = |n: u64| {
        let to = holder(&format!("c{n}"), None);
        let session = SessionKey::stored("s");
        all.give(&to, session, Span::Kept, START_MS + n, &SystemIds)
            .token
    };
    let first = give_kept(0);
    for n in 1..=KEPT as u64 {
        give_kept(n);
    }
    assert_eq!(opens(&all, &first, START_MS + 100), None);
    assert!(opens(&all, &other, START_MS + 100).is_some());
    assert_eq!(all.lock().len(), KEPT + 1);
}

#[test]
fn one_that_was_kept_ends_with_the_right_of_its_device() {
    let all = Capabilities::default();
    let right = Generation::default();
    let token = keep(&all, Some(right.standing()), START_MS);
    all.end_of(&ConnId::new("one"));
    let over = all.open(&token, START_MS).unwrap().over;
    right.end();
    assert_eq!(opens(&all, &token, START_MS), None);
    assert!(over.is_cancelled());
}
