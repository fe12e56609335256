//! Commands of nodes, names of nodes, and the January list of paired names.

use std::collections::BTreeMap;

use async_trait::async_trait;
use tidegate_core::SecretHash;
use tidegate_core::node::CallEnding;
use tidegate_core::run::Once;
use tidegate_core::store::{
    CallBegun, CallState, NewNodeCall, NodeAsk, NodeCall, NodeStore, PairedName, StoreError,
    WaitingCall, WaitingRoom,
};
use tidegate_protocol::DeviceId;

use super::state::{MemoryStore, State, once_key};

/// What is kept of nodes.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptNodes {
    /// In the order of arrival.
    calls: Vec<KeptCall>,
    names: BTreeMap<String, String>,
    /// In the order of arrival.
    asks: Vec<NodeAsk>,
    paired: BTreeMap<String, PairedName>,
}

#[derive(Debug, Clone)]
struct KeptCall {
    call: NodeCall,
    once: (String, &'static str, String),
    params_hash: String,
    /// What it waited with, if it did.
    waits: Option<WaitingCall>,
    ended_at_ms: Option<u64>,
}

impl KeptCall {
    fn end(&mut self, ending: CallEnding, now_ms: u64) {
        self.call.state = CallState::Ended(ending);
        self.ended_at_ms = Some(now_ms);
    }

    fn waits(&self) -> Option<&WaitingCall> {
        match &self.call.state {
            CallState::Waiting(waits) => Some(waits),
            CallState::Sent | CallState::Ended(_) => None,
        }
    }
}

impl KeptNodes {
    fn expire(&mut self, now_ms: u64) {
        for kept in &mut self.calls {
            if kept
                .waits()
                .is_some_and(|waits| waits.expires_at_ms <= now_ms)
            {
                kept.end(CallEnding::Expired, now_ms);
            }
        }
    }

    fn find(&mut self, id: &str) -> Option<&mut KeptCall> {
        self.calls.iter_mut().find(|kept| kept.call.id == id)
    }

    fn has_room(&self, node: &DeviceId, more: &WaitingCall, room: WaitingRoom) -> bool {
        let waiting: Vec<_> = self
            .calls
            .iter()
            .filter(|kept| kept.call.node == *node)
            .filter_map(KeptCall::waits)
            .collect();
        let bytes = |call: &WaitingCall| call.params.as_ref().map_or(0, String::len) as u64;
        let there: u64 = waiting.iter().map(|call| bytes(call)).sum();
        waiting.len() < room.calls as usize && there + bytes(more) <= room.bytes
    }

    fn known(&self, once: &Once) -> Option<CallBegun> {
        let key = once_key(once);
        let kept = self.calls.iter().find(|kept| kept.once == key)?;
        Some(if kept.params_hash == once.params_hash {
            CallBegun::Repeat(kept.call.clone())
        } else {
            CallBegun::KeyReused
        })
    }

    fn begin(&mut self, call: NewNodeCall, room: WaitingRoom) -> CallBegun {
        self.expire(call.at_ms);
        if let Some(known) = self.known(&call.once) {
            return known;
        }
        let once = once_key(&call.once);
        if let Some(waits) = &call.waits
            && !self.has_room(&call.node, waits, room)
        {
            return CallBegun::NoRoom;
        }
        let state = match &call.waits {
            Some(waits) => CallState::Waiting(waits.clone()),
            None => CallState::Sent,
        };
        self.calls.push(KeptCall {
            call: NodeCall {
                id: call.id,
                node: call.node,
                command: call.command,
                key: call.once.key,
                at_ms: call.at_ms,
                state,
            },
            once,
            params_hash: call.once.params_hash,
            waits: call.waits,
            ended_at_ms: None,
        });
        CallBegun::New
    }

    fn next(&mut self, node: &DeviceId, now_ms: u64) -> Option<(NodeCall, WaitingCall)> {
        self.expire(now_ms);
        let kept = self
            .calls
            .iter_mut()
            .find(|kept| kept.call.node == *node && kept.waits().is_some())?;
        let waits = kept.waits()?.clone();
        kept.call.state = CallState::Sent;
        Some((kept.call.clone(), waits))
    }

    fn put_back(&mut self, id: &str) {
        if let Some(kept) = self.find(id)
            && kept.call.state == CallState::Sent
            && let Some(waits) = &kept.waits
        {
            kept.call.state = CallState::Waiting(waits.clone());
        }
    }

