//! Who is connected. An event is encoded once by the engine's port; here it is offered to every
//! connection that may hear it, and nobody waits for anybody.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tidegate_core::{
    Action, Chain, EventSink, LiveConnections, Principal, PrincipalId, Resource, Standing,
    authorize,
};
use tidegate_outbox::{Budget, Class, Outbox, Overflow, Pushed};
use tidegate_protocol::close::{POLICY, RESTART, SERVICE_RESTART, SLOW_CONSUMER};
use tidegate_protocol::version::Protocol;
use tidegate_protocol::{
    ConnId, Delivery, DeviceId, Event, EventSpec, EventVisitor, Role, Scope, catalog, limits,
};
use tokio_util::sync::CancellationToken;

use crate::follows::Follows;
use crate::metrics::Metrics;
use crate::state::SharedClock;
use crate::ws::gauges::Gauges;

/// Frames that may wait for one connection, whatever their size.
const EVENT_FRAMES: usize = 8_192;

/// A connection that finished the handshake.
pub(crate) struct Conn {
    pub(crate) id: ConnId,
    pub(crate) chain: Chain,
    pub(crate) protocol: Protocol,
    /// How the client calls us: the Host of its upgrade.
    pub(crate) called: Box<str>,
    pub(crate) outbox: Arc<Outbox>,
    /// Cancelled when the connection must end, and why; see [`Conn::end`].
    pub(crate) kill: CancellationToken,
    pub(crate) killed_because: OnceLock<&'static str>,
    /// Requests at work, and requests that wait for a run.
    pub(crate) in_flight: AtomicU32,
    pub(crate) waiting: AtomicU32,
    /// What moves on its socket; the sweeper watches.
    pub(crate) gauges: Arc<Gauges>,
    /// Whether what its device was admitted with still holds; none without a device.
    pub(crate) standing: Option<Standing>,
    /// What it said that it can do something with.
    caps: Box<[String]>,
    /// Requests at work whose answer comes before the end of the caller's own right.
    answered_first: AtomicU32,
    /// Why it ends after that answer.
    last_word: OnceLock<&'static str>,
    /// Events that it may hear, by their place in the catalog.
    hears: u64,
    /// Sessions that it hears of beside that.
    follows: Follows,
}

impl Conn {
    pub(crate) fn caller(&self) -> &Principal {
        self.chain.caller()
    }

    /// Largest message that it may send: the large ones are for those who may talk to agents, and
    /// for nodes, whose pictures are large.
    pub(crate) fn message_limit(&self) -> usize {
        if self.caller().role == Role::Node || self.caller().scopes.grants(Scope::Write) {
            limits::message_bytes(self.protocol)
        } else {
            limits::message_bytes(Protocol::V3)
        }
    }

    /// From now on it hears what happens in the session of this name.
    pub(crate) fn follow(&self, session: String) {
        self.follows.add(session);
    }

    /// It does not any more.
    pub(crate) fn unfollow(&self, session: &str) {
        self.follows.remove(session);
    }

    /// Whether it hears what happens in this session, and not what everybody hears.
    fn hears_only(&self, place: usize, session: &str) -> bool {
        self.caller().role == Role::Node
            && self.hears & (1 << place) == 0
            && self.stands()
            && self.follows.has(session)
    }

    /// Whether what it was admitted with still holds.
    pub(crate) fn stands(&self) -> bool {
        self.standing.as_ref().is_none_or(Standing::is_current)
    }

    /// See [`crate::rpc::call::Call::answered_first`].
    pub(crate) fn answered_first(&self) -> AnsweredFirst<'_> {
        self.answered_first.fetch_add(1, Ordering::AcqRel);
        AnsweredFirst(&self.answered_first)
    }

    /// Its right is gone: it ends now, or after the answer to the request that took it away.
    fn cut(&self, why: &'static str) {
        if self.answered_first.load(Ordering::Acquire) > 0 {
            let _ = self.last_word.set(why);
        } else {
            self.end(why);
        }
    }

    /// Queues an answer, and if it was the last one, the end.
    pub(crate) fn reply(&self, text: String) {
        self.outbox.push_reply(text);
        if let Some(why) = self.last_word.get() {
            self.outbox.close(POLICY.code, why);
        }
    }

    /// Ends the connection, whatever waits for it, with close 1008 and this reason.
    pub(crate) fn end(&self, why: &'static str) {
        let _ = self.killed_because.set(why);
        self.kill.cancel();
    }
}

/// Keeps a connection until its answer is out.
pub(crate) struct AnsweredFirst<'a>(&'a AtomicU32);

impl Drop for AnsweredFirst<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Everyone who is connected.
pub struct Hub {
    registry: Mutex<Registry>,
    metrics: Arc<Metrics>,
    events: Vec<&'static EventSpec>,
    clock: SharedClock,
}

