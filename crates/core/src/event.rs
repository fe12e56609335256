//! The port through which the engine speaks. The edge implements it; a payload is encoded once,
//! here, and shared by everyone who hears it.

use std::sync::Arc;

use tidegate_protocol::frame::{StateVersion, event_head};
use tidegate_protocol::{Event, EventSpec};

/// Carries encoded events to connections. Never blocks.
pub trait EventSink: Send + Sync + 'static {
    /// `head` is the frame without `seq` and closing brace.
    fn publish(&self, spec: &'static EventSpec, head: Arc<str>);
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
        self.send::<E>(payload, None);
    }

    /// Publishes together with the versions of the state. Gives the size of the frame in bytes.
    pub fn publish_versioned<E: Event>(
        &self,
        payload: &E::Payload,
        version: StateVersion,
    ) -> usize {
        self.send::<E>(payload, Some(version))
    }

    fn send<E: Event>(&self, payload: &E::Payload, version: Option<StateVersion>) -> usize {
        // Payloads are our own types: maps with text keys and numbers; they always encode.
        let Ok(head) = event_head(E::SPEC.name, payload, version) else {
            return 0;
        };
        let bytes = head.len();
        self.0.publish(const { &E::SPEC }, Arc::from(head));
        bytes
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Events(..)")
    }
}
