//! Every fixture, and what it becomes. A new one needs its JSON only.

use serde_json::{Value, json};
use tidegate_core::channel::Inbound;

use super::{Happening, inbound};
use crate::discord::places::Places;
use crate::fixtures::check_all;

const NOW_MS: u64 = 1_763_600_000_000;
const ME: &str = "175928847299117063";

/// A guild with a channel, a thread, a forum and its post, and a direct chat.
fn places() -> Places {
    let mut places = Places::default();
    let guild = json!({
        "id": "175928847299117070", "name": "Harbour",
        "channels": [
            { "id": "175928847299117071", "type": 0, "name": "tides" },
            { "id": "175928847299117073", "type": 15, "name": "questions" },
        ],
        "threads": [
            { "id": "175928847299117072", "type": 11, "name": "Spring tides", "parent_id": "175928847299117071" },
            { "id": "175928847299117074", "type": 11, "name": "How high?", "parent_id": "175928847299117073" },
        ],
    });
    places.learn_guild(&serde_json::from_value(guild).unwrap());
    let direct = json!({ "id": "175928847299117075", "type": 1 });
    places.learn(&serde_json::from_value(direct).unwrap());
    places
}

fn happening(dispatch: &Value) -> Happening {
    let data = dispatch["d"].clone();
    let reacted = |removed| Happening::Reacted {
        change: serde_json::from_value(data.clone()).unwrap(),
        removed,
        name: "session.7".into(),
    };
    match dispatch["t"].as_str().unwrap() {
        "MESSAGE_CREATE" => Happening::Written(serde_json::from_value(data).unwrap()),
        "MESSAGE_UPDATE" => Happening::Changed(serde_json::from_value(data).unwrap()),
        "MESSAGE_REACTION_ADD" => reacted(false),
        "MESSAGE_REACTION_REMOVE" => reacted(true),
        "INTERACTION_CREATE" => Happening::Done(serde_json::from_value(data).unwrap()),
        other => panic!("{other}"),
    }
}

fn told(dispatch: &Value) -> Option<Inbound> {
    let happening = happening(dispatch);
    let at = happening.place(ME)?;
    let place = places().find(at.channel)?;
    inbound(&happening, &place, ME, NOW_MS)
}

#[test]
fn every_fixture_becomes_what_it_should() {
    check_all("discord", 40, |json| {
        told(&serde_json::from_slice(json).unwrap())
            .into_iter()
            .collect()
    });
}

#[test]
fn what_happens_to_a_sender_of_nobody_is_nothing() {
    let mut dispatch: Value = serde_json::from_str(include_str!("../fixtures/text.json")).unwrap();
    dispatch["d"]["author"]["id"] = json!("");
    assert_eq!(told(&dispatch), None);
}
