//! One thing that the app is told.

use std::time::Duration;

use serde_json::{Value, json};

use crate::slack::rules::Rules;

/// What is told, by which name it is known, and how hard the vendor tries.
#[derive(Debug, Clone)]
pub(in crate::slack) struct Outgoing {
    /// The event id, or the trigger id.
    pub(in crate::slack) item: String,
    pub(in crate::slack) payload: Value,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Event,
    Command,
    Interaction,
}

impl Outgoing {
    pub(in crate::slack) fn event(item: String, payload: Value) -> Self {
        Self {
            item,
            payload,
            kind: Kind::Event,
        }
    }

    pub(in crate::slack) fn command(item: String, payload: Value) -> Self {
        Self {
            item,
            payload,
            kind: Kind::Command,
        }
    }

    pub(in crate::slack) fn interaction(item: String, payload: Value) -> Self {
        Self {
            item,
            payload,
            kind: Kind::Interaction,
        }
    }

    /// The envelope of one attempt. Every attempt has an envelope id of its own: only the event id
    /// inside tells that it is the same event.
    pub(super) fn envelope(&self, envelope_id: &str, attempt: u32) -> String {
        let kind = match self.kind {
            Kind::Event => "events_api",
            Kind::Command => "slash_commands",
            Kind::Interaction => "interactive",
        };
        let mut envelope = json!({
            "envelope_id": envelope_id, "payload": self.payload, "type": kind,
            "accepts_response_payload": self.kind != Kind::Event,
        });
        if let (Kind::Event, Some(fields)) = (self.kind, envelope.as_object_mut()) {
            let reason = if attempt == 0 { "" } else { "timeout" };
            fields.insert("retry_attempt".into(), json!(attempt));
            fields.insert("retry_reason".into(), json!(reason));
        }
        envelope.to_string()
    }

    /// How long until the next attempt; none if this one was the last.
    pub(super) fn next_after(&self, attempt: u32, rules: &Rules) -> Option<Duration> {
        if self.kind != Kind::Event {
            return None;
        }
        rules
            .retry_after
            .get(usize::try_from(attempt).ok()?)
            .copied()
    }
}
