//! The embedded page: files of `ui/dist`, with the hash of each as its ETag and a policy that lets
//! it load from, and talk to, nobody but this origin.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use include_dir::{Dir, include_dir};
use tidegate_core::secret::sha256_hex;

use super::plain;
use crate::auth::locality::Locality;
use crate::state::Shared;

static DIST: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../ui/dist");

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
                   connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; manifest-src 'self'";

/// By path below the root.
static FILES: LazyLock<HashMap<&'static str, File>> = LazyLock::new(|| {
    let mut files = HashMap::new();
    let mut folders = vec![&DIST];
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        for file in folder.files() {
            if let Some(path) = file.path().to_str() {
                let etag = format!(
                    "\"{}\"",
                    &sha256_hex(file.contents()).get(..32).unwrap_or_default()
                );
                files.insert(
                    path,
                    File {
                        bytes: file.contents(),
                        etag,
                        kind: kind(path),
                    },
                );
            }
        }
    }
    files
});

struct File {
    bytes: &'static [u8],
    etag: String,
    kind: &'static str,
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}

pub(super) async fn index(
    State(shared): State<Arc<Shared>>,
    Extension(locality): Extension<Locality>,
    headers: HeaderMap,
) -> Response<Body> {
    serve("index.html", &headers, &policy(&shared, &locality))
}

pub(super) async fn asset(
    State(shared): State<Arc<Shared>>,
    Extension(locality): Extension<Locality>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    serve(&path, &headers, &policy(&shared, &locality))
}

/// The policy of the page, which frames canvases if there are any.
fn policy(shared: &Shared, locality: &Locality) -> HeaderValue {
    let canvas = shared.config.canvas.as_ref();
    let frames = canvas.map(|canvas| canvas.frames(&locality.called, shared.config.tls.is_some()));
    let frames = frames.as_deref().unwrap_or("'none'");
    HeaderValue::from_str(&format!("{CSP}; frame-src {frames}"))
        .unwrap_or_else(|_| HeaderValue::from_static(CSP))
}

fn serve(path: &str, request: &HeaderMap, policy: &HeaderValue) -> Response<Body> {
    let Some(file) = FILES.get(path) else {
        return plain(StatusCode::NOT_FOUND, "Not Found");
    };
    let fresh = request
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == file.etag.as_bytes());
    let mut response = if fresh {
        Response::new(Body::empty())
    } else {
        Response::new(Body::from(file.bytes))
    };
    if fresh {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    if let Ok(etag) = HeaderValue::from_str(&file.etag) {
        headers.insert(ETAG, etag);
    }
    response
}
