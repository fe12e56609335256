//! From an HTTP request to a WebSocket: the 101 answer by hand, then the stream back from hyper.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use axum::http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, Version};
use bytes::Bytes;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

#[cfg(feature = "conformance")]
use super::conformance;
use super::gauges::Gauges;
use super::handshake::{self, Arrival};
use super::meter::Meter;
use super::scan::Limits;
use super::socket::Socket;
use crate::auth::locality::Locality;
use crate::http::plain;
use crate::listen::Peer;
use crate::state::Shared;
use crate::tls::Io;

/// Whether a request wants a WebSocket.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    has_word(headers, &UPGRADE, "websocket")
}

fn has_word(headers: &HeaderMap, name: &HeaderName, word: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(word))
}

/// Answers an upgrade request and lets the connection begin.
pub(crate) fn upgrade(
    shared: Arc<Shared>,
    peer: Peer,
    locality: Locality,
    mut request: Request<Body>,
) -> Response<Body> {
    let (upgraded, response) = match accept(&mut request) {
        Ok(accepted) => accepted,
        Err(refused) => return *refused,
    };
    let tasks = shared.tasks.clone();
    #[cfg(feature = "conformance")]
    if request.uri().path() == conformance::PATH {
        tasks.spawn(conformance::serve(shared, upgraded));
        return response;
    }
    tasks.spawn(begin(shared, peer, locality, upgraded));
    response
}

/// Takes an upgrade request as one: the stream that will come, and the 101. The error is what is
/// wrong with it.
pub(crate) fn accept(
    request: &mut Request<Body>,
) -> Result<(OnUpgrade, Response<Body>), Box<Response<Body>>> {
    let refuse = |status, text| Err(Box::new(plain(status, text)));
    let headers = request.headers();
    let good = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && has_word(headers, &CONNECTION, "upgrade");
    if !good {
        return refuse(
            StatusCode::BAD_REQUEST,
            "this is not a WebSocket handshake of HTTP/1.1",
        );
    }
    if headers
        .get(SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        return refuse(
            StatusCode::UPGRADE_REQUIRED,
            "WebSocket version 13 is spoken here",
        );
    }
    let Some(key) = headers
        .get(SEC_WEBSOCKET_KEY)
        .map(|key| derive_accept_key(key.as_bytes()))
    else {
        return refuse(StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing");
    };
    match request.extensions_mut().remove::<OnUpgrade>() {
        Some(upgraded) => Ok((upgraded, switching(key))),
        None => refuse(
            StatusCode::BAD_REQUEST,
            "this connection cannot be upgraded",
        ),
    }
}

fn switching(key: String) -> Response<Body> {
    Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_ACCEPT, key)
        .body(Body::empty())
        .unwrap_or_default()
}

async fn begin(shared: Arc<Shared>, peer: Peer, locality: Locality, upgraded: OnUpgrade) {
    let Some((socket, gauges)) = open(&shared, upgraded, Limits::PRE_AUTH).await else {
        return;
    };
    handshake::run(Arrival {
        shared,
        peer,
        locality,
        socket,
        gauges,
    })
    .await;
}

/// Takes the stream back from hyper once the 101 is out. `None` if the peer is gone.
pub(crate) async fn open(
    shared: &Shared,
    upgraded: OnUpgrade,
    limits: Limits,
) -> Option<(Socket, Arc<Gauges>)> {
    let upgraded = upgraded.await.ok()?;
    let Ok(parts) = upgraded.downcast::<TokioIo<Io>>() else {
        tracing::error!("an upgraded connection is of an unknown kind");
        return None;
    };
    let gauges = Arc::new(Gauges::default());
    let meter = Meter::new(
        parts.io.into_inner(),
        // A copy: the original, empty as a rule, would keep hyper's 8 KiB alive with the connection.
        Bytes::copy_from_slice(&parts.read_buf),
        limits,
        Arc::clone(&shared.large_inbound),
        Arc::clone(&gauges),
    );
    let socket = Socket::new(meter, Arc::clone(&gauges)).await;
    Some((socket, gauges))
}
