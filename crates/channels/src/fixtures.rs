//! The fixtures of a network, and what they become: `UPDATE_EXPECT=1` writes it beside them, to be
//! read before it is kept.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use tidegate_core::channel::Inbound;

/// Checks every fixture in `<network>/fixtures`; there are at least so many.
pub(crate) fn check_all(network: &str, least: usize, told: impl Fn(&[u8]) -> Vec<Inbound>) {
    let fixtures = fixtures(network);
    assert!(fixtures.len() >= least, "{}", fixtures.len());
    for path in fixtures {
        println!("{}", path.display());
        let mut events = String::new();
        for event in told(&std::fs::read(&path).unwrap()) {
            writeln!(events, "{event:#?}").unwrap();
        }
        if events.is_empty() {
            events.push_str("nothing\n");
        }
        expect_file![path.with_extension("txt")].assert_eq(&events);
    }
}

fn fixtures(network: &str) -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let entries = std::fs::read_dir(source.join(network).join("fixtures")).unwrap();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    paths.sort();
    paths
}
