//! Every fixture, and what it becomes. A fixture is an envelope as a socket brings it. A new one
//! needs its JSON only; `UPDATE_EXPECT=1` writes what it becomes, to be read before it is kept.

use std::fmt::Write as _;
use std::path::PathBuf;

use expect_test::expect_file;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::inbound;
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

fn fixtures() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/slack/fixtures");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    paths.sort();
    paths
}

#[test]
fn every_fixture_becomes_what_it_should() {
    let fixtures = fixtures();
    assert!(fixtures.len() >= 30, "{}", fixtures.len());
    for path in fixtures {
        let fixture: Fixture = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let payload = fixture.payload.get();
        let arrived = match fixture.kind.as_str() {
            "events_api" => Arrived::event(payload),
            "slash_commands" => Arrived::command(payload),
            _ => Arrived::interaction(payload),
        };
        let arrived = arrived.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let known = Known::default();
        known.learn_name("U0GRACE001", Some("Grace"));
        let mut events = String::new();
        for event in inbound(&arrived, &me(), &known, NOW_MS) {
            writeln!(events, "{event:#?}").unwrap();
        }
        if events.is_empty() {
            events.push_str("nothing\n");
        }
        expect_file![path.with_extension("txt")].assert_eq(&events);
    }
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
