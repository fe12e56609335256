//! Every fixture, and what it becomes. A new one needs its JSON only; `UPDATE_EXPECT=1` writes what
//! it becomes, to be read before it is kept.

use std::fmt::Write as _;
use std::path::PathBuf;

use expect_test::expect_file;

use super::inbound;
use crate::telegram::api::{Update, User};

const NOW_MS: u64 = 1_763_600_000_000;

fn me() -> User {
    serde_json::from_str(r#"{"id":42,"is_bot":true,"first_name":"Tide","username":"TideBot"}"#)
        .unwrap()
}

fn fixtures() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/telegram/fixtures");
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
    assert!(fixtures.len() >= 35, "{}", fixtures.len());
    for path in fixtures {
        let update: Update = serde_json::from_slice(&std::fs::read(&path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut events = String::new();
        for event in inbound(&update, &me(), NOW_MS) {
            writeln!(events, "{event:#?}").unwrap();
        }
        if events.is_empty() {
            events.push_str("nothing\n");
        }
        expect_file![path.with_extension("txt")].assert_eq(&events);
    }
}
