//! The comparison itself: it must see every sort of change.

use serde_json::{Value, json};

use super::shape::shape;
use super::{Difference, Kind, Played, Recording, Session, compare, judge};
use crate::Closed;

/// One connection: refused or answered, one run, and a close.
fn frames() -> Vec<Value> {
    let event = |name: &str, payload: Value, seq: u64| json!({ "type": "event", "event": name, "payload": payload, "seq": seq });
    let agent = |stream: &str, data: Value| json!({ "runId": "k", "stream": stream, "data": data, "sessionKey": "main", "seq": 1, "ts": 1 });
    let chat = |state: &str| json!({ "runId": "k", "sessionKey": "main", "seq": 1, "state": state, "message": { "role": "assistant" } });
    vec![
        json!({ "type": "event", "event": "connect.challenge", "payload": { "nonce": "n", "ts": 1 } }),
        json!({ "type": "res", "id": "1", "ok": true, "payload": { "type": "hello-ok", "auth": { "scopes": ["operator.admin"] } } }),
        json!({ "type": "res", "id": "2", "ok": true, "payload": { "runId": "k", "status": "started" } }),
        event(
            "agent",
            agent("lifecycle", json!({ "phase": "start", "startedAt": 1 })),
            1,
        ),
        event(
            "agent",
            agent("assistant", json!({ "text": "Hi", "delta": "Hi" })),
            2,
        ),
        event("chat", chat("delta"), 3),
        event(
            "agent",
            agent("lifecycle", json!({ "phase": "end", "endedAt": 2 })),
            4,
        ),
        event("chat", chat("final"), 5),
        json!({ "type": "res", "id": "3", "ok": false, "error": { "code": "INVALID_REQUEST", "message": "text required" } }),
        json!({ "type": "res", "id": "4", "ok": false, "error": { "code": "INVALID_REQUEST", "message": "unknown method: cron.list" } }),
    ]
}

fn recording() -> Recording {
    let sent = [
        json!({ "type": "req", "id": "1", "method": "connect", "params": {} }),
        json!({ "type": "req", "id": "2", "method": "chat.send", "params": { "idempotencyKey": "k" } }),
        json!({ "type": "req", "id": "3", "method": "system-event", "params": { "text": "" } }),
        json!({ "type": "req", "id": "4", "method": "cron.list", "params": {} }),
    ];
    let mut then = frames();
    // The January server had it.
    if let Some(last) = then.last_mut() {
        *last = json!({ "type": "res", "id": "4", "ok": true, "payload": { "jobs": [] } });
    }
    let mut lines = vec![json!({ "conn": 1, "kind": "open", "label": "" })];
    lines.extend(
        sent.map(|frame| json!({ "conn": 1, "kind": "frame", "dir": "c2s", "json": frame })),
    );
    lines.extend(
        then.into_iter()
            .map(|frame| json!({ "conn": 1, "kind": "frame", "dir": "s2c", "json": frame })),
    );
    lines.push(json!({ "conn": 1, "kind": "close", "code": 1012, "reason": "service restart" }));
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    Recording::parse("cli", &lines.join("\n")).unwrap()
}

fn session(heard: Vec<Value>, code: u16) -> Session {
    let closed = Some(Closed {
        code,
        reason: "service restart".to_owned(),
    });
    let mut session = Session::default();
    session.connections.insert(1, Played { heard, closed });
    session
}

/// What is found when our frames are changed so.
fn found(change: impl FnOnce(&mut Vec<Value>)) -> Vec<(String, String, Kind)> {
    let mut heard = frames();
    change(&mut heard);
    let recording = recording();
    let report = compare(
        &recording,
        &session(heard, 1012),
        std::slice::from_ref(&recording),
    );
    report
        .findings
        .into_iter()
        .map(|finding| (finding.frame, finding.path, finding.kind))
        .collect()
}

fn one(frame: &str, path: &str, kind: Kind) -> Vec<(String, String, Kind)> {
    vec![(frame.to_owned(), path.to_owned(), kind)]
}

#[test]
fn the_same_is_the_same_but_for_ids_and_times() {
    assert_eq!(found(|_| {}), []);
    assert_eq!(
        found(|heard| heard[0]["payload"] = json!({ "nonce": "other", "ts": 99 })),
        []
    );
    // The pieces of a stream are as many as there are.
    let two = |heard: &mut Vec<Value>| {
        let mut more = heard[4].clone();
        heard[4]["payload"]["data"] = json!({ "text": "H", "delta": "H" });
        more["payload"]["data"] = json!({ "text": "Hi", "delta": "i" });
        heard.insert(5, more);
        for (number, frame) in heard[3..9].iter_mut().enumerate() {
            frame["seq"] = json!(number + 1);
        }
    };
    assert_eq!(found(two), []);
}

