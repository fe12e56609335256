//! Routes for whoever operates the gateway. `/healthz` says that the process serves, `/readyz`
//! that it can do its work, with every account that is marked required; both say nothing else to
//! strangers. `/metrics` wants the secret.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::plain;
use crate::auth::Shown;
use crate::auth::locality::Locality;
use crate::metrics::Readings;
use crate::state::Shared;

pub(super) async fn healthz() -> Response<Body> {
    plain(StatusCode::OK, "ok")
}

pub(super) async fn readyz(State(shared): State<Arc<Shared>>) -> Response<Body> {
    match shared.engine.health() {
        Some(_) if shared.engine.is_ready() => plain(StatusCode::OK, "ready"),
        Some(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "degraded"),
        None => plain(StatusCode::SERVICE_UNAVAILABLE, "starting"),
    }
}

pub(super) async fn metrics(
    State(shared): State<Arc<Shared>>,
    Extension(locality): Extension<Locality>,
    headers: HeaderMap,
) -> Response<Body> {
    if let Err(refused) = bearer(&shared, &locality, &headers) {
        return *refused;
    }
    let load = shared.engine.run_load();
    let outbox_bytes = shared
        .hub
        .everyone()
        .iter()
        .map(|conn| conn.outbox.queued_bytes() as u64)
        .sum();
    let nodes = shared.engine.nodes();
    let readings = Readings {
        runs_active: load.0,
        runs_queued: load.1,
        outbox_bytes,
        nodes: nodes.connected(),
        node_tally: nodes.tally(),
    };
    let text = shared
        .metrics
        .text(readings, &shared.engine.account_tallies());
    let mut response = Response::new(Body::from(text));
    let kind =
        HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// The shared secret as `Authorization: Bearer …`.
pub(super) fn bearer(
    shared: &Shared,
    locality: &Locality,
    headers: &HeaderMap,
) -> Result<(), Box<Response<Body>>> {
    let shown = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(str::trim);
    let verdict = shown.map(|secret| shared.auth.is_bearer(locality.addr, secret));
    let limited = match verdict {
        Some(Shown::Good) => return Ok(()),
        Some(Shown::Wrong(kind)) => shared.auth.wrong(locality.addr, kind),
        Some(Shown::Limited { retry_after_ms }) => Some(retry_after_ms),
        Some(Shown::Missing(_)) | None => None,
    };
    if limited.is_some() {
        shared.metrics.refused("rate");
        return Err(Box::new(plain(
            StatusCode::TOO_MANY_REQUESTS,
            "too many wrong secrets; try again later",
        )));
    }
    let text = "Send the gateway's secret: Authorization: Bearer <contents of gateway.token in the state directory>";
    let mut response = plain(StatusCode::UNAUTHORIZED, text);
    response
        .headers_mut()
        .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    Err(Box::new(response))
}
