//! The port through which the engine speaks. The edge implements it; a payload is encoded once,
//! here, and shared by everyone who hears it.

use std::sync::Arc;

use tidegate_protocol::frame::{StateVersion, event_head};
use tidegate_protocol::{Event, EventSpec};

/// Carries encoded events to connections. Never blocks.
pub trait EventSink: Send + Sync + 'static {
    /// `head` is the frame without `seq` and closing brace.
    fn publish(&self, spec: &'static EventSpec, head: Arc<str>);

    /// The same of something that happens in a session, by the name that the event carries: who
    /// hears of that session only, hears it too, and nobody twice.
    fn publish_of(&self, spec: &'static EventSpec, session: &str, head: Arc<str>) {
        let _ = session;
        self.publish(spec, head);
    }

    /// The same for those only who said at connect that they can do something with it.
    fn publish_to(&self, spec: &'static EventSpec, cap: &'static str, head: Arc<str>) {
        let _ = cap;
        self.publish(spec, head);
    }
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

    /// Publishes something that happens in a session, by the name that the payload carries.
    pub fn publish_of<E: Event>(&self, session: &str, payload: &E::Payload) {
        if let Ok(head) = event_head(E::SPEC.name, payload, None) {
            self.0
                .publish_of(const { &E::SPEC }, session, Arc::from(head));
        }
    }

    /// Publishes to those who may hear it and announced this capability.
    pub fn publish_to<E: Event>(&self, cap: &'static str, payload: &E::Payload) {
        if let Ok(head) = event_head(E::SPEC.name, payload, None) {
            self.0.publish_to(const { &E::SPEC }, cap, Arc::from(head));
        }
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
