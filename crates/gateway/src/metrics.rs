//! Every metric, in one table. Label values are closed sets, present at zero from the start.

mod channels;
mod nodes;

use std::fmt::Write;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tidegate_engine::{AccountTally, NodeTally};
use tidegate_protocol::{Event, EventVisitor, Method, MethodVisitor, catalog};

use channels::ChannelFigures;
use nodes::NodeFigures;

/// Upper bounds of request times, in seconds.
const SECONDS: [f64; 8] = [0.0001, 0.001, 0.005, 0.025, 0.1, 0.5, 2.0, 10.0];

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Outcome {
    Ok,
    Invalid,
    Denied,
    Busy,
    Failed,
}

impl Outcome {
    const ALL: [Self; 5] = [
        Self::Ok,
        Self::Invalid,
        Self::Denied,
        Self::Busy,
        Self::Failed,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Invalid => "invalid",
            Self::Denied => "denied",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }
}

impl EncodeLabelValue for Outcome {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        encoder.write_str(self.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: &'static str,
}

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
    pub(crate) connections: Gauge,
    pub(crate) handshakes: Counter,
    pub(crate) tcp_accepted: Counter,
    pub(crate) request_seconds: Histogram,
    pub(crate) unknown_methods: Counter,
    pub(crate) connect_unknown_fields: Counter,
    runs_active: Gauge,
    runs_queued: Gauge,
    outbox_bytes: Gauge,
    requests: Family<RequestLabels, Counter>,
    schema_refusals: Family<MethodLabels, Counter>,
    events: Family<EventLabels, Counter>,
    dropped: Family<EventLabels, Counter>,
    closes: Family<CloseLabels, Counter>,
    refusals: Family<RefusalLabels, Counter>,
    channels: ChannelFigures,
    nodes: NodeFigures,
}

/// Figures that are read when somebody asks for the metrics.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gauges {
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
            connections: Gauge::default(),
            handshakes: Counter::default(),
            tcp_accepted: Counter::default(),
            request_seconds: Histogram::new(SECONDS),
            unknown_methods: Counter::default(),
            connect_unknown_fields: Counter::default(),
            runs_active: Gauge::default(),
            runs_queued: Gauge::default(),
            outbox_bytes: Gauge::default(),
            requests: Family::default(),
            schema_refusals: Family::default(),
            events: Family::default(),
            dropped: Family::default(),
            closes: Family::default(),
            refusals: Family::default(),
            channels: ChannelFigures::default(),
            nodes: NodeFigures::default(),
        };
        metrics.register();
        metrics.preset();
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
            "request_seconds",
            "Time from frame to answer",
            self.request_seconds.clone(),
        );
        r.register(
            "unknown_methods",
            "Requests for methods that do not exist",
            self.unknown_methods.clone(),
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
        r.register(
            "requests",
            "Requests by method and outcome",
            self.requests.clone(),
        );
        r.register(
            "schema_refusals",
            "Requests whose params were refused",
            self.schema_refusals.clone(),
        );
        r.register("events_published", "Events by name", self.events.clone());
        r.register(
            "events_dropped",
            "Events dropped for slow clients",
            self.dropped.clone(),
        );
        r.register("closes", "Connections closed by code", self.closes.clone());
        r.register(
            "refusals",
            "Connections refused before they joined",
            self.refusals.clone(),
        );
        self.channels.register(r);
        self.nodes.register(r);
    }

    fn preset(&self) {
        let mut names = Names::default();
        catalog::visit_all(&mut names);
        catalog::visit_all_events(&mut names);
        for method in names.methods {
            for outcome in Outcome::ALL {
                drop(
                    self.requests
                        .get_or_create(&RequestLabels { method, outcome }),
                );
            }
            drop(self.schema_refusals.get_or_create(&MethodLabels { method }));
        }
        for event in names.events {
            drop(self.events.get_or_create(&EventLabels { event }));
            drop(self.dropped.get_or_create(&EventLabels { event }));
        }
        for code in CODES {
            drop(self.closes.get_or_create(&CloseLabels { code }));
        }
        for reason in REFUSALS {
            drop(self.refusals.get_or_create(&RefusalLabels { reason }));
        }
    }

    pub(crate) fn request(&self, method: &'static str, outcome: Outcome, seconds: f64) {
        self.requests
            .get_or_create(&RequestLabels { method, outcome })
            .inc();
        self.request_seconds.observe(seconds);
    }

    pub(crate) fn schema_refused(&self, method: &'static str) {
        self.schema_refusals
            .get_or_create(&MethodLabels { method })
            .inc();
    }

    pub(crate) fn event_published(&self, event: &'static str) {
        self.events.get_or_create(&EventLabels { event }).inc();
    }

    pub(crate) fn event_dropped(&self, event: &'static str) {
        self.dropped.get_or_create(&EventLabels { event }).inc();
    }

    pub(crate) fn closed(&self, code: u16) {
        let code = if CODES.contains(&code) { code } else { 1000 };
        self.closes.get_or_create(&CloseLabels { code }).inc();
    }

    pub(crate) fn refused(&self, reason: &'static str) {
        self.refusals.get_or_create(&RefusalLabels { reason }).inc();
    }

    /// The OpenMetrics text.
    pub(crate) fn text(&self, gauges: Gauges, accounts: &[AccountTally]) -> String {
        let set = |gauge: &Gauge, value: u64| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        set(&self.runs_active, gauges.runs_active);
        set(&self.runs_queued, gauges.runs_queued);
        set(&self.outbox_bytes, gauges.outbox_bytes);
        self.channels.set(accounts);
        self.nodes.set(gauges.nodes, gauges.node_tally);
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[derive(Default)]
struct Names {
    methods: Vec<&'static str>,
    events: Vec<&'static str>,
}

impl MethodVisitor for Names {
    fn method<M: Method>(&mut self) {
        self.methods.push(M::SPEC.name);
    }
}

impl EventVisitor for Names {
    fn event<E: Event>(&mut self) {
        self.events.push(E::SPEC.name);
    }
}
