//! What is waited for before the next frame is sent.

use std::collections::BTreeSet;

use serde_json::Value;

use super::frames::{Catalog, Step, step, word};
use super::names::{ASKED, asked, is_asked};
use super::recording::{Line, Recording, What};

/// Something to wait for.
#[derive(Debug)]
pub(super) enum Awaited<'r> {
    Answer(&'r Value, usize),
    Event(&'r str),
    /// A node is asked for this.
    Asked(&'r Value),
    Run(&'r str, Step),
    /// Told after this many frames.
    Presence(usize),
}

impl Awaited<'_> {
    pub(super) fn came(&self, heard: &[Value]) -> bool {
        let named = |frame: &Value, name: &str| word(frame, "/event") == name;
        match self {
            Self::Answer(id, times) => {
                heard
                    .iter()
                    .filter(|frame| frame.get("id") == Some(*id))
                    .count()
                    >= *times
            }
            Self::Asked(recorded) => heard.iter().any(|frame| is_asked(frame, recorded)),
            Self::Event(name) => heard.iter().any(|frame| named(frame, name)),
            Self::Run(run, far) => heard.iter().any(|frame| step(frame) == Some((*run, *far))),
            Self::Presence(after) => heard
                .iter()
                .skip(*after)
                .any(|frame| named(frame, "presence")),
        }
    }
}

/// What to wait for where the recorded client heard this frame; none for what we do not have.
pub(super) fn awaited<'r>(
    recording: &'r Recording,
    (catalog, keys): (&Catalog, &BTreeSet<&str>),
    (at, frame): (usize, &'r Value),
    acted: usize,
) -> Option<Awaited<'r>> {
    if let Some(id) = frame.get("id") {
        let conn = recording.lines.get(at)?.conn;
        let before = recording
            .lines
            .iter()
            .take(at)
            .filter(|line| line.conn == conn);
        let same =
            |line: &&Line| matches!(&line.what, What::Heard(other) if other.get("id") == Some(id));
        let times = before.filter(same).count() + 1;
        return Some(Awaited::Answer(id, times));
    }
    if let Some((run, step)) = step(frame) {
        return keys.contains(run).then_some(Awaited::Run(run, step));
    }
    match word(frame, "/event") {
        "presence" => Some(Awaited::Presence(acted)),
        "health" | "tick" => None,
        ASKED => asked(frame).map(|_| Awaited::Asked(frame)),
        name => catalog
            .events
            .contains(name)
            .then_some(Awaited::Event(name)),
    }
}
