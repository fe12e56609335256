//! Chat networks that call us: `POST /webhooks/<channel>/<account>`. The edge reads bytes within its
//! bounds and hands them on; whether they are the network's is decided by the channel, over the raw
//! bytes, before anything is parsed (SECURITY T31 to T33).

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Path, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use tidegate_core::channel::{AccountKey, WebhookAnswer, WebhookRequest};

use super::plain;
use crate::auth::limiter::Kind;
use crate::auth::locality::Locality;
use crate::state::Shared;

/// Largest body in bytes; a network's events are some KiB.
const BODY_BYTES: usize = 1024 * 1024;
/// Time for a complete body.
const BODY_TIME: Duration = Duration::from_secs(5);
/// Time to prove and store what it says; networks give up after 10 to 60 s and send it again.
const WORK_TIME: Duration = Duration::from_secs(10);
/// Requests at once: whoever knows the path can make us hold [`BODY_BYTES`] for each.
pub(crate) const AT_ONCE: usize = 32;
/// When a network should send again what could not be stored, in seconds.
const AGAIN_S: u64 = 5;

pub(super) async fn take(
    State(shared): State<Arc<Shared>>,
    Extension(locality): Extension<Locality>,
    Path((channel, account)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    let key = AccountKey::new(channel, account);
    let (head, body) = request.into_parts();
    let mut request = match headers(&head.headers) {
        Ok(request) => request,
        Err(refusal) => return *refusal,
    };
    match shared.engine.knock(&key, &request) {
        None => return plain(StatusCode::NOT_FOUND, "Not Found"),
        Some(false) => {
            return told(
                &shared,
                &locality,
                WebhookAnswer::text(401, "who is there?"),
            );
        }
        Some(true) => {}
    }
    let Ok(_room) = shared.webhooks.try_acquire() else {
        return later("too many at once");
    };
    request.body = match read(body).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let work = shared.engine.webhook(&key, request);
    match tokio::time::timeout(WORK_TIME, work).await {
        Ok(Ok(Some(answer))) => told(&shared, &locality, answer),
        Ok(Ok(None)) => plain(StatusCode::NOT_FOUND, "Not Found"),
        Ok(Err(error)) => {
            tracing::warn!(account = %key, error = %error, "a webhook could not be stored");
            later("not stored")
        }
        Err(_) => {
            tracing::warn!(account = %key, "a webhook took too long");
            later("not stored in time")
        }
    }
}

/// Header names and values as text; the body is not there yet.
fn headers(map: &HeaderMap) -> Result<WebhookRequest, Box<Response<Body>>> {
    let declared = map.get(CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > BODY_BYTES) {
        return Err(Box::new(too_large()));
    }
    let headers = texts(map)
        .ok_or_else(|| Box::new(plain(StatusCode::BAD_REQUEST, "a header is not plain text")))?;
    Ok(WebhookRequest {
        headers,
        body: Vec::new(),
    })
}

/// The body within its bounds.
async fn read(body: Body) -> Result<Vec<u8>, Box<Response<Body>>> {
    match tokio::time::timeout(BODY_TIME, to_bytes(body, BODY_BYTES)).await {
        Ok(Ok(body)) => Ok(body.to_vec()),
        Ok(Err(_)) => Err(Box::new(too_large())),
        Err(_) => Err(Box::new(plain(
            StatusCode::REQUEST_TIMEOUT,
            "the body did not come in time",
        ))),
    }
}

/// `None` if a value is not text: leaving it out could hide that a header stands twice.
fn texts(headers: &HeaderMap) -> Option<Vec<(String, String)>> {
    headers
        .iter()
        .map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .collect()
}

fn told(shared: &Shared, locality: &Locality, answer: WebhookAnswer) -> Response<Body> {
    if answer.status == StatusCode::UNAUTHORIZED.as_u16()
        && let Some(retry_after_ms) = shared.auth.wrong(locality.addr, Kind::Webhook)
    {
        shared.metrics.refused("rate");
        let text = "too many wrong secrets; try again later";
        let mut response = plain(StatusCode::TOO_MANY_REQUESTS, text);
        let seconds = HeaderValue::from(retry_after_ms.div_ceil(1_000));
        response.headers_mut().insert(RETRY_AFTER, seconds);
        return response;
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let mut response = plain(status, "");
    let kind = HeaderValue::from_static(answer.content_type);
    response.headers_mut().insert(CONTENT_TYPE, kind);
    *response.body_mut() = Body::from(answer.body);
    response
}

/// Nothing is stored; the network sends it again.
fn later(text: &str) -> Response<Body> {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, text);
    let seconds = HeaderValue::from(AGAIN_S);
    response.headers_mut().insert(RETRY_AFTER, seconds);
    response
}

fn too_large() -> Response<Body> {
    let text = "the body is larger than 1 MiB";
    plain(StatusCode::PAYLOAD_TOO_LARGE, text)
}
