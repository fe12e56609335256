//! The canvas's own port: an origin where canvases are shown and nothing else answers, so that an
//! agent's page has nothing of ours to reach for (DECISIONS D16).

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};

use super::plain;
use crate::canvas::{Door, answer, is_ours};
use crate::listen::Peer;
use crate::state::Shared;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(show).with_state(shared)
}

async fn show(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let Some(peer) = request.extensions().get::<Peer>().cloned() else {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "no peer");
    };
    if is_ours(request.uri().path()) {
        answer(&shared, peer, Door::Canvas, request).await
    } else {
        plain(StatusCode::NOT_FOUND, "Not Found")
    }
}
