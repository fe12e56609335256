//! One connection, as everybody but its own task sees it.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use tidegate_core::{Chain, Principal, Standing};
use tidegate_outbox::Outbox;
use tidegate_protocol::close::POLICY;
use tidegate_protocol::version::Protocol;
use tidegate_protocol::{ConnId, Role, Scope, limits};
use tokio_util::sync::CancellationToken;

use super::audible::{Events, Heard, Place};
use super::counts::AnsweredFirst;
use super::joining::Joining;
use crate::follows::Follows;
use crate::ws::gauges::Gauges;

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
    /// Events that it may hear.
    hears: Heard,
    /// Sessions that it hears of beside that.
    follows: Follows,
}

impl Conn {
    /// From what it brings: its principal says what it hears.
    pub(super) fn new(joining: Joining, events: &Events) -> Self {
        let chain = Chain::of(joining.principal);
        let hears = events.heard_by(&chain);
        Self {
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
        }
    }

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

    /// Whether it hears this event, wherever it happens.
    pub(super) fn hears(&self, place: Place) -> bool {
        self.hears.has(place) && self.stands()
    }

    /// Whether it hears what happens in this session, and not what everybody hears.
    pub(super) fn hears_only(&self, place: Place, session: &str) -> bool {
        self.caller().role == Role::Node
            && !self.hears.has(place)
            && self.stands()
            && self.follows.has(session)
    }

    /// Whether it said that it can do something with this.
    pub(super) fn has_cap(&self, cap: &str) -> bool {
        self.caps.iter().any(|one| one == cap)
    }

    /// Whether what it was admitted with still holds.
    pub(crate) fn stands(&self) -> bool {
        Standing::holds(self.standing.as_ref())
    }

    /// See [`crate::rpc::call::Call::answered_first`].
    pub(crate) fn answered_first(&self) -> AnsweredFirst<'_> {
        AnsweredFirst::begin(&self.answered_first)
    }

    /// Its right is gone: it ends now, or after the answer to the request that took it away.
    pub(super) fn cut(&self, why: &'static str) {
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
