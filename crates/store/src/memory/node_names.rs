//! Names of nodes, and the January list of paired names.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tidegate_core::SecretHash;
use tidegate_core::store::{NodeAsk, PairedName};

/// Names of nodes.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptNames {
    /// What the owner calls them.
    pub(super) given: BTreeMap<String, String>,
    /// In the order of arrival.
    asks: Vec<NodeAsk>,
    paired: BTreeMap<String, PairedName>,
}

impl KeptNames {
    pub(super) fn ask(
        &mut self,
        ask: NodeAsk,
        expired_before_ms: u64,
        max: u32,
    ) -> (NodeAsk, bool) {
        self.asks.retain(|kept| kept.at_ms >= expired_before_ms);
        if let Some(stored) = self.asks.iter().find(|kept| kept.node_id == ask.node_id) {
            return (stored.clone(), false);
        }
        self.asks.sort_by_key(|kept| kept.at_ms);
        let room = max.saturating_sub(1) as usize;
        let surplus = self.asks.len().saturating_sub(room);
        self.asks.drain(..surplus);
        self.asks.push(ask.clone());
        (ask, true)
    }

    pub(super) fn take(&mut self, request_id: &str) -> Option<NodeAsk> {
        let place = self
            .asks
            .iter()
            .position(|ask| ask.request_id == request_id)?;
        Some(self.asks.remove(place))
    }

    fn keep(&mut self, asked: NodeAsk, token: SecretHash, now_ms: u64) -> PairedName {
        let created_at_ms = self
            .paired
            .get(&asked.node_id)
            .map_or(now_ms, |known| known.created_at_ms);
        let paired = PairedName {
            node_id: asked.node_id.clone(),
            plate: asked.plate,
            token,
            created_at_ms,
            approved_at_ms: now_ms,
        };
        self.paired.insert(asked.node_id, paired.clone());
        paired
    }

    /// Names that asked after this time, newest first.
    pub(super) fn asking(&self, after_ms: u64) -> Vec<NodeAsk> {
        let asks = self.asks.iter().rev().filter(|ask| ask.at_ms > after_ms);
        let mut asks: Vec<_> = asks.cloned().collect();
        asks.sort_by_key(|ask| Reverse(ask.at_ms));
        asks
    }

    /// Names that were paired, newest first.
    pub(super) fn paired(&self) -> Vec<PairedName> {
        let mut paired: Vec<_> = self.paired.values().cloned().collect();
        paired.sort_by_key(|name| Reverse(name.approved_at_ms));
        paired
    }

    pub(super) fn pair(
        &mut self,
        request_id: &str,
        token: SecretHash,
        after_ms: u64,
        now_ms: u64,
    ) -> Option<PairedName> {
        let known = |ask: &NodeAsk| ask.request_id == request_id && ask.at_ms > after_ms;
        if !self.asks.iter().any(known) {
            return None;
        }
        let asked = self.take(request_id)?;
        Some(self.keep(asked, token, now_ms))
    }
}
