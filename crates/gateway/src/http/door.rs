//! The HTTP routes, on the same port. Host and Origin are checked before anything is routed, the
//! WebSocket upgrade included; whatever is not listed here is 404.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};

use super::{operations, page, tools, webhook};
use crate::auth::locality::{Locality, Refused, check};
use crate::canvas;
use crate::listen::Peer;
use crate::state::Shared;
use crate::ws::upgrade;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/healthz", get(operations::healthz))
        .route("/readyz", get(operations::readyz))
        .route("/metrics", get(operations::metrics))
        .route("/webhooks/{channel}/{account}", post(webhook::take))
        .route("/tools/invoke", post(tools::invoke))
        .route("/", get(page::index))
        .route("/{*path}", get(page::asset))
        .fallback(async || plain(StatusCode::NOT_FOUND, "Not Found"))
        .layer(from_fn_with_state(Arc::clone(&shared), door))
        .with_state(shared)
}

/// The first thing that every request meets.
async fn door(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let Some(peer) = request.extensions().get::<Peer>().cloned() else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "no peer");
    };
    if canvas::is_ours(request.uri().path()) {
        return canvas::answer(&shared, peer, canvas::Door::Gateway, request).await;
    }
    let config = &shared.config;
    let locality = match check(request.headers(), peer.addr, config.known()) {
        Ok(locality) => locality,
        Err(Refused::Host(host)) => {
            shared.metrics.refused("host");
            return unknown_host(&host, config.tls.is_some());
        }
        Err(Refused::Origin(_)) => {
            shared.metrics.refused("origin");
            return plain(
                StatusCode::FORBIDDEN,
                "A page of another origin may not talk to this gateway. If it is yours, list its origin in \
                 gateway.controlUi.allowedOrigins.",
            );
        }
    };
    if upgrade::is_wanted(request.headers()) {
        return upgrade::upgrade(shared, peer, locality, request);
    }
    request.extensions_mut().insert::<Locality>(locality);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

pub(crate) fn unknown_host(host: &str, tls: bool) -> Response<Body> {
    let name: String = host
        .chars()
        .filter(|c| c.is_ascii_graphic() && !"<>&\"'".contains(*c))
        .take(100)
        .collect();
    let scheme = if tls { "https" } else { "http" };
    plain(
        StatusCode::MISDIRECTED_REQUEST,
        &format!(
            "This gateway is not known as \"{name}\". Open it as {scheme}://127.0.0.1:<port>/, or set gateway.publicUrl \
             in its configuration to the address that you use."
        ),
    )
}

/// A short text answer.
pub(crate) fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{text}\n")));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
