//! A sink that remembers what the engine said, and when.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tidegate_core::EventSink;
use tidegate_protocol::EventSpec;
use tokio::time::Instant;

/// One event.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) name: &'static str,
    pub(crate) payload: Value,
    /// Length of the payload in bytes.
    pub(crate) bytes: usize,
    pub(crate) at: Instant,
}

impl Told {
    /// The run that it is about; empty if it is about none.
    pub(crate) fn run(&self) -> &str {
        self.payload["runId"].as_str().unwrap_or_default()
    }

    /// Its kind: `chat final`, `agent lifecycle end`, `agent assistant`, `presence`.
    pub(crate) fn kind(&self) -> String {
        let word = |name: &str| self.payload[name].as_str();
        let data = self.payload["data"]["phase"].as_str();
        [Some(self.name), word("stream"), data, word("state")]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Whether it ends a run for whoever listens to `chat`.
    pub(crate) fn ends(&self) -> bool {
        matches!(
            self.kind().as_str(),
            "chat final" | "chat aborted" | "chat error"
        )
    }
}

/// The sink.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Vec<Told>>);

impl EventSink for Heard {
    fn publish(&self, spec: &'static EventSpec, head: Arc<str>) {
        let frame: Value = serde_json::from_str(&format!("{head}}}")).unwrap();
        assert_eq!(frame["event"], spec.name);
        let payload = frame["payload"].clone();
        let told = Told {
            name: spec.name,
            payload,
            bytes: head.len(),
            at: Instant::now(),
        };
        self.0.lock().unwrap().push(told);
    }
}

impl Heard {
    /// Everything so far.
    pub(crate) fn all(&self) -> Vec<Told> {
        self.0.lock().unwrap().clone()
    }

    /// What was said about one run.
    pub(crate) fn of_run(&self, id: &str) -> Vec<Told> {
        self.all()
            .into_iter()
            .filter(|told| told.run() == id)
            .collect()
    }

    /// What was said under one name.
    pub(crate) fn named(&self, name: &str) -> Vec<Told> {
        self.all()
            .into_iter()
            .filter(|told| told.name == name)
            .collect()
    }

    /// The kinds of what was said about one run; repeats of a growing text once.
    pub(crate) fn kinds(&self, id: &str) -> Vec<String> {
        let mut kinds: Vec<String> = self.of_run(id).iter().map(Told::kind).collect();
        kinds.dedup();
        kinds
    }

    /// Forgets.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap().clear();
    }
}
