//! Bytes of files: the upload, the private URL behind the token, and the other host.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse as _, Response};

use super::core::Core;
use super::query;
use super::rules::MOST_UPLOAD_BYTES;
use super::trace::Download;
use super::trouble::Trouble;
use super::world::{File, names};
use crate::common::{Line, multipart};

/// Takes the bytes of an upload, raw or as the one part of a form. Faults: `files.upload`.
///
/// The vendor does not say what it does with another length than the announced one; here that is
/// refused, and a file that did not arrive whole is never seen.
pub(super) async fn upload(
    State(core): State<Arc<Core>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path(ticket): Path<String>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let trouble = Trouble::of(&core.faults, "files.upload", line);
    if let Some(refused) = trouble.refused().await {
        return refused;
    }
    let Some(bytes) = content(&head.headers, body).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let status = core.world(|world| {
        let mut files = world.files.values_mut();
        match files.find(|file| file.ticket == ticket && !file.complete) {
            None => StatusCode::NOT_FOUND,
            Some(file) if file.announced != bytes.len() => StatusCode::BAD_REQUEST,
            Some(file) => {
                file.bytes = Some(bytes.clone());
                StatusCode::OK
            }
        }
    });
    trouble.strike().await;
    (status, format!("OK - {}", bytes.len())).into_response()
}

async fn content(headers: &HeaderMap, body: Body) -> Option<Bytes> {
    let bytes = to_bytes(body, MOST_UPLOAD_BYTES).await.ok()?;
    let kind = headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str());
    match kind {
        Some(Ok(kind)) if kind.starts_with("multipart/form-data") => {
            let parts = multipart(kind, &bytes).ok()?;
            let file = parts.into_iter().find(|part| part.file_name.is_some());
            Some(file?.bytes)
        }
        _ => Some(bytes),
    }
}

/// `url_private`: with the token one more hop on this host, which wants the token again
/// (nextlevelbuilder/goclaw#233); without it, the login page. Faults: `files.download`.
pub(super) async fn private(
    State(core): State<Arc<Core>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path((place, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match guarded(&core, line, &place, &headers).await {
        Ok(_) => redirect(&format!("/files-edge/{place}/{name}")),
        Err(refused) => refused,
    }
}

/// The last hop on this host, and the only one of `url_private_download`: off to the other host
/// with a signed URL (curie-eng/curie#2718). Faults: `files.download`.
pub(super) async fn edge(
    State(core): State<Arc<Core>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path((place, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    match guarded(&core, line, &place, &headers).await {
        Ok(file) => {
            let root = core.look(|world| world.off_host_root.clone());
            redirect(&format!("{root}/{}/{name}?sig={}", file.id, file.ticket))
        }
        Err(refused) => refused,
    }
}

/// The file, if the request carries the token.
async fn guarded(
    core: &Arc<Core>,
    line: Line,
    place: &str,
    headers: &HeaderMap,
) -> Result<File, Response> {
    let trouble = Trouble::of(&core.faults, "files.download", line);
    if let Some(refused) = trouble.refused().await {
        return Err(refused);
    }
    let id = place.split_once('-').map_or(place, |(_, id)| id);
    let file = core.look(|world| world.files.get(id).cloned());
    let file = file.filter(|file| file.complete);
    let authorization = shown(headers);
    let trusted = authorization.as_deref() == Some(&format!("Bearer {}", names::BOT_TOKEN));
    let status = if file.is_none() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::FOUND
    };
    record(core, id, false, authorization, status);
    trouble.strike().await;
    match file {
        Some(file) if trusted => Ok(file),
        // The vendor sends strangers to its login page, which is 200 and HTML.
        Some(_) => Err(redirect(&format!("/login?redir=%2Ffiles-pri%2F{place}"))),
        None => Err(status.into_response()),
    }
}

/// The login page.
pub(super) async fn login() -> Html<&'static str> {
    Html("<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>")
}

/// The other host: whoever has the signed URL gets the bytes. Faults: `files.cdn`.
pub(super) async fn off_host(
    State(core): State<Arc<Core>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path((id, _name)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let trouble = Trouble::of(&core.faults, "files.cdn", line);
    if let Some(refused) = trouble.refused().await {
        return refused;
    }
    let file = core.look(|world| world.files.get(&id).cloned());
    let file = file.filter(|file| query::value(&uri, "sig").as_ref() == Some(&file.ticket));
    let status = if file.is_some() {
        StatusCode::OK
    } else {
        StatusCode::FORBIDDEN
    };
    record(&core, &id, true, shown(&headers), status);
    trouble.strike().await;
    match file.and_then(|file| Some((file.mimetype, file.bytes?))) {
        Some((kind, bytes)) => ([(header::CONTENT_TYPE, kind)], bytes).into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

fn shown(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn redirect(to: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, to.to_owned())]).into_response()
}

fn record(
    core: &Core,
    file: &str,
    off_host: bool,
    authorization: Option<String>,
    status: StatusCode,
) {
    core.downloads.push(Download {
        file: file.to_owned(),
        off_host,
        authorization,
        status: status.as_u16(),
    });
    core.wake();
}
