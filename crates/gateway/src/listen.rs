//! Accepting connections. What an unknown peer may cost is bounded: so much time for a head here, so
//! many sockets in `pre_auth`, so many handshakes in `tls`.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::{TokioIo, TokioTimer};
use tidegate_core::Events;
use tidegate_protocol::Nullable;
use tidegate_protocol::api::connect::{Shutdown, ShuttingDown, Tick, Ticked};
use tidegate_protocol::limits::TICK_INTERVAL_MS;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::http::{self, Turns};
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::pre_auth::PreAuthTicket;
use crate::state::Shared;
use crate::tls::{Io, Tls, secure};
use crate::ws::sweep;

/// Time for a complete HTTP head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
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
    /// Cancelled when the answer to this request was taken: the next one came, or the connection
    /// ended.
    pub(crate) taken: CancellationToken,
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
                if tls.is_some() && !shared.handshakes.begin(addr.ip()) {
                    shared.metrics.refused("tls-rate");
                    continue;
                }
                let ticket = shared.pre_auth.admit(addr.ip());
                let peer = Peer {
                    addr,
                    ticket: Arc::new(ticket),
                    taken: CancellationToken::new(),
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
    let turns = Turns::default();
    let service =
        hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
            let peer = Peer {
                taken: turns.begin(),
                ..peer.clone()
            };
            request.extensions_mut().insert(peer);
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
