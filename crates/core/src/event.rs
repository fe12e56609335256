//! The port through which the engine speaks. The edge implements it; a payload is encoded once,
//! here, and shared by everyone who hears it.

use std::sync::Arc;

use tidegate_protocol::frame::{StateVersion, event_head};
use tidegate_protocol::{ConnId, Event, EventSpec};

/// Who shall hear an event, among those who may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// Everyone.
    All,
    /// One connection; such a frame carries no `seq`.
    One(ConnId),
}

/// Carries encoded events to connections. Never blocks.
pub trait EventSink: Send + Sync + 'static {
    /// `head` is the frame without `seq` and closing brace.
    fn publish(&self, spec: &'static EventSpec, head: Arc<str>, to: &Audience);
}

/// A handle for speaking.
#[derive(Clone)]
pub struct Events(Arc<dyn EventSink>);

impl Events {
    /// Speaks into this sink.
    pub fn new(sink: Arc<dyn EventSink>) -> Self {
        Self(sink)
    }

    /// Publishes to everyone who may hear it.
    pub fn publish<E: Event>(&self, payload: &E::Payload) {
        self.send::<E>(payload, None, &Audience::All);
    }

    /// Publishes together with the versions of the state.
    pub fn publish_versioned<E: Event>(&self, payload: &E::Payload, version: StateVersion) {
        self.send::<E>(payload, Some(version), &Audience::All);
    }

    fn send<E: Event>(&self, payload: &E::Payload, version: Option<StateVersion>, to: &Audience) {
        // Payloads are our own types: maps with text keys and numbers; they always encode.
        if let Ok(head) = event_head(E::SPEC.name, payload, version) {
            self.0.publish(const { &E::SPEC }, Arc::from(head), to);
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events(..)")
    }
}
