//! Commands of nodes.

use tidegate_core::node::CallEnding;
use tidegate_core::run::Once;
use tidegate_core::store::{
    CallBegun, CallState, KnownCall, NewNodeCall, NodeCall, WaitingCall, WaitingRoom,
};
use tidegate_protocol::DeviceId;

use super::state::once_key;

/// Commands, in the order of arrival.
#[derive(Debug, Clone, Default)]
pub(super) struct KeptCalls(Vec<KeptCall>);

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

impl KeptCalls {
    fn expire(&mut self, now_ms: u64) {
        for kept in &mut self.0 {
            if kept
                .waits()
                .is_some_and(|waits| waits.expires_at_ms <= now_ms)
            {
                kept.end(CallEnding::Expired, now_ms);
            }
        }
    }

    fn find(&mut self, id: &str) -> Option<&mut KeptCall> {
        self.0.iter_mut().find(|kept| kept.call.id == id)
    }

    fn has_room(&self, node: &DeviceId, more: &WaitingCall, room: WaitingRoom) -> bool {
        let waiting: Vec<_> = self
            .0
            .iter()
            .filter(|kept| kept.call.node == *node)
            .filter_map(KeptCall::waits)
            .collect();
        let bytes = |call: &WaitingCall| call.params.as_ref().map_or(0, String::len) as u64;
        let there: u64 = waiting.iter().map(|call| bytes(call)).sum();
        waiting.len() < room.calls as usize && there + bytes(more) <= room.bytes
    }

    pub(super) fn known(&self, once: &Once) -> Option<KnownCall> {
        let key = once_key(once);
        let kept = self.0.iter().find(|kept| kept.once == key)?;
        Some(if kept.params_hash == once.params_hash {
            KnownCall::Repeat(Box::new(kept.call.clone()))
        } else {
            KnownCall::KeyReused
        })
    }

    pub(super) fn begin(&mut self, call: NewNodeCall, room: WaitingRoom) -> CallBegun {
        self.expire(call.at_ms);
        if let Some(known) = self.known(&call.once) {
            return CallBegun::Known(known);
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
        self.0.push(KeptCall {
            call: NodeCall {
                id: call.id,
                node: call.node,
                command: call.command,
                by: call.once.principal,
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

    pub(super) fn next(&mut self, node: &DeviceId, now_ms: u64) -> Option<(NodeCall, WaitingCall)> {
        self.expire(now_ms);
        let kept = self
            .0
            .iter_mut()
            .find(|kept| kept.call.node == *node && kept.waits().is_some())?;
        let waits = kept.waits()?.clone();
        kept.call.state = CallState::Sent;
        Some((kept.call.clone(), waits))
    }

    pub(super) fn put_back(&mut self, id: &str) {
        if let Some(kept) = self.find(id)
            && kept.call.state == CallState::Sent
            && let Some(waits) = &kept.waits
        {
            kept.call.state = CallState::Waiting(waits.clone());
        }
    }

    pub(super) fn end(&mut self, id: &str, ending: CallEnding, now_ms: u64) -> bool {
        let open = |kept: &&mut KeptCall| !matches!(kept.call.state, CallState::Ended(_));
        let Some(kept) = self.find(id).filter(open) else {
            return false;
        };
        kept.end(ending, now_ms);
        true
    }

    pub(super) fn cancel(&mut self, id: &str, now_ms: u64) -> bool {
        let waits = self.find(id).is_some_and(|kept| kept.waits().is_some());
        waits && self.end(id, CallEnding::Cancelled, now_ms)
    }

    pub(super) fn recover(&mut self, now_ms: u64) -> u64 {
        let mut count = 0;
        for kept in &mut self.0 {
            if kept.call.state == CallState::Sent {
                kept.end(CallEnding::Interrupted, now_ms);
                count += 1;
            }
        }
        count
    }

    pub(super) fn prune(&mut self, ended_before_ms: u64) -> u64 {
        let before = self.0.len();
        let stays = |kept: &KeptCall| kept.ended_at_ms.is_none_or(|at| at >= ended_before_ms);
        self.0.retain(stays);
        (before - self.0.len()) as u64
    }

    pub(super) fn by_id(&self, id: &str) -> Option<NodeCall> {
        let kept = self.0.iter().find(|kept| kept.call.id == id)?;
        Some(kept.call.clone())
    }

    pub(super) fn waiting(&self, now_ms: u64) -> Vec<NodeCall> {
        let waits = |kept: &&KeptCall| kept.waits().is_some_and(|w| w.expires_at_ms > now_ms);
        let waiting = self.0.iter().filter(waits);
        waiting.map(|kept| kept.call.clone()).collect()
    }
}
