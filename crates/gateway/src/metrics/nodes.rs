//! Figures of the nodes. The engine counts; they are copied when somebody asks.

use std::sync::atomic::Ordering;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tidegate_engine::NodeTally;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WhyLabels {
    why: &'static str,
}

/// Figures of the nodes.
#[derive(Debug, Default)]
pub(super) struct NodeFigures {
    connected: Gauge,
    disbelieved: Family<WhyLabels, Counter>,
}

impl NodeFigures {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "nodes_connected",
            "Nodes that are connected",
            self.connected.clone(),
        );
        registry.register(
            "node_frames_disbelieved",
            "Answers and events of nodes that meant nothing",
            self.disbelieved.clone(),
        );
    }

    /// Copies what the engine counted.
    pub(super) fn set(&self, connected: usize, tally: NodeTally) {
        self.connected
            .set(i64::try_from(connected).unwrap_or(i64::MAX));
        for (why, count) in [
            ("late", tally.late),
            ("foreign", tally.foreign),
            ("unbelieved", tally.unbelieved),
        ] {
            let counter = self.disbelieved.get_or_create(&WhyLabels { why });
            counter.inner().store(count, Ordering::Relaxed);
        }
    }
}
