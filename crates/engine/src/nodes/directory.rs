//! Who is connected, and which commands they are at work on. A command is bound to the connection
//! that it is sent to; whoever takes it out of the list ends it, so it ends once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::node::{CallEnding, NodeFacts, NodeLink, NodeRules, Offer};
use tidegate_protocol::{ConnId, DeviceId};
use tokio::sync::oneshot;

use super::bounds::OPEN_PER_NODE;
use super::checks::Checks;
use super::joins::Joins;
use super::live_node::LiveNode;
use super::tally::Counts;

/// A command that a connection is at work on.
struct Open {
    conn: ConnId,
    command: String,
    ended: oneshot::Sender<CallEnding>,
}

/// What became of an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// It ended so.
    Now,
    /// It is over already, or never was.
    Unknown,
    /// Another connection is at work on it.
    Foreign,
}

/// Why a command is not put on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotOpened {
    /// The connection is gone.
    Gone,
    /// It is at work on too much.
    Full,
}

#[derive(Default)]
struct State {
    /// The newest connection of each node.
    live: HashMap<DeviceId, Arc<LiveNode>>,
    open: HashMap<String, Open>,
    /// No command is taken any more.
    closed: bool,
}

/// Who is connected.
pub(crate) struct Directory {
    state: Mutex<State>,
    pub(super) rules: NodeRules,
    pub(super) checks: Checks,
    pub(super) joins: Joins,
    pub(super) counts: Counts,
}

impl Directory {
    pub(crate) fn new(rules: NodeRules) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            rules,
            checks: Checks::new(),
            joins: Joins::default(),
            counts: Counts::default(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a connection; it takes the place of an older one of the same node, whose commands go
    /// on until it ends.
    pub(super) fn join(
        &self,
        node: DeviceId,
        conn: ConnId,
        offered: (NodeFacts, Offer),
        link: Arc<dyn NodeLink>,
        since_ms: u64,
    ) -> Arc<LiveNode> {
        let live = Arc::new(LiveNode::new(node.clone(), conn, offered, link, since_ms));
        self.lock().live.insert(node, Arc::clone(&live));
        live
    }

    /// A connection is gone: its commands end, and it is taken from the list unless a newer one
    /// stands there.
    fn leave(&self, gone: &LiveNode) {
        let mut state = self.lock();
        if state
            .live
            .get(&gone.node)
            .is_some_and(|live| live.conn == gone.conn)
        {
            state.live.remove(&gone.node);
        }
        let ended: Vec<_> = state
            .open
            .extract_if(|_, open| open.conn == gone.conn)
            .collect();
        drop(state);
        for (_, open) in ended {
            let _ = open.ended.send(CallEnding::Disconnected);
        }
    }

    /// The newest connection of a node.
    pub(super) fn live(&self, node: &DeviceId) -> Option<Arc<LiveNode>> {
        self.lock().live.get(node).cloned()
    }

    /// Somebody approved that a node is sent this: it holds for the connection that it has.
    pub(crate) fn approve(&self, node: &DeviceId, offer: Offer) {
        if let Some(live) = self.live(node) {
            live.approve(offer);
        }
    }

    /// Every node that is connected.
    pub(super) fn all(&self) -> Vec<Arc<LiveNode>> {
        self.lock().live.values().cloned().collect()
    }

    /// Whether this is the newest connection of its node.
    pub(super) fn is_newest(&self, live: &LiveNode) -> bool {
        self.lock()
            .live
            .get(&live.node)
            .is_some_and(|newest| newest.conn == live.conn)
    }

    /// Binds a command to a connection, before it is sent.
    pub(super) fn open(
        &self,
        live: &LiveNode,
        id: &str,
        command: &str,
    ) -> Result<oneshot::Receiver<CallEnding>, NotOpened> {
        let mut state = self.lock();
        let newest = state.live.get(&live.node);
        if state.closed || newest.is_none_or(|newest| newest.conn != live.conn) {
            return Err(NotOpened::Gone);
        }
        let at_work = state
            .open
            .values()
            .filter(|open| open.conn == live.conn)
            .count();
        if at_work >= OPEN_PER_NODE {
            return Err(NotOpened::Full);
        }
        let (ended, end) = oneshot::channel();
        let open = Open {
            conn: live.conn.clone(),
            command: command.to_owned(),
            ended,
        };
        state.open.insert(id.to_owned(), open);
        Ok(end)
    }

    /// The command of this id, if this connection is at work on it.
    pub(super) fn command_of(&self, id: &str, conn: &ConnId) -> Result<String, Settled> {
        let state = self.lock();
        let open = state.open.get(id).ok_or(Settled::Unknown)?;
        if open.conn == *conn {
            Ok(open.command.clone())
        } else {
            Err(Settled::Foreign)
        }
    }

    /// Ends a command, if it has not ended.
    pub(super) fn settle(&self, id: &str, ending: CallEnding) -> Settled {
        let Some(open) = self.lock().open.remove(id) else {
            return Settled::Unknown;
        };
        let _ = open.ended.send(ending);
        Settled::Now
    }

    /// Takes a command off the list that was not sent.
    pub(super) fn forget(&self, id: &str) {
        self.lock().open.remove(id);
    }

    /// The gateway ends: so does every command.
    pub(crate) fn interrupt_all(&self) {
        let mut state = self.lock();
        state.closed = true;
        let open = std::mem::take(&mut state.open);
        drop(state);
        for (_, open) in open {
            let _ = open.ended.send(CallEnding::Interrupted);
        }
    }
}

/// A node is connected as long as this lives.
pub struct NodeGuard {
    directory: Arc<Directory>,
    live: Arc<LiveNode>,
}

impl NodeGuard {
    pub(super) const fn new(directory: Arc<Directory>, live: Arc<LiveNode>) -> Self {
        Self { directory, live }
    }
}

impl Drop for NodeGuard {
    fn drop(&mut self) {
        self.directory.leave(&self.live);
    }
}
