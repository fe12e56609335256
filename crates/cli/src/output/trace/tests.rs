use serde_json::{Value, json};

use super::*;

fn message(channel: &str, event: &str, run: &str) -> Value {
    json!({
        "inbound": {
            "channel": channel, "accountId": "default", "from": "7", "chatType": "direct",
            "senderId": "7", "providerId": event, "messageId": "5", "sentAtMs": 1,
            "arrivedAtMs": 2, "state": "answered", "endedAtMs": 3,
        },
        "run": {
            "runId": run, "sessionKey": "agent:main:main", "state": "ended", "acceptedAtMs": 2,
        },
        "parts": [],
    })
}

fn shown(messages: &[Value]) -> String {
    let found = json!({ "ts": 9, "messages": messages });
    let found: MessagesTraceResult = serde_json::from_value(found).unwrap();
    trace(&Screen::of_width(100), &found)
}

#[test]
fn of_several_messages_each_is_listed_with_a_name_of_its_own() {
    let text = shown(&[message("net", "e1", "run-1"), message("web", "e1", "run-2")]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert!(lines[0].starts_with("2 messages have this id"), "{text}");
    assert!(
        lines[1].contains("run-1  Message 5 in net/default"),
        "{text}"
    );
    assert!(
        lines[2].contains("run-2  Message 5 in web/default"),
        "{text}"
    );
}

#[test]
fn messages_of_one_run_are_named_by_their_events() {
    let text = shown(&[message("net", "e1", "run"), message("net", "e2", "run")]);
    assert!(text.contains("  e1  Message"), "{text}");
    assert!(text.contains("  e2  Message"), "{text}");
}

#[test]
fn what_cannot_be_told_apart_is_shown_whole() {
    let text = shown(&[message("net", "e", "run"), message("net", "e", "run")]);
    assert_eq!(text.matches("run run accepted").count(), 2, "{text}");
}
