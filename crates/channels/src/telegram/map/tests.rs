//! Every fixture, and what it becomes. A new one needs its JSON only.

use super::inbound;
use crate::fixtures::check_all;
use crate::telegram::api::{Update, User};

const NOW_MS: u64 = 1_763_600_000_000;

fn me() -> User {
    serde_json::from_str(r#"{"id":42,"is_bot":true,"first_name":"Tide","username":"TideBot"}"#)
        .unwrap()
}

#[test]
fn every_fixture_becomes_what_it_should() {
    check_all("telegram", 35, |json| {
        let update: Update = serde_json::from_slice(json).unwrap();
        inbound(&update, &me(), NOW_MS)
    });
}
