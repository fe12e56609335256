//! Every metric, in one table. Label values are closed sets, present at zero in every answer; those
//! that did not happen are made when somebody asks first, which most gateways never see.

mod channels;
mod events;
mod nodes;
mod requests;

use std::sync::Once;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tidegate_engine::{AccountTally, NodeTally};

use channels::ChannelFigures;
use events::EventFigures;
use nodes::NodeFigures;
pub(crate) use requests::Outcome;
use requests::RequestFigures;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CloseLabels {
    code: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    reason: &'static str,
}

/// Reasons for refusing a connection before it is known who it is.
pub(crate) const REFUSALS: [&str; 6] = ["host", "origin", "handshake", "rate", "room", "tls"];

/// The close codes that are counted.
const CODES: [u16; 10] = [1000, 1001, 1002, 1005, 1006, 1007, 1008, 1009, 1012, 1013];

/// The counters of the edge.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Whether every label value is there.
    complete: Once,
    pub(crate) connections: Gauge,
    pub(crate) handshakes: Counter,
    pub(crate) tcp_accepted: Counter,
    pub(crate) connect_unknown_fields: Counter,
    runs_active: Gauge,
    runs_queued: Gauge,
    outbox_bytes: Gauge,
    closes: Family<CloseLabels, Counter>,
    refusals: Family<RefusalLabels, Counter>,
    requests: RequestFigures,
    events: EventFigures,
    channels: ChannelFigures,
    nodes: NodeFigures,
}

/// Figures that are read when somebody asks for the metrics.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Readings {
    pub(crate) runs_active: u64,
    pub(crate) runs_queued: u64,
    pub(crate) outbox_bytes: u64,
    /// Nodes that are connected.
    pub(crate) nodes: usize,
    pub(crate) node_tally: NodeTally,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All at zero.
    pub fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("gateway"),
            complete: Once::new(),
            connections: Gauge::default(),
            handshakes: Counter::default(),
            tcp_accepted: Counter::default(),
            connect_unknown_fields: Counter::default(),
            runs_active: Gauge::default(),
            runs_queued: Gauge::default(),
            outbox_bytes: Gauge::default(),
            closes: Family::default(),
            refusals: Family::default(),
            requests: RequestFigures::new(),
            events: EventFigures::default(),
            channels: ChannelFigures::default(),
            nodes: NodeFigures::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let r = &mut self.registry;
        r.register(
            "connections",
            "Connections that finished the handshake",
            self.connections.clone(),
        );
        r.register(
            "handshakes",
            "Handshakes that succeeded",
            self.handshakes.clone(),
        );
        r.register(
            "tcp_accepted",
            "TCP connections accepted",
            self.tcp_accepted.clone(),
        );
        r.register(
            "connect_unknown_fields",
            "Connects with fields that were ignored",
            self.connect_unknown_fields.clone(),
        );
        r.register("runs_active", "Runs at work", self.runs_active.clone());
        r.register("runs_queued", "Runs that wait", self.runs_queued.clone());
        r.register(
            "outbox_bytes",
            "Bytes that wait for all connections",
            self.outbox_bytes.clone(),
        );
        r.register("closes", "Connections closed by code", self.closes.clone());
        r.register(
            "refusals",
            "Connections refused before they joined",
            self.refusals.clone(),
        );
        self.requests.register(r);
        self.events.register(r);
        self.channels.register(r);
        self.nodes.register(r);
    }

    fn complete(&self) {
        self.requests.complete();
        self.events.complete();
        for code in CODES {
            drop(self.closes.get_or_create(&CloseLabels { code }));
        }
        for reason in REFUSALS {
            drop(self.refusals.get_or_create(&RefusalLabels { reason }));
        }
    }

    pub(crate) fn request(&self, method: &'static str, outcome: Outcome, seconds: f64) {
        self.requests.ended(method, outcome, seconds);
    }

    pub(crate) fn unknown_method(&self) {
        self.requests.unknown.inc();
    }

    pub(crate) fn schema_refused(&self, method: &'static str) {
        self.requests.refused(method);
    }

    pub(crate) fn event_published(&self, event: &'static str) {
        self.events.published(event);
    }

    pub(crate) fn event_dropped(&self, event: &'static str) {
        self.events.dropped(event);
    }

    pub(crate) fn closed(&self, code: u16) {
        let code = if CODES.contains(&code) { code } else { 1000 };
        self.closes.get_or_create(&CloseLabels { code }).inc();
    }

    pub(crate) fn refused(&self, reason: &'static str) {
        self.refusals.get_or_create(&RefusalLabels { reason }).inc();
    }

    /// The OpenMetrics text.
    pub(crate) fn text(&self, readings: Readings, accounts: &[AccountTally]) -> String {
        self.complete.call_once(|| self.complete());
        let set = |gauge: &Gauge, value: u64| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        set(&self.runs_active, readings.runs_active);
        set(&self.runs_queued, readings.runs_queued);
        set(&self.outbox_bytes, readings.outbox_bytes);
        self.channels.set(accounts);
        self.nodes.set(readings.nodes, readings.node_tally);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_happen_is_made_when_somebody_asks() {
        let metrics = Metrics::new();
        let labels = ["method=", "event=", "code=", "reason="];
        let mut before = String::new();
        encode(&mut before, &metrics.registry).unwrap();
        assert!(
            !labels.iter().any(|label| before.contains(label)),
            "{before}"
        );
        let readings = Readings {
            runs_active: 0,
            runs_queued: 0,
            outbox_bytes: 0,
            nodes: 0,
            node_tally: NodeTally::default(),
        };
        let text = metrics.text(readings, &[]);
        assert!(labels.iter().all(|label| text.contains(label)), "{text}");
        assert_eq!(metrics.text(readings, &[]), text);
    }
}
