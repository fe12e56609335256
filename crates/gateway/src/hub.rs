//! Who is connected. An event is encoded once by the engine's port; here it is offered to every
//! connection that may hear it, and nobody waits for anybody.

mod audible;
mod conn;
mod counts;
mod joining;
mod publish;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::{Chain, LiveConnections, PrincipalId};
use tidegate_outbox::Budget;
use tidegate_protocol::close::{RESTART, SERVICE_RESTART};
use tidegate_protocol::{ConnId, DeviceId, Role, limits};

use audible::Events;
pub(crate) use conn::Conn;
pub(crate) use counts::{AnsweredFirst, InFlight};
pub(crate) use joining::Joining;

use crate::metrics::Metrics;
use crate::state::SharedClock;

/// Frames that may wait for one connection, whatever their size.
const EVENT_FRAMES: usize = 8_192;

/// Everyone who is connected.
pub struct Hub {
    registry: Mutex<Registry>,
    metrics: Arc<Metrics>,
    events: Events,
    clock: SharedClock,
}

#[derive(Default)]
struct Registry {
    conns: HashMap<ConnId, Arc<Conn>>,
    /// The same as a list, made when an event is published after a change.
    list: Option<Arc<[Arc<Conn>]>>,
    closing: bool,
}

impl Hub {
    /// An empty hub.
    pub fn new(metrics: Arc<Metrics>, clock: SharedClock) -> Arc<Self> {
        Arc::new(Self {
            registry: Mutex::default(),
            metrics,
            events: Events::all(),
            clock,
        })
    }

    /// The counters.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    fn lock(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection. `hello` is made and queued while nothing can be published, so that no
    /// event falls between the snapshot in it and the first `seq`. `None` while stopping.
    pub(crate) fn join(
        &self,
        joining: Joining,
        hello: impl FnOnce(&Conn) -> String,
    ) -> Option<Arc<Conn>> {
        joining.outbox.set_budget(Budget {
            event_bytes: limits::event_backlog_bytes(joining.protocol),
            event_frames: EVENT_FRAMES,
        });
        let conn = Arc::new(Conn::new(joining, &self.events));
        let mut registry = self.lock();
        if registry.closing {
            return None;
        }
        conn.outbox.push_reply(hello(&conn));
        registry.conns.insert(conn.id.clone(), Arc::clone(&conn));
        registry.list = None;
        drop(registry);
        self.metrics.connections.inc();
        Some(conn)
    }

    pub(crate) fn leave(&self, id: &ConnId) {
        let mut registry = self.lock();
        if registry.conns.remove(id).is_some() {
            registry.list = None;
            drop(registry);
            self.metrics.connections.dec();
        }
    }

    /// Whether a connection is still here.
    pub(crate) fn is_here(&self, id: &ConnId) -> bool {
        self.lock().conns.contains_key(id)
    }

    /// Names of the events that a principal may hear, in the order of the catalog.
    pub(crate) fn audible(&self, chain: &Chain) -> Vec<&'static str> {
        self.events.names(chain)
    }

    /// Everyone, as a list that does not change.
    pub(crate) fn everyone(&self) -> Arc<[Arc<Conn>]> {
        let mut registry = self.lock();
        if let Some(list) = &registry.list {
            return Arc::clone(list);
        }
        let list: Arc<[Arc<Conn>]> = registry.conns.values().cloned().collect();
        registry.list = Some(Arc::clone(&list));
        list
    }

    /// Nobody joins any more; everyone gets what waits and then close 1012.
    pub(crate) fn close_all(&self) {
        self.lock().closing = true;
        for conn in self.everyone().iter() {
            conn.outbox.close(RESTART.code, SERVICE_RESTART);
        }
    }
}

impl LiveConnections for Hub {
    fn end(&self, device: &DeviceId, role: Role, why: &'static str) {
        let id = PrincipalId::Device(device.clone());
        for conn in self.everyone().iter() {
            let caller = conn.caller();
            if caller.id == id && caller.role == role {
                conn.cut(why);
            }
        }
    }

    fn is_connected(&self, device: &DeviceId) -> bool {
        let id = PrincipalId::Device(device.clone());
        self.everyone().iter().any(|conn| conn.caller().id == id)
    }
}
