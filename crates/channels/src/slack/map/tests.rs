//! Every fixture, and what it becomes. A fixture is an envelope as a socket brings it. A new one
//! needs its JSON only.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::inbound;
use crate::fixtures::check_all;
use crate::slack::api::Me;
use crate::slack::arrived::Arrived;
use crate::slack::known::Known;

const NOW_MS: u64 = 1_763_600_000_000;

#[derive(Deserialize)]
struct Fixture {
    #[serde(rename = "type")]
    kind: String,
    payload: Box<RawValue>,
}

fn me() -> Me {
    let me = r#"{"user_id":"U0TIDEBOT1","bot_id":"B0TIDEBOT1","user":"tidegate","team_id":"T0TIDEGATE"}"#;
    serde_json::from_str(me).unwrap()
}

fn arrived(fixture: &Fixture) -> Arrived {
    let payload = fixture.payload.get();
    let arrived = match fixture.kind.as_str() {
        "events_api" => Arrived::event(payload),
        "slash_commands" => Arrived::command(payload),
        _ => Arrived::interaction(payload),
    };
    arrived.unwrap()
}

#[test]
fn every_fixture_becomes_what_it_should() {
    check_all("slack", 30, |json| {
        let fixture: Fixture = serde_json::from_slice(json).unwrap();
        let known = Known::default();
        known.learn_name("U0GRACE001", Some("Grace"));
        inbound(&arrived(&fixture), &me(), &known, NOW_MS)
    });
}

#[test]
fn a_message_and_its_mention_are_one_event() {
    let read = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/slack/fixtures");
        let text = std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
        let fixture: Fixture = serde_json::from_str(&text).unwrap();
        let arrived = Arrived::event(fixture.payload.get()).unwrap();
        inbound(&arrived, &me(), &Known::default(), NOW_MS).remove(0)
    };
    assert_eq!(read("mention_message"), read("mention"));
}

#[test]
fn a_kind_that_was_told_is_remembered() {
    let read = |json: &str| Arrived::event(json).unwrap();
    let known = Known::default();
    let say = |json: &str| {
        inbound(&read(json), &me(), &known, NOW_MS)
            .remove(0)
            .peer
            .kind
    };
    let told = r#"{"event_id":"Ev1","event":{"type":"message","channel":"C0CREW","channel_type":"mpim","user":"U1","ts":"1.1","text":"x"}}"#;
    let mention = r#"{"event_id":"Ev2","event":{"type":"app_mention","channel":"C0CREW","user":"U1","ts":"1.2","text":"x"}}"#;
    let fresh = inbound(&read(mention), &me(), &Known::default(), NOW_MS);
    assert_ne!(fresh[0].peer.kind, say(told));
    assert_eq!(say(mention), say(told));
}