#[derive(Default)]
struct Registry {
    conns: HashMap<ConnId, Arc<Conn>>,
    /// The same as a list, made when an event is published after a change.
    list: Option<Arc<[Arc<Conn>]>>,
    closing: bool,
}

/// What a connection brings when it joins.
pub(crate) struct Joining {
    pub(crate) id: ConnId,
    pub(crate) principal: Principal,
    pub(crate) protocol: Protocol,
    pub(crate) called: String,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) kill: CancellationToken,
    pub(crate) gauges: Arc<Gauges>,
    pub(crate) standing: Option<Standing>,
    pub(crate) caps: Vec<String>,
}

impl Hub {
    /// An empty hub.
    pub fn new(metrics: Arc<Metrics>, clock: SharedClock) -> Arc<Self> {
        let mut events = AllEvents(Vec::new());
        catalog::visit_all_events(&mut events);
        Arc::new(Self {
            registry: Mutex::default(),
            metrics,
            events: events.0,
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
        let chain = Chain::of(joining.principal);
        let hears = self.hears(&chain);
        joining.outbox.set_budget(Budget {
            event_bytes: limits::event_backlog_bytes(joining.protocol),
            event_frames: EVENT_FRAMES,
        });
        let conn = Arc::new(Conn {
            id: joining.id,
            chain,
            protocol: joining.protocol,
            called: joining.called.into(),
            outbox: joining.outbox,
            kill: joining.kill,
            killed_because: OnceLock::new(),
            in_flight: AtomicU32::new(0),
            waiting: AtomicU32::new(0),
            gauges: joining.gauges,
            standing: joining.standing,
            caps: joining.caps.into(),
            answered_first: AtomicU32::new(0),
            last_word: OnceLock::new(),
            hears,
            follows: Follows::default(),
        });
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
        self.events
            .iter()
            .filter(|spec| may_hear(chain, spec))
            .map(|spec| spec.name)
            .collect()
    }

    fn hears(&self, chain: &Chain) -> u64 {
        let audible = self
            .events
            .iter()
            .enumerate()
            .filter(|(_, spec)| may_hear(chain, spec));
        audible.fold(0, |bits, (index, _)| bits | 1 << index)
    }

    fn place(&self, spec: &EventSpec) -> Option<usize> {
        self.events.iter().position(|other| other.name == spec.name)
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

    fn publish_where(
        &self,
        spec: &'static EventSpec,
        head: &Arc<str>,
        hears: impl Fn(&Conn) -> bool,
    ) {
        let Some(place) = self.place(spec) else {
            return;
        };
        self.metrics.event_published(spec.name);
        tracing::info!(target: "tidegate::wire", event = spec.name, bytes = head.len(), "event");
        let everyone = self.everyone();
        let may_hear = |conn: &&Arc<Conn>| conn.hears & (1 << place) != 0 && conn.stands();
        for conn in everyone.iter().filter(may_hear).filter(|conn| hears(conn)) {
            self.offer(conn, spec, Arc::clone(head));
        }
    }

    /// Nobody joins any more; everyone gets what waits and then close 1012.
    pub(crate) fn close_all(&self) {
        self.lock().closing = true;
        for conn in self.everyone().iter() {
            conn.outbox.close(RESTART.code, SERVICE_RESTART);
        }
    }
}

impl EventSink for Hub {
    fn publish(&self, spec: &'static EventSpec, head: Arc<str>) {
        self.publish_where(spec, &head, |_| true);
    }

    fn publish_to(&self, spec: &'static EventSpec, cap: &'static str, head: Arc<str>) {
        self.publish_where(spec, &head, |conn| conn.caps.iter().any(|one| one == cap));
    }

    /// Those who follow the session hear it without a number, and once.
    fn publish_of(&self, spec: &'static EventSpec, session: &str, head: Arc<str>) {
        self.publish(spec, Arc::clone(&head));
        let Some(place) = self.place(spec) else {
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

fn may_hear(chain: &Chain, spec: &'static EventSpec) -> bool {
    authorize(chain, Action::Hear(spec), &Resource::Gateway).is_ok()
}

struct AllEvents(Vec<&'static EventSpec>);

impl EventVisitor for AllEvents {
    fn event<E: Event>(&mut self) {
        self.0.push(const { &E::SPEC });
    }
}

/// Counts a request while it lives.
pub(crate) struct InFlight<'a>(&'a AtomicU32);

impl<'a> InFlight<'a> {
    /// None if there is no room.
    pub(crate) fn begin(counter: &'a AtomicU32, most: usize) -> Option<Self> {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let room = |now: u32| (now < most).then_some(now + 1);
        counter
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, room)
            .ok()
            .map(|_| Self(counter))
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_has_a_bit() {
        let mut events = AllEvents(Vec::new());
        catalog::visit_all_events(&mut events);
        assert!(events.0.len() <= u64::BITS as usize, "widen `Conn::hears`");
    }
}
