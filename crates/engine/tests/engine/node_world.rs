//! Nodes to test with: connections that remember what they were sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_core::ScopeSet;
use tidegate_core::node::{CallEnding, LinkBusy, NodeFacts, NodeLink, Offer};
use tidegate_core::run::Once;
use tidegate_core::store::DeviceLabel;
use tidegate_engine::{
    DeviceClaim, Engine, Invoke, Invoked, Joined, NodeAnswer, NodeError, NodeGuard,
};
use tidegate_protocol::{ConnId, DeviceId, Role};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Frames that one connection keeps until the test looks.
const FRAMES: usize = 1_024;

/// One connection of a node.
pub(crate) struct Node {
    pub(crate) id: DeviceId,
    pub(crate) conn: ConnId,
    engine: Engine,
    sent: mpsc::Receiver<Value>,
    pub(crate) busy: Arc<AtomicBool>,
    guard: Option<NodeGuard>,
}

struct Link {
    sent: mpsc::Sender<Value>,
    busy: Arc<AtomicBool>,
}

impl NodeLink for Link {
    fn send(&self, head: Arc<str>) -> Result<(), LinkBusy> {
        if self.busy.load(Ordering::Relaxed) {
            return Err(LinkBusy);
        }
        let frame: Value = serde_json::from_str(&format!("{head}}}")).unwrap();
        assert_eq!(frame["event"], "node.invoke.request");
        self.sent
            .try_send(frame["payload"].clone())
            .map_err(|_| LinkBusy)
    }
}

/// What a Linux machine with these commands says of itself.
pub(crate) fn linux(commands: &[&str]) -> NodeFacts {
    NodeFacts {
        display_name: Some("Box".into()),
        platform: Some("linux".into()),
        declared: NodeFacts::words(commands.iter().map(|word| (*word).to_owned())),
        ..NodeFacts::default()
    }
}

pub(crate) const COMMANDS: &[&str] = &["system.run", "system.which", "system.notify"];

impl Node {
    pub(crate) fn join(engine: &Engine, name: &str, conn: &str) -> Self {
        Self::join_as(engine, name, conn, linux(COMMANDS))
    }

    pub(crate) fn join_as(engine: &Engine, name: &str, conn: &str, facts: NodeFacts) -> Self {
        let approved = facts.offer();
        Self::join_with(engine, name, conn, facts, approved)
    }

    /// A node that offers something, of which somebody approved something.
    pub(crate) fn join_with(
        engine: &Engine,
        name: &str,
        conn: &str,
        facts: NodeFacts,
        approved: Offer,
    ) -> Self {
        let (sender, sent) = mpsc::channel(FRAMES);
        let busy = Arc::<AtomicBool>::default();
        let link = Arc::new(Link {
            sent: sender,
            busy: Arc::clone(&busy),
        });
        let (id, conn) = (DeviceId::new(name), ConnId::new(conn));
        let nodes = engine.nodes();
        let guard = nodes.join(id.clone(), conn.clone(), facts, approved, link);
        Self {
            id,
            conn,
            engine: engine.clone(),
            sent,
            busy,
            guard: Some(guard),
        }
    }

    /// The next command that it is sent.
    pub(crate) async fn next(&mut self) -> Value {
        let next = tokio::time::timeout(Duration::from_hours(1), self.sent.recv()).await;
        next.expect("no command came").unwrap()
    }

    /// Commands that came and were not looked at.
    pub(crate) fn came(&mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.sent.try_recv().ok()).collect()
    }

    /// Answers over this connection.
    pub(crate) fn answer(&self, id: &Value, payload: Value) -> bool {
        let answer = done(id.as_str().unwrap(), payload);
        self.engine.nodes().answer(&self.conn, &self.id, answer)
    }

    pub(crate) fn leave(&mut self) {
        self.guard = None;
    }
}

pub(crate) fn done(id: &str, payload: Value) -> NodeAnswer {
    NodeAnswer {
        id: id.into(),
        ok: true,
        payload,
        payload_json: Value::Null,
        failure: (None, None),
    }
}

/// `system.which` for this node; the key is also the params' hash.
pub(crate) fn which(node: &str, key: &str) -> Invoke {
    Invoke {
        node: DeviceId::new(node),
        command: "system.which".into(),
        params: json!({ "bins": ["ls"] }),
        timeout: None,
        once: Once {
            principal: "owner".into(),
            method: "node.invoke",
            key: key.into(),
            params_hash: key.into(),
        },
        queue: false,
        approved: None,
        cancel: CancellationToken::new(),
    }
}

/// What a good `system.which` answers.
pub(crate) fn found() -> Value {
    json!({ "bins": { "ls": "/bin/ls" } })
}

/// Asks in a task of its own.
pub(crate) fn ask(
    engine: &Engine,
    invoke: Invoke,
) -> tokio::task::JoinHandle<Result<Invoked, NodeError>> {
    let nodes = engine.nodes();
    TaskTracker::new().spawn(async move { nodes.invoke(invoke).await })
}

/// The end of what was asked.
pub(crate) fn ending(invoked: Result<Invoked, NodeError>) -> CallEnding {
    match invoked {
        Ok(Invoked::Ended(ending)) => (*ending).clone(),
        other => panic!("{other:?}"),
    }
}

/// Pairs the device as a node.
pub(crate) async fn pair(engine: &Engine, name: &str) {
    let claim = DeviceClaim {
        id: DeviceId::new(name),
        public_key: [7; 32],
        label: DeviceLabel {
            display_name: Some(name.to_uppercase()),
            platform: Some("linux".into()),
            ..DeviceLabel::default()
        },
        role: Role::Node,
        requested: ScopeSet::EMPTY,
        offer: None,
    };
    engine.admit(claim, Joined::Owner).await.unwrap();
}
