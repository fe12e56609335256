//! No verb that writes is left out of the lives.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{command, decision, device, message, session};

/// Before the name of a verb in the code of the store.
const WRITES: &str = ".write(\"";

/// The verbs that the code under a folder writes with.
fn verbs_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            verbs_in(&path, found);
            continue;
        }
        let code = std::fs::read_to_string(&path).unwrap();
        let after = code.split(WRITES).skip(1);
        found.extend(after.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
}

#[test]
fn every_verb_that_writes_is_killed_at_in_some_life() {
    let mut written = BTreeSet::new();
    let code = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/sqlite");
    verbs_in(&code, &mut written);
    assert!(written.contains("accept"), "the code writes otherwise now");
    let named = [
        session::VERBS,
        message::VERBS,
        device::VERBS,
        command::VERBS,
        decision::VERBS,
    ];
    let lived: BTreeSet<&str> = named.into_iter().flatten().copied().collect();
    let left_out: Vec<_> = written
        .iter()
        .filter(|verb| !lived.contains(verb.as_str()))
        .collect();
    assert_eq!(left_out, Vec::<&String>::new(), "add them to a life");
}
