//! Figures of the events.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use tidegate_protocol::{Event, EventVisitor, catalog};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: &'static str,
}

/// Figures of the events.
#[derive(Debug, Default)]
pub(super) struct EventFigures {
    published: Family<EventLabels, Counter>,
    dropped: Family<EventLabels, Counter>,
}

impl EventFigures {
    /// Makes the figures of events that did not happen yet.
    pub(super) fn complete(&self) {
        catalog::visit_all_events(&mut AtZero(self));
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("events_published", "Events by name", self.published.clone());
        registry.register(
            "events_dropped",
            "Events dropped for slow clients",
            self.dropped.clone(),
        );
    }

    pub(super) fn published(&self, event: &'static str) {
        self.published.get_or_create(&EventLabels { event }).inc();
    }

    pub(super) fn dropped(&self, event: &'static str) {
        self.dropped.get_or_create(&EventLabels { event }).inc();
    }
}

struct AtZero<'a>(&'a EventFigures);

impl EventVisitor for AtZero<'_> {
    fn event<E: Event>(&mut self) {
        let event = E::SPEC.name;
        drop(self.0.published.get_or_create(&EventLabels { event }));
        drop(self.0.dropped.get_or_create(&EventLabels { event }));
    }
}
