//! The HTTP side: `/bot<token>/<method>` and `/file/bot<token>/<path>`, and every way to fail.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use tokio::time::sleep;

use super::answer::{Answer, Refusal, response};
use super::call::Call;
use super::methods::{perform, too_large};
use super::params::Params;
use super::poll::get_updates;
use super::shared::Shared;
use crate::common::{Fault, Line, percent_decode};

/// Bytes of a request beyond the largest file: the other fields of an upload.
const OTHER_FIELDS_BYTES: u64 = 1024 * 1024;

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(serve).with_state(shared)
}

async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let path = percent_decode(head.uri.path());
    let query = head.uri.query().unwrap_or_default();
    let Some(asked) = Asked::read(&path) else {
        return response(&Err(Refusal::new(404, "Not Found")));
    };
    let most = shared.look(|world| world.limits.upload_bytes) + OTHER_FIELDS_BYTES;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let Ok(body) = to_bytes(body, most).await else {
        // Too long, or the caller went away and hears nothing.
        return response(&Err(too_large()));
    };
    let params = match read_params(&asked, query, &head.headers, &body) {
        Ok(params) => params,
        Err(refusal) => return response(&Err(refusal)),
    };
    shared.calls.push(Call {
        method: asked.method.to_owned(),
        params: params.clone(),
        at_ms: shared.look(|world| world.clock.now_ms()),
    });
    shared.ring();
    if asked.token != shared.token || shared.look(|world| world.is_revoked) {
        return response(&Err(Refusal::unauthorized()));
    }
    faulty(&shared, &line, &asked, &params).await
}

/// What a path asks for.
#[derive(Debug, Clone, Copy)]
struct Asked<'a> {
    token: &'a str,
    /// `file` for a download.
    method: &'a str,
    /// The path of a download.
    file: Option<&'a str>,
}

impl<'a> Asked<'a> {
    /// A token is `digits:characters`; what is not even that is an unknown path.
    fn read(path: &'a str) -> Option<Self> {
        let download = path.strip_prefix("/file");
        let (token, rest) = download
            .unwrap_or(path)
            .strip_prefix("/bot")?
            .split_once('/')?;
        let (number, secret) = token.split_once(':')?;
        let is_number = !number.is_empty() && number.chars().all(|char| char.is_ascii_digit());
        if !is_number || secret.is_empty() || rest.is_empty() {
            return None;
        }
        Some(Self {
            token,
            method: if download.is_some() { "file" } else { rest },
            file: download.map(|_| rest),
        })
    }
}

fn read_params(
    asked: &Asked<'_>,
    query: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Params, Refusal> {
    match asked.file {
        Some(path) => {
            let path = serde_json::json!({ "file_path": path }).to_string();
            Params::from_json(path.as_bytes())
        }
        None => Params::read(query, headers, body),
    }
}

/// Carries the call out, or lets it fail as the plan says.
async fn faulty(shared: &Shared, line: &Line, asked: &Asked<'_>, params: &Params) -> Response {
    let Some(fault) = shared.faults.take(&asked.method.to_ascii_lowercase()) else {
        return carry_out(shared, asked, params).await;
    };
    match fault {
        Fault::TooMany { retry_after } => {
            let whole_s = retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0);
            return response(&Err(Refusal::too_many(whole_s)));
        }
        Fault::Status(code) => return response(&Err(Refusal::of_status(code))),
        Fault::CutBeforeStoring => {
            line.cut();
            return never_sent();
        }
        Fault::Silence => {
            line.go_silent();
            line.ended().await;
            return never_sent();
        }
        Fault::CutAfterStoring
        | Fault::CutInAnswer { .. }
        | Fault::SlowHeaders(_)
        | Fault::SilenceAfterStoring => {}
    }
    let whole = carry_out(shared, asked, params).await;
    match fault {
        Fault::CutAfterStoring => line.cut(),
        Fault::CutInAnswer { after_bytes } => line.cut_after(after_bytes),
        Fault::SlowHeaders(wait) => sleep(wait).await,
        Fault::SilenceAfterStoring => line.swallow(),
        _ => {}
    }
    whole
}

/// Handed to a line that is cut or dead; not a byte of it leaves.
fn never_sent() -> Response {
    Response::new(Body::empty())
}

async fn carry_out(shared: &Shared, asked: &Asked<'_>, params: &Params) -> Response {
    if let Some(path) = asked.file {
        return download(shared, path);
    }
    let answer: Answer = if asked.method.eq_ignore_ascii_case("getUpdates") {
        get_updates(shared, params).await
    } else {
        shared.change(|world| perform(world, asked.method, params))
    };
    response(&answer)
}

fn download(shared: &Shared, path: &str) -> Response {
    let file = shared.look(|world| world.files.by_path(path).cloned());
    let Some(file) = file else {
        return response(&Err(Refusal::new(404, "Not Found")));
    };
    let mut response = Response::new(Body::from(file.new.bytes));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(
        axum::http::header::CONTENT_TYPE,
        axum::http::HeaderValue::from_static("application/octet-stream"),
    );
    response
}
