//! One port for everything: the API, the gateway, the files.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};

use super::gateway::{Opening, open};
use super::record::Call;
use super::rest::{enter, routes};
use super::world::Shared;
use crate::common::{Fault, Line, form, percent_decode};

/// The router of the whole vendor.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(arrive).with_state(shared)
}

async fn arrive(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    match parts.uri.path().trim_end_matches('/') {
        "" => connect(shared, line, parts, false).await,
        "/resume" => connect(shared, line, parts, true).await,
        path if path.starts_with("/api/") => enter(shared, line, parts, body).await,
        path if path.starts_with("/attachments/") => download(&shared, &line, &parts).await,
        _ => plain(StatusCode::NOT_FOUND, "404: Not Found"),
    }
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

/// A gateway connection. The version must be 10; compression and other encodings are not offered,
/// and who asks for them is told so instead of being misunderstood.
async fn connect(
    shared: Arc<Shared>,
    line: Line,
    mut parts: Parts,
    by_resume_url: bool,
) -> Response<Body> {
    let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await else {
        return plain(StatusCode::NOT_FOUND, "404: Not Found");
    };
    let query = form(parts.uri.query().unwrap_or_default().as_bytes());
    let asked = |key: &str| {
        query
            .iter()
            .find(|(have, _)| have == key)
            .map(|(_, value)| value.as_str())
    };
    if asked("compress").is_some() || asked("encoding").is_some_and(|encoding| encoding != "json") {
        return plain(
            StatusCode::NOT_IMPLEMENTED,
            "the fake speaks JSON without compression",
        );
    }
    let refusal = (asked("v") != Some("10")).then_some((4012, "Invalid API version."));
    let arrival = open(&shared, line.clone(), by_resume_url, query);
    match arrival.opening {
        Some(Opening::Unavailable) => {
            arrival.leave(&shared);
            return plain(StatusCode::SERVICE_UNAVAILABLE, "upstream connect error");
        }
        Some(Opening::NoAnswer) => {
            line.swallow();
            line.ended().await;
            arrival.leave(&shared);
            return plain(StatusCode::SERVICE_UNAVAILABLE, "never sent");
        }
        _ => {}
    }
    upgrade.on_upgrade(move |ws| arrival.serve(shared, ws, refusal))
}

async fn download(shared: &Shared, line: &Line, parts: &Parts) -> Response<Body> {
    let path: Vec<_> = parts
        .uri
        .path()
        .split('/')
        .skip(1)
        .map(percent_decode)
        .collect();
    let query = form(parts.uri.query().unwrap_or_default().as_bytes());
    let file = shared.peek(|world| world.file_at(&path, &query));
    let header = |name: &str| parts.headers.get(name)?.to_str().ok().map(str::to_owned);
    let fault = shared.faults.take(routes::DOWNLOAD);
    shared.calls.push(Call {
        at_ms: shared.clock.now_ms(),
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query,
        route: Some(routes::DOWNLOAD),
        json: serde_json::Value::Null,
        files: Vec::new(),
        authorization: header("authorization"),
        user_agent: header("user-agent"),
        status: Some(if file.is_some() { 200 } else { 404 }),
    });
    shared.touch();
    match fault {
        Some(Fault::Status(status)) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
            return plain(status, "");
        }
        Some(Fault::TooMany { .. }) => return plain(StatusCode::TOO_MANY_REQUESTS, ""),
        Some(Fault::CutBeforeStoring | Fault::CutAfterStoring) => line.cut(),
        Some(Fault::CutInAnswer { after_bytes }) => line.cut_after(after_bytes),
        Some(Fault::Silence | Fault::SilenceAfterStoring) => {
            line.go_silent();
            line.ended().await;
        }
        Some(Fault::SlowHeaders(pause)) => tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = line.ended() => {}
        },
        None => {}
    }
    let Some(file) = file else {
        return plain(
            StatusCode::NOT_FOUND,
            "This content is no longer available.",
        );
    };
    let kind = file
        .content_type
        .as_deref()
        .unwrap_or("application/octet-stream");
    let response = Response::builder()
        .header("content-type", kind)
        .body(Body::from(file.bytes));
    response.unwrap_or_default()
}
