//! Figures of the requests.

use std::fmt::Write;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tidegate_protocol::{Method, MethodVisitor, catalog};

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

/// Figures of the requests.
#[derive(Debug)]
pub(super) struct RequestFigures {
    ended: Family<RequestLabels, Counter>,
    seconds: Histogram,
    refused: Family<MethodLabels, Counter>,
    pub(super) unknown: Counter,
}

impl RequestFigures {
    pub(super) fn new() -> Self {
        Self {
            ended: Family::default(),
            seconds: Histogram::new(SECONDS),
            refused: Family::default(),
            unknown: Counter::default(),
        }
    }

    /// Makes the figures of methods that nobody called yet.
    pub(super) fn complete(&self) {
        catalog::visit_all(&mut AtZero(self));
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "request_seconds",
            "Time from frame to answer",
            self.seconds.clone(),
        );
        registry.register(
            "unknown_methods",
            "Requests for methods that do not exist",
            self.unknown.clone(),
        );
        registry.register(
            "requests",
            "Requests by method and outcome",
            self.ended.clone(),
        );
        registry.register(
            "schema_refusals",
            "Requests whose params were refused",
            self.refused.clone(),
        );
    }

    pub(super) fn ended(&self, method: &'static str, outcome: Outcome, seconds: f64) {
        let labels = RequestLabels { method, outcome };
        self.ended.get_or_create(&labels).inc();
        self.seconds.observe(seconds);
    }

    pub(super) fn refused(&self, method: &'static str) {
        self.refused.get_or_create(&MethodLabels { method }).inc();
    }
}

struct AtZero<'a>(&'a RequestFigures);

impl MethodVisitor for AtZero<'_> {
    fn method<M: Method>(&mut self) {
        let method = M::SPEC.name;
        for outcome in Outcome::ALL {
            let labels = RequestLabels { method, outcome };
            drop(self.0.ended.get_or_create(&labels));
        }
        drop(self.0.refused.get_or_create(&MethodLabels { method }));
    }
}
