//! What is kept of nodes: their commands, and their names.

use async_trait::async_trait;
use tidegate_core::SecretHash;
use tidegate_core::node::CallEnding;
use tidegate_core::run::Once;
use tidegate_core::store::{
    CallBegun, KnownCall, NewNodeCall, NodeAsk, NodeCall, NodeStore, PairedName, StoreError,
    WaitingCall, WaitingRoom,
};
use tidegate_protocol::DeviceId;

use super::node_calls::KeptCalls;
use super::node_names::KeptNames;
use super::state::MemoryStore;

/// What is kept of nodes.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptNodes {
    calls: KeptCalls,
    names: KeptNames,
}

#[async_trait]
impl NodeStore for MemoryStore {
    async fn begin_call(
        &self,
        call: NewNodeCall,
        room: WaitingRoom,
    ) -> Result<CallBegun, StoreError> {
        Ok(self.state().nodes.calls.begin(call, room))
    }

    async fn find_call(&self, once: &Once) -> Result<Option<KnownCall>, StoreError> {
        Ok(self.state().nodes.calls.known(once))
    }

    async fn end_call(
        &self,
        id: &str,
        ending: CallEnding,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        Ok(self.state().nodes.calls.end(id, ending, now_ms))
    }

    async fn next_call(
        &self,
        node: &DeviceId,
        now_ms: u64,
    ) -> Result<Option<(NodeCall, WaitingCall)>, StoreError> {
        Ok(self.state().nodes.calls.next(node, now_ms))
    }

    async fn put_back(&self, id: &str) -> Result<(), StoreError> {
        self.state().nodes.calls.put_back(id);
        Ok(())
    }

    async fn call(&self, id: &str) -> Result<Option<NodeCall>, StoreError> {
        Ok(self.state().nodes.calls.by_id(id))
    }

    async fn waiting_calls(&self, now_ms: u64) -> Result<Vec<NodeCall>, StoreError> {
        Ok(self.state().nodes.calls.waiting(now_ms))
    }

    async fn cancel_call(&self, id: &str, now_ms: u64) -> Result<bool, StoreError> {
        Ok(self.state().nodes.calls.cancel(id, now_ms))
    }

    async fn recover_calls(&self, now_ms: u64) -> Result<u64, StoreError> {
        Ok(self.state().nodes.calls.recover(now_ms))
    }

    async fn prune_calls(&self, ended_before_ms: u64) -> Result<u64, StoreError> {
        Ok(self.state().nodes.calls.prune(ended_before_ms))
    }

    async fn name_node(&self, node_id: &str, name: &str) -> Result<(), StoreError> {
        let given = &mut self.state().nodes.names.given;
        given.insert(node_id.to_owned(), name.to_owned());
        Ok(())
    }

    async fn node_names(&self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(self.state().nodes.names.given.clone().into_iter().collect())
    }

    async fn ask_pairing(
        &self,
        ask: NodeAsk,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<(NodeAsk, bool), StoreError> {
        let names = &mut self.state().nodes.names;
        Ok(names.ask(ask, expired_before_ms, max_pending))
    }

    async fn pairing_asks(&self, after_ms: u64) -> Result<Vec<NodeAsk>, StoreError> {
        Ok(self.state().nodes.names.asking(after_ms))
    }

    async fn paired_names(&self) -> Result<Vec<PairedName>, StoreError> {
        Ok(self.state().nodes.names.paired())
    }

    async fn pair_name(
        &self,
        request_id: &str,
        token: SecretHash,
        after_ms: u64,
        now_ms: u64,
    ) -> Result<Option<PairedName>, StoreError> {
        let names = &mut self.state().nodes.names;
        Ok(names.pair(request_id, token, after_ms, now_ms))
    }

    async fn refuse_name(&self, request_id: &str) -> Result<Option<String>, StoreError> {
        let asked = self.state().nodes.names.take(request_id);
        Ok(asked.map(|ask| ask.node_id))
    }
}
