//! Room for sockets of peers that are not known yet. The oldest unknown socket of a peer gives way to
//! its newest, so that a flood from one address cannot keep the owner at that address out (SECURITY
//! T56).

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::auth::limiter::group;
use crate::metrics::Metrics;

/// Unknown sockets of one peer, and of all (SECURITY T56).
const PRE_AUTH_PER_PEER: usize = 64;
const PRE_AUTH_TOTAL: usize = 512;

/// The sockets of peers that are not known yet.
pub(crate) struct PreAuth {
    state: Arc<Mutex<PreAuthState>>,
    metrics: Arc<Metrics>,
}

#[derive(Default)]
struct PreAuthState {
    next: u64,
    total: usize,
    peers: HashMap<IpAddr, VecDeque<(u64, CancellationToken)>>,
}

/// One place among the unknown; given back when the peer is known or gone.
pub(crate) struct PreAuthTicket {
    state: Arc<Mutex<PreAuthState>>,
    peer: IpAddr,
    number: u64,
    /// The socket must end.
    pub(crate) ended: CancellationToken,
}

fn lock(state: &Mutex<PreAuthState>) -> MutexGuard<'_, PreAuthState> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl PreAuth {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            state: Arc::default(),
            metrics,
        }
    }

    /// A place for a new socket; the oldest unknown one of its peer gives way, or of the peer that
    /// has most.
    pub(crate) fn admit(&self, peer: IpAddr) -> PreAuthTicket {
        let peer = group(peer);
        let mut state = lock(&self.state);
        state.next += 1;
        let number = state.next;
        let ended = CancellationToken::new();
        let own_full = state
            .peers
            .get(&peer)
            .is_some_and(|sockets| sockets.len() >= PRE_AUTH_PER_PEER);
        if own_full {
            state.evict(peer);
            self.metrics.refused("room");
        } else if state.total >= PRE_AUTH_TOTAL {
            let fullest = state
                .peers
                .iter()
                .max_by_key(|(_, sockets)| sockets.len())
                .map(|(peer, _)| *peer);
            if let Some(fullest) = fullest {
                state.evict(fullest);
                self.metrics.refused("room");
            }
        }
        state
            .peers
            .entry(peer)
            .or_default()
            .push_back((number, ended.clone()));
        state.total += 1;
        PreAuthTicket {
            state: Arc::clone(&self.state),
            peer,
            number,
            ended,
        }
    }

    /// Ends every unknown socket; for the end of the gateway.
    pub(crate) fn end_all(&self) {
        for (_, ended) in lock(&self.state).peers.values().flatten() {
            ended.cancel();
        }
    }
}

impl PreAuthState {
    fn evict(&mut self, peer: IpAddr) {
        if let Some((_, ended)) = self.peers.get_mut(&peer).and_then(VecDeque::pop_front) {
            self.total -= 1;
            ended.cancel();
        }
    }

    fn remove(&mut self, peer: IpAddr, number: u64) {
        let Some(sockets) = self.peers.get_mut(&peer) else {
            return;
        };
        let before = sockets.len();
        sockets.retain(|(other, _)| *other != number);
        self.total -= before - sockets.len();
        if sockets.is_empty() {
            self.peers.remove(&peer);
        }
    }
}

impl PreAuthTicket {
    /// The peer is known now: its socket no longer counts and no longer gives way.
    pub(crate) fn known(&self) {
        lock(&self.state).remove(self.peer, self.number);
    }
}

impl Drop for PreAuthTicket {
    fn drop(&mut self) {
        self.known();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_one_subscriber_is_one_peer() {
        let pre_auth = PreAuth::new(Arc::new(Metrics::new()));
        let owner = pre_auth.admit(IpAddr::from([127, 0, 0, 1]));
        let flood = (0..=PRE_AUTH_TOTAL as u128).map(|n| {
            let address = 0x2001_0db8 << 96 | n;
            pre_auth.admit(IpAddr::from(address.to_be_bytes()))
        });
        let flood: Vec<_> = flood.collect();
        let open = flood.iter().filter(|ticket| !ticket.ended.is_cancelled());
        assert_eq!(open.count(), PRE_AUTH_PER_PEER);
        assert!(!owner.ended.is_cancelled());
    }
}
