//! Accepting connections. What an unknown peer may cost is bounded here: so many sockets, so much
//! time for a head, and the oldest unknown socket of a peer gives way to its newest, so that a
//! flood from one address cannot keep the owner at that address out (SECURITY T56).

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper_util::rt::{TokioIo, TokioTimer};
use tidegate_core::Events;
use tidegate_protocol::Nullable;
use tidegate_protocol::api::connect::{Shutdown, ShuttingDown, Tick, Ticked};
use tidegate_protocol::limits::TICK_INTERVAL_MS;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::auth::limiter::group;
use crate::http;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::state::Shared;
use crate::tls::{Io, Tls, secure};
use crate::ws::sweep;

/// Time for a complete HTTP head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// Unknown sockets of one peer, and of all (SECURITY T56).
const PRE_AUTH_PER_PEER: usize = 64;
const PRE_AUTH_TOTAL: usize = 512;
/// Pause after the system had no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// Time for the last frames after the drain.
const FLUSH: Duration = Duration::from_millis(1_500);
/// Headers of a request.
const MAX_HEADERS: usize = 64;
/// Bytes of a head.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Where a connection comes from; an extension of each of its requests.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) addr: SocketAddr,
    pub(crate) ticket: Arc<PreAuthTicket>,
}

pub(crate) async fn serve(
    shared: Arc<Shared>,
    listeners: Vec<std::net::TcpListener>,
    canvas_listeners: Vec<std::net::TcpListener>,
    stop: CancellationToken,
    drain: Duration,
) -> io::Result<()> {
    let accepting = CancellationToken::new();
    if let Some(canvas) = &shared.config.canvas {
        canvas.listens(&listeners, &canvas_listeners);
    }
    let canvas = http::canvas_router(Arc::clone(&shared));
    begin(&shared, canvas_listeners, &canvas, &accepting)?;
    let router = http::router(Arc::clone(&shared));
    begin(&shared, listeners, &router, &accepting)?;
    let keepers = CancellationToken::new();
    shared
        .tasks
        .spawn(tick(Arc::clone(&shared.hub), keepers.clone()));
    shared
        .tasks
        .spawn(sweep::keep(Arc::clone(&shared), keepers.clone()));
    stop.cancelled().await;
    accepting.cancel();
    let events = Events::new(Arc::clone(&shared.hub) as Arc<dyn tidegate_core::EventSink>);
    events.publish::<ShuttingDown>(&Shutdown {
        reason: "gateway stopping".into(),
        restart_expected_ms: Nullable(None),
    });
    let (answers, _) = shared.engine.run_load();
    if answers > 0 {
        let seconds = drain.as_secs();
        tracing::warn!(
            answers,
            "waiting up to {seconds} s for answers at work; a second signal ends them"
        );
    }
    shared.engine.drain(drain).await;
    keepers.cancel();
    shared.hub.close_all();
    shared.pre_auth.end_all();
    shared.tasks.close();
    let _ = tokio::time::timeout(FLUSH, shared.tasks.wait()).await;
    Ok(())
}

/// Accepts on every listener until it is told not to.
fn begin(
    shared: &Arc<Shared>,
    listeners: Vec<std::net::TcpListener>,
    router: &axum::Router,
    accepting: &CancellationToken,
) -> io::Result<()> {
    for listener in listeners {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        shared.tasks.spawn(accept(
            Arc::clone(shared),
            listener,
            router.clone(),
            accepting.clone(),
        ));
    }
    Ok(())
}

async fn tick(hub: Arc<Hub>, stop: CancellationToken) {
    let events = Events::new(Arc::clone(&hub) as Arc<dyn tidegate_core::EventSink>);
    let mut every = tokio::time::interval(Duration::from_millis(TICK_INTERVAL_MS));
    every.tick().await;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = every.tick() => events.publish::<Ticked>(&Tick { ts: hub.now_ms() }),
        }
    }
}

async fn accept(
    shared: Arc<Shared>,
    listener: TcpListener,
    router: axum::Router,
    stop: CancellationToken,
) {
    let tls = shared.config.tls.as_ref().map(Tls::acceptor);
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, addr)) => {
                shared.metrics.tcp_accepted.inc();
                let ticket = shared.pre_auth.admit(addr.ip());
                let peer = Peer {
                    addr,
                    ticket: Arc::new(ticket),
                };
                shared.tasks.spawn(connection(
                    Arc::clone(&shared.metrics),
                    stream,
                    tls.clone(),
                    peer,
                    router.clone(),
                ));
            }
            Err(error) => {
                tracing::warn!(error = %error, "accept failed; trying again");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves a connection until it ends, is upgraded, or must give way. The TLS handshake belongs to
/// it: it holds up nobody else, and counts among the unknown.
async fn connection(
    metrics: Arc<Metrics>,
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    peer: Peer,
    router: axum::Router,
) {
    let _ = stream.set_nodelay(true);
    let ended = peer.ticket.ended.clone();
    let serving = async {
        match secure(stream, tls.as_ref()).await {
            Some(io) => http(io, peer, router).await,
            None => metrics.refused("tls"),
        }
    };
    tokio::select! {
        () = serving => {}
        () = ended.cancelled() => {}
    }
}

/// Speaks HTTP/1.1 until the connection ends or is upgraded.
async fn http(stream: Io, peer: Peer, router: axum::Router) {
    let service =
        hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(peer.clone());
            let mut router = router.clone();
            async move {
                tower_service::Service::call(&mut router, request.map(axum::body::Body::new)).await
            }
        });
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let _ = serving.await;
}

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

    fn admit(&self, peer: IpAddr) -> PreAuthTicket {
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
    fn end_all(&self) {
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