#[test]
fn a_name_that_the_gateway_made_up_is_masked_and_one_of_the_client_is_not() {
    let named = |id: &str| shape(&json!({ "type": "res", "ok": true, "payload": { "id": id } }));
    let made_up = named("c43532c4-16da-4177-9952-e52860510074");
    assert_eq!(made_up, named("6e4465f5-2546-4e2e-a8ca-4f9a1108741c"));
    for own in ["ap-1", "", "c43532c4-16da-4177-9952-e5286051007g"] {
        assert_ne!(named(own), made_up);
        assert_eq!(named(own)["payload"]["id"], own);
    }
}

#[test]
fn keys_types_and_words_are_seen() {
    let hello = "res connect";
    assert_eq!(
        found(|heard| heard[1]["payload"]["auth"]["token"] = json!("x")),
        one(hello, "$.payload.auth.token", Kind::Extra)
    );
    assert_eq!(
        found(|heard| heard[1]["payload"] = json!({ "type": "hello-ok" })),
        [
            one(hello, "$.payload.auth", Kind::Missing),
            one("err cron.list", "$.error.message", Kind::Value)
        ]
        .concat()
    );
    assert_eq!(
        found(|heard| heard[1]["payload"]["type"] = json!(3)),
        one(hello, "$.payload.type", Kind::Type)
    );
    assert_eq!(
        found(|heard| heard[8]["error"]["message"] = json!("no text")),
        one("err system-event", "$.error.message", Kind::Value)
    );
    assert_eq!(
        found(|heard| heard[0]["payload"]["ts"] = json!("1")),
        one("event connect.challenge", "$.payload.ts", Kind::Value)
    );
}

#[test]
fn order_numbers_and_missing_frames_are_seen() {
    let swapped = |heard: &mut Vec<Value>| {
        heard.swap(6, 7);
        heard[6]["seq"] = json!(4);
        heard[7]["seq"] = json!(5);
    };
    assert!(
        found(swapped)
            .iter()
            .all(|(frame, ..)| frame == "run final")
    );
    assert_eq!(found(swapped).len(), 2);
    assert_eq!(
        found(|heard| heard[7]["seq"] = json!(6)),
        one("event", "$.seq", Kind::Value)
    );
    assert_eq!(
        found(|heard| drop(heard.remove(8))),
        one("err system-event", "$", Kind::Missing)
    );
    assert_eq!(
        found(|heard| heard[4]["payload"]["data"]["delta"] = json!("i")),
        one("event agent assistant", "$.payload.data.delta", Kind::Value)
    );
}

#[test]
fn a_method_that_we_do_not_have_is_refused_in_the_words_of_the_protocol() {
    let other = |heard: &mut Vec<Value>| heard[9]["error"]["message"] = json!("not yet");
    assert_eq!(
        found(other),
        one("err cron.list", "$.error.message", Kind::Value)
    );
}

#[test]
fn a_close_code_is_seen() {
    let recording = recording();
    let report = compare(
        &recording,
        &session(frames(), 1008),
        std::slice::from_ref(&recording),
    );
    let close: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (&*finding.frame, &*finding.path))
        .collect();
    assert_eq!(close, [("close", "$.code")]);
}

#[test]
fn a_secret_is_seen() {
    let leak = |heard: &mut Vec<Value>| heard[0]["payload"]["nonce"] = json!(super::capture::TOKEN);
    assert_eq!(found(leak), one("any", "$", Kind::Value));
}

fn difference(path: &str) -> Difference {
    serde_json::from_value(json!({
        "in": ["cli"], "frame": "close", "path": path, "kind": "value", "reason": "it is so for a test", "paper": "D1",
    }))
    .unwrap()
}

#[test]
fn a_difference_must_be_found_and_what_is_found_must_be_listed() {
    let recording = recording();
    let report = compare(
        &recording,
        &session(frames(), 1008),
        std::slice::from_ref(&recording),
    );
    let code = difference("$.code");
    assert!(judge("cli", &report.findings, std::slice::from_ref(&code)).is_ok());
    assert_eq!(
        judge("cli", &report.findings, &[])
            .unwrap_err()
            .unlisted
            .len(),
        1
    );
    let two = [code, difference("$.reason")];
    assert_eq!(
        judge("cli", &report.findings, &two).unwrap_err().unused,
        [two[1].clone()]
    );
}

#[test]
fn the_list_takes_no_wildcard_no_double_and_not_too_many() {
    let line = |path: &str| {
        json!({ "in": ["cli"], "frame": "close", "path": path, "kind": "value", "reason": "it is so for a test", "paper": "D1" }).to_string()
    };
    assert_eq!(
        super::differences::read(&line("$.code")).unwrap(),
        [difference("$.code")]
    );
    for bad in [
        line("$.*"),
        line("code"),
        format!("{}\n{}", line("$.a"), line("$.a")),
        line("$.a").replace("D1", "a hunch"),
        line("$.a").replace("cli", "mine"),
    ] {
        assert!(super::differences::read(&bad).is_err(), "{bad}");
    }
    let lines = |many: usize| {
        (0..many)
            .map(|n| line(&format!("$.a{n}")))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(super::differences::read(&lines(super::MOST)).is_ok());
    assert!(super::differences::read(&lines(super::MOST + 1)).is_err());
}
