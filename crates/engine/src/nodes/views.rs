//! Who the nodes are: those that are paired and those that are connected.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tidegate_core::node::{NodeFacts, NodeLink, Offer};
use tidegate_core::store::Device;
use tidegate_protocol::{ConnId, DeviceId, Role};

use super::Nodes;
use super::directory::NodeGuard;
use super::live_node::LiveNode;
use super::tally::NodeTally;
use crate::EngineError;

/// A node as it is shown.
#[derive(Debug, Clone, Default)]
pub struct NodeView {
    /// Its id.
    pub id: String,
    /// What it says of itself; of one that is away only what its device is known to be. The name
    /// is the one that the owner gave it, if there is one.
    pub facts: NodeFacts,
    /// Commands that it may be sent, sorted.
    pub commands: Vec<String>,
    /// Commands that it declares and that are not allowed, sorted.
    pub blocked: Vec<String>,
    /// Commands that it declares, that are allowed, and that nobody approved for it, sorted.
    pub unapproved: Vec<String>,
    /// Since when it is connected, in Unix milliseconds; none if it is away.
    pub connected_at_ms: Option<u64>,
    /// Whether its device is paired as a node.
    pub paired: bool,
    /// How many commands wait for it.
    pub waiting: u32,
}

impl Nodes {
    /// A node is connected as long as the answer lives; what waited for it is handed over. Whoever
    /// may decide is asked about what it offers beyond what was `approved`.
    pub fn join(
        &self,
        node: DeviceId,
        conn: ConnId,
        facts: NodeFacts,
        approved: Offer,
        link: Arc<dyn NodeLink>,
    ) -> NodeGuard {
        let now = self.0.now_ms();
        let offered = (facts, approved);
        let live = self.directory().join(node, conn, offered, link, now);
        self.ask_for_more(Arc::clone(&live));
        self.hand_over(Arc::clone(&live));
        NodeGuard::new(Arc::clone(self.directory()), live)
    }

    /// What nodes sent that nobody believed.
    pub fn tally(&self) -> NodeTally {
        self.directory().counts.read()
    }

    /// How many nodes are connected.
    pub fn connected(&self) -> usize {
        self.directory().all().len()
    }

    /// Every node: connected ones first, then by name, then by id.
    ///
    /// # Errors
    /// The store failed.
    pub async fn list(&self) -> Result<Vec<NodeView>, EngineError> {
        let mut nodes: BTreeMap<String, NodeView> = BTreeMap::new();
        for device in self.0.inner().devices.devices().await? {
            if is_node(&device) {
                nodes.insert(device.id.to_string(), away(&device));
            }
        }
        for live in self.directory().all() {
            let view = nodes.entry(live.node.to_string()).or_default();
            self.show(&live, view);
        }
        for (id, name) in self.given_names().await? {
            if let Some(view) = nodes.get_mut(&id) {
                view.facts.display_name = Some(name);
            }
        }
        let waiting = self.count_waiting().await?;
        let mut list: Vec<NodeView> = nodes.into_values().collect();
        for view in &mut list {
            view.waiting = waiting.get(&view.id).copied().unwrap_or(0);
        }
        list.sort_by_cached_key(|view| {
            let name = view.facts.display_name.as_deref().unwrap_or(&view.id);
            (view.connected_at_ms.is_none(), name.to_lowercase())
        });
        Ok(list)
    }

    /// One node.
    ///
    /// # Errors
    /// The store failed.
    pub async fn view(&self, id: &str) -> Result<Option<NodeView>, EngineError> {
        let list = self.list().await?;
        Ok(list.into_iter().find(|view| view.id == id))
    }

    fn show(&self, live: &LiveNode, view: &mut NodeView) {
        let (allowed, blocked) = self.directory().rules.split(&live.facts);
        let approved = |command: &String| live.is_approved(command);
        let (commands, unapproved) = allowed.into_iter().partition(approved);
        view.id = live.node.to_string();
        view.facts = live.facts.clone();
        view.commands = commands;
        view.blocked = blocked;
        view.unapproved = unapproved;
        view.connected_at_ms = Some(live.since_ms);
    }

    async fn count_waiting(&self) -> Result<HashMap<String, u32>, EngineError> {
        let mut counts = HashMap::new();
        for call in self.waiting(None).await? {
            *counts.entry(call.node.into_string()).or_insert(0) += 1;
        }
        Ok(counts)
    }
}

/// Whether the device is paired as a node, and may still be one.
pub(super) fn is_node(device: &Device) -> bool {
    device
        .grant(Role::Node)
        .is_some_and(|grant| grant.revoked_at_ms.is_none())
}

/// A node that is away, as far as its device is known.
fn away(device: &Device) -> NodeView {
    let label = &device.label;
    NodeView {
        id: device.id.to_string(),
        facts: NodeFacts {
            display_name: label.display_name.clone(),
            platform: label.platform.clone(),
            device_family: label.device_family.clone(),
            remote_ip: label.remote_ip.clone(),
            ..Default::default()
        },
        paired: true,
        ..Default::default()
    }
}