    fn ask(&mut self, ask: NodeAsk, expired_before_ms: u64, max: u32) -> (NodeAsk, bool) {
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

    fn take(&mut self, request_id: &str) -> Option<NodeAsk> {
        let place = self
            .asks
            .iter()
            .position(|ask| ask.request_id == request_id)?;
        Some(self.asks.remove(place))
    }

    fn pair(&mut self, asked: NodeAsk, token: SecretHash, now_ms: u64) -> PairedName {
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
}

impl State {
    fn end_call(&mut self, id: &str, ending: CallEnding, now_ms: u64) -> bool {
        let open = |kept: &&mut KeptCall| !matches!(kept.call.state, CallState::Ended(_));
        let Some(kept) = self.nodes.find(id).filter(open) else {
            return false;
        };
        kept.end(ending, now_ms);
        true
    }
}

#[async_trait]
impl NodeStore for MemoryStore {
    async fn begin_call(
        &self,
        call: NewNodeCall,
        room: WaitingRoom,
    ) -> Result<CallBegun, StoreError> {
        Ok(self.state().nodes.begin(call, room))
    }

    async fn find_call(&self, once: &Once) -> Result<Option<CallBegun>, StoreError> {
        Ok(self.state().nodes.known(once))
    }

    async fn end_call(
        &self,
        id: &str,
        ending: CallEnding,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        Ok(self.state().end_call(id, ending, now_ms))
    }

    async fn next_call(
        &self,
        node: &DeviceId,
        now_ms: u64,
    ) -> Result<Option<(NodeCall, WaitingCall)>, StoreError> {
        Ok(self.state().nodes.next(node, now_ms))
    }

    async fn put_back(&self, id: &str) -> Result<(), StoreError> {
        self.state().nodes.put_back(id);
        Ok(())
    }

    async fn call(&self, id: &str) -> Result<Option<NodeCall>, StoreError> {
        let mut state = self.state();
        Ok(state.nodes.find(id).map(|kept| kept.call.clone()))
    }

    async fn waiting_calls(&self, now_ms: u64) -> Result<Vec<NodeCall>, StoreError> {
        let state = self.state();
        let waits = |kept: &&KeptCall| kept.waits().is_some_and(|w| w.expires_at_ms > now_ms);
        let waiting = state.nodes.calls.iter().filter(waits);
        Ok(waiting.map(|kept| kept.call.clone()).collect())
    }

    async fn cancel_call(&self, id: &str, now_ms: u64) -> Result<bool, StoreError> {
        let mut state = self.state();
        let waits = state
            .nodes
            .find(id)
            .is_some_and(|kept| kept.waits().is_some());
        Ok(waits && state.end_call(id, CallEnding::Cancelled, now_ms))
    }

    async fn recover_calls(&self, now_ms: u64) -> Result<u64, StoreError> {
        let mut state = self.state();
        let sent = state
            .nodes
            .calls
            .iter_mut()
            .filter(|kept| kept.call.state == CallState::Sent);
        let mut count = 0;
        for kept in sent {
            kept.end(CallEnding::Interrupted, now_ms);
            count += 1;
        }
        Ok(count)
    }

    async fn prune_calls(&self, ended_before_ms: u64) -> Result<u64, StoreError> {
        let mut state = self.state();
        let before = state.nodes.calls.len();
        let stays = |kept: &KeptCall| kept.ended_at_ms.is_none_or(|at| at >= ended_before_ms);
        state.nodes.calls.retain(stays);
        Ok((before - state.nodes.calls.len()) as u64)
    }

    async fn name_node(&self, node_id: &str, name: &str) -> Result<(), StoreError> {
        let mut state = self.state();
        state
            .nodes
            .names
            .insert(node_id.to_owned(), name.to_owned());
        Ok(())
    }

    async fn node_names(&self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(self.state().nodes.names.clone().into_iter().collect())
    }

    async fn ask_pairing(
        &self,
        ask: NodeAsk,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<(NodeAsk, bool), StoreError> {
        Ok(self.state().nodes.ask(ask, expired_before_ms, max_pending))
    }

    async fn pairing_asks(&self, after_ms: u64) -> Result<Vec<NodeAsk>, StoreError> {
        let mut asks = self.state().nodes.asks.clone();
        asks.retain(|ask| ask.at_ms > after_ms);
        asks.reverse();
        asks.sort_by_key(|ask| std::cmp::Reverse(ask.at_ms));
        Ok(asks)
    }

    async fn paired_names(&self) -> Result<Vec<PairedName>, StoreError> {
        let mut paired: Vec<_> = self.state().nodes.paired.values().cloned().collect();
        paired.sort_by_key(|name| std::cmp::Reverse(name.approved_at_ms));
        Ok(paired)
    }

    async fn pair_name(
        &self,
        request_id: &str,
        token: SecretHash,
        after_ms: u64,
        now_ms: u64,
    ) -> Result<Option<PairedName>, StoreError> {
        let mut state = self.state();
        let known = |ask: &NodeAsk| ask.request_id == request_id && ask.at_ms > after_ms;
        if !state.nodes.asks.iter().any(known) {
            return Ok(None);
        }
        let asked = state.nodes.take(request_id);
        Ok(asked.map(|asked| state.nodes.pair(asked, token, now_ms)))
    }

    async fn refuse_name(&self, request_id: &str) -> Result<Option<String>, StoreError> {
        let asked = self.state().nodes.take(request_id);
        Ok(asked.map(|ask| ask.node_id))
    }
}
