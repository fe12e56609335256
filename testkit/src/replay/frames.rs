//! The frames of one connection, sorted: answers by request, events by run, state by name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tidegate_protocol::catalog;
use tidegate_protocol::event::{Event, EventVisitor};
use tidegate_protocol::method::{Method, MethodVisitor};

/// Events that tell the state as it is now. Their number and time are the server's own affair
/// (D5, issue 2: a read never causes a broadcast); their shape is compared.
pub(super) const STATE_EVENTS: [&str; 3] = ["presence", "health", "tick"];

/// How far a run is, as its events tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Begun,
    Spoke,
    SpokeToChat,
    Ended,
    EndedForChat,
}

/// A request of a client.
#[derive(Debug)]
pub(super) struct Request<'f> {
    pub(super) id: String,
    pub(super) method: &'f str,
    pub(super) params: &'f Value,
}

/// The frames of a server, sorted.
#[derive(Debug, Default)]
pub(super) struct Sorted<'f> {
    /// By the id as JSON and how many answers it had before.
    pub(super) answers: BTreeMap<(String, usize), &'f Value>,
    /// Events of runs, in order.
    pub(super) runs: BTreeMap<&'f str, Vec<&'f Value>>,
    /// Events that tell the state.
    pub(super) states: BTreeMap<&'f str, Vec<&'f Value>>,
    /// All other events.
    pub(super) others: BTreeMap<&'f str, Vec<&'f Value>>,
}

impl<'f> Sorted<'f> {
    pub(super) fn new(frames: impl IntoIterator<Item = &'f Value>) -> Self {
        let mut sorted = Self::default();
        for frame in frames {
            if let Some(id) = frame.get("id") {
                let id = id.to_string();
                let before = sorted
                    .answers
                    .range((id.clone(), 0)..=(id.clone(), usize::MAX))
                    .count();
                sorted.answers.insert((id, before), frame);
                continue;
            }
            let name = word(frame, "/event");
            if STATE_EVENTS.contains(&name) {
                sorted.states.entry(name).or_default().push(frame);
            } else if let Some((run, _)) = step(frame) {
                sorted.runs.entry(run).or_default().push(frame);
            } else {
                sorted.others.entry(name).or_default().push(frame);
            }
        }
        sorted
    }
}

/// The text at a place of a frame, empty if there is none.
pub(super) fn word<'f>(frame: &'f Value, pointer: &str) -> &'f str {
    frame
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The requests among the frames of a client.
pub(super) fn requests<'f>(sent: impl IntoIterator<Item = &'f Value>) -> Vec<Request<'f>> {
    let read = |frame: &'f Value| {
        Some(Request {
            id: frame.get("id")?.to_string(),
            method: frame.get("method")?.as_str()?,
            params: frame.get("params").unwrap_or(&Value::Null),
        })
    };
    sent.into_iter().filter_map(read).collect()
}

/// The run of an event and how far it says the run is.
pub(super) fn step(frame: &Value) -> Option<(&str, Step)> {
    let step = match (
        word(frame, "/event"),
        word(frame, "/payload/stream"),
        word(frame, "/payload/data/phase"),
    ) {
        ("agent", "lifecycle", "start") => Step::Begun,
        ("agent", "lifecycle", _) => Step::Ended,
        ("agent", _, _) => Step::Spoke,
        ("chat", _, _) if word(frame, "/payload/state") == "delta" => Step::SpokeToChat,
        ("chat", _, _) => Step::EndedForChat,
        _ => return None,
    };
    Some((frame.pointer("/payload/runId")?.as_str()?, step))
}

/// The name of a frame's kind, as the list of differences writes it. `method` is the one that
/// the frame answers.
pub(super) fn kind(frame: &Value, method: &str) -> String {
    let name = word(frame, "/event");
    match name {
        "" if frame.get("ok") == Some(&Value::Bool(true)) => {
            let status = word(frame, "/payload/status");
            if method == "agent" {
                format!("res agent {status}")
            } else {
                format!("res {method}")
            }
        }
        "" => format!("err {method}"),
        "agent" => {
            let (stream, phase) = (
                word(frame, "/payload/stream"),
                word(frame, "/payload/data/phase"),
            );
            if phase.is_empty() {
                format!("event agent {stream}")
            } else {
                format!("event agent {stream}/{phase}")
            }
        }
        "chat" => {
            let injected = word(frame, "/payload/message/stopReason") == "injected";
            let state = if injected {
                "injected"
            } else {
                word(frame, "/payload/state")
            };
            format!("event chat {state}")
        }
        name => format!("event {name}"),
    }
}

/// The names of the methods and events that we have.
pub(super) struct Catalog {
    pub(super) methods: BTreeSet<&'static str>,
    pub(super) events: BTreeSet<&'static str>,
}

impl Catalog {
    pub(super) fn new() -> Self {
        let mut names = Self {
            methods: BTreeSet::new(),
            events: BTreeSet::new(),
        };
        catalog::visit_all(&mut names);
        catalog::visit_all_events(&mut names);
        names
    }
}

impl MethodVisitor for Catalog {
    fn method<M: Method>(&mut self) {
        self.methods.insert(M::SPEC.name);
    }
}

impl EventVisitor for Catalog {
    fn event<E: Event>(&mut self) {
        self.events.insert(E::SPEC.name);
    }
}
