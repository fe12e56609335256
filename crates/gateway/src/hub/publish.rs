//! An event goes to every connection that may hear it.

use std::sync::Arc;

use tidegate_core::EventSink;
use tidegate_outbox::{Class, Overflow, Pushed};
use tidegate_protocol::close::{POLICY, SLOW_CONSUMER};
use tidegate_protocol::{Delivery, EventSpec};

use super::{Conn, Hub};

impl Hub {
    fn offer(&self, conn: &Conn, spec: &'static EventSpec, head: Arc<str>) {
        let class = match spec.delivery {
            Delivery::Must => Class::Must,
            Delivery::Drop => Class::Drop,
            Delivery::Latest => Class::Latest(spec.name),
        };
        match conn.outbox.push_event(head, class) {
            Ok(Pushed::Dropped) => {
                self.metrics.event_dropped(spec.name);
            }
            Ok(_) => {}
            Err(Overflow) => {
                tracing::info!(target: "tidegate::wire", conn_id = %conn.id, "slow consumer");
                conn.outbox.close_now(POLICY.code, SLOW_CONSUMER);
            }
        }
    }

    /// To those who may hear it, if `may` says so too.
    fn publish_where(
        &self,
        spec: &'static EventSpec,
        head: &Arc<str>,
        may: impl Fn(&Conn) -> bool,
    ) {
        let Some(place) = self.events.place(spec) else {
            return;
        };
        self.metrics.event_published(spec.name);
        tracing::info!(target: "tidegate::wire", event = spec.name, bytes = head.len(), "event");
        let everyone = self.everyone();
        for conn in everyone
            .iter()
            .filter(|conn| conn.hears(place) && may(conn))
        {
            self.offer(conn, spec, Arc::clone(head));
        }
    }
}

impl EventSink for Hub {
    fn publish(&self, spec: &'static EventSpec, head: Arc<str>) {
        self.publish_where(spec, &head, |_| true);
    }

    fn publish_to(&self, spec: &'static EventSpec, cap: &'static str, head: Arc<str>) {
        self.publish_where(spec, &head, |conn| conn.has_cap(cap));
    }

    /// Those who follow the session hear it without a number, and once.
    fn publish_of(&self, spec: &'static EventSpec, session: &str, head: Arc<str>) {
        self.publish(spec, Arc::clone(&head));
        let Some(place) = self.events.place(spec) else {
            return;
        };
        let everyone = self.everyone();
        let followers = everyone
            .iter()
            .filter(|conn| conn.hears_only(place, session));
        for conn in followers {
            if conn.outbox.push_direct(Arc::clone(&head)).is_ok() {
                continue;
            }
            self.metrics.event_dropped(spec.name);
            if spec.delivery == Delivery::Must {
                conn.outbox.close_now(POLICY.code, SLOW_CONSUMER);
            }
        }
    }
}
