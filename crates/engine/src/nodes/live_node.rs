//! One connection of a node: what it may be sent, and what it is believed.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::SessionKey;
use tidegate_core::node::{LinkBusy, NodeFacts, NodeLink, NodeRules, NotAllowed, Offer};
use tidegate_protocol::{ConnId, DeviceId};
use tokio::time::Instant;

use super::bounds::{RUN_GRACE, RUNS_PER_NODE};

/// One connection of a node.
pub struct LiveNode {
    /// The node: its device.
    pub node: DeviceId,
    /// The connection.
    pub conn: ConnId,
    /// What it says of itself.
    pub facts: NodeFacts,
    /// Since when, in Unix milliseconds.
    pub since_ms: u64,
    link: Arc<dyn NodeLink>,
    /// What somebody approved that it is sent.
    approved: Mutex<Offer>,
    /// Runs that this connection was given and that have not ended.
    runs: Mutex<VecDeque<Entrusted>>,
    /// Whoever hands it what waited; one at a time.
    pub(super) handing: tokio::sync::Mutex<()>,
}

impl LiveNode {
    pub(super) fn new(
        node: DeviceId,
        conn: ConnId,
        (facts, approved): (NodeFacts, Offer),
        link: Arc<dyn NodeLink>,
        since_ms: u64,
    ) -> Self {
        Self {
            node,
            conn,
            facts,
            since_ms,
            link,
            approved: Mutex::new(approved),
            runs: Mutex::default(),
            handing: tokio::sync::Mutex::default(),
        }
    }

    pub(super) fn send(&self, head: Arc<str>) -> Result<(), LinkBusy> {
        self.link.send(head)
    }

    /// Whether it may be sent this command: it declares it, the gateway allows it there, and
    /// somebody approved it.
    pub(super) fn may_be_sent(&self, rules: &NodeRules, command: &str) -> Result<(), NotAllowed> {
        rules.check(&self.facts, command)?;
        if self.is_approved(command) {
            return Ok(());
        }
        Err(NotAllowed::NotApproved)
    }

    /// Somebody approved this.
    pub(super) fn approve(&self, offer: Offer) {
        *self.approved() = offer;
    }

    fn approved(&self) -> MutexGuard<'_, Offer> {
        self.approved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether somebody approved that it is sent this.
    pub(super) fn is_approved(&self, command: &str) -> bool {
        self.facts.is_approved(&self.approved(), command)
    }

    /// What it offers, if that is more than somebody approved.
    pub(super) fn wider_offer(&self) -> Option<Offer> {
        let offer = self.facts.offer();
        (!offer.is_within(&self.approved())).then_some(offer)
    }

    fn runs(&self) -> MutexGuard<'_, VecDeque<Entrusted>> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, until it has ended and no longer than its time, events about this run are
    /// believed, and belong to this session.
    pub(super) fn entrust(&self, run_id: String, session: SessionKey, time: Duration) {
        let mut runs = self.runs();
        if runs.len() == RUNS_PER_NODE {
            runs.pop_front();
        }
        runs.push_back(Entrusted {
            run_id,
            session,
            until: Instant::now() + time + RUN_GRACE,
        });
    }

    /// The session of a run that this connection was given and that has not ended. What `ends` it
    /// is believed once.
    pub(super) fn session_of(&self, run_id: &str, ends: bool) -> Option<SessionKey> {
        let mut runs = self.runs();
        let now = Instant::now();
        runs.retain(|run| run.until > now);
        let at = runs.iter().position(|run| run.run_id == run_id)?;
        if ends {
            return runs.remove(at).map(|run| run.session);
        }
        runs.get(at).map(|run| run.session.clone())
    }
}

/// A run that a connection was given.
struct Entrusted {
    run_id: String,
    /// The session that is told of it.
    session: SessionKey,
    /// When nothing about it is believed any more, whether it was said to have ended or not.
    until: Instant,
}
