//! What a capability shows: the files of its canvas, the A2UI page, and the script of every page.

use std::fs::File;
use std::io::Read as _;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderValue, Response, StatusCode};
use futures_util::stream;
use tidegate_core::SessionKey;
use tidegate_core::canvas::{CanvasError, CanvasPath};

use super::address::What;
use super::assets::asset;
use super::bridge::{self, with_bridge};
use super::folder::INDEX;
use super::headers::{self, Maker, Place};
use super::host::{CanvasHost, Found};
use super::jail::Opened;
use super::kinds::{HTML, kind};
use super::serve::Door;
use crate::config::GatewayConfig;
use crate::error::chain;
use crate::http::plain;

/// Bytes that are read and sent at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// Largest page that gets the bridge; a larger one is sent as it is.
const PAGE_BYTES: u64 = 4 << 20;

/// What is known of a request when its capability was accepted.
pub(super) struct Seen<'s> {
    pub(super) config: &'s GatewayConfig,
    pub(super) host: &'s CanvasHost,
    /// Whose canvas it is.
    pub(super) session: &'s SessionKey,
    /// The Host of the request.
    pub(super) called: &'s str,
    /// The path up to the end of the capability.
    pub(super) base: &'s str,
    pub(super) door: Door,
}

pub(super) fn nothing() -> Response<Body> {
    plain(StatusCode::NOT_FOUND, "not found")
}

impl Seen<'_> {
    /// Answers.
    pub(super) async fn show(&self, what: What, path: &str) -> Response<Body> {
        match what {
            What::File {
                path: None,
                folder: false,
            }
            | What::Surfaces(None) => below(path),
            What::File { path: None, .. } => self.file(INDEX, None, path).await,
            What::File {
                path: Some(file),
                folder,
            } => {
                let index = if folder { INDEX } else { "" };
                self.file(index, Some(file), path).await
            }
            What::Surfaces(Some(name)) => match asset(&name) {
                Some((bytes, kind)) => self.whole(Bytes::from_static(bytes), kind, Maker::House),
                None => nothing(),
            },
            What::Bridge => {
                let script = Bytes::from_static(bridge::SCRIPT.as_bytes());
                self.whole(script, "text/javascript; charset=utf-8", Maker::Agent)
            }
            What::Reload => plain(StatusCode::UPGRADE_REQUIRED, "upgrade required"),
            What::Nothing => nothing(),
        }
    }

    /// A file, or the page of a folder.
    async fn file(&self, index: &str, path: Option<CanvasPath>, sent: &str) -> Response<Body> {
        let file = match (&path, index) {
            (None, index) => CanvasPath::parse(index),
            (Some(path), "") => Ok(path.clone()),
            (Some(path), index) => path.join(index),
        };
        let Ok(file) = file else { return nothing() };
        match self.host.open(self.session, file.clone()).await {
            Ok(found) => self.found(found, kind(&file)).await,
            Err(CanvasError::Missing(_) | CanvasError::NotAFile(_)) if index.is_empty() => {
                match self.host.is_folder(self.session, file).await {
                    Ok(true) => below(sent),
                    _ => nothing(),
                }
            }
            Err(error) => failed(&error),
        }
    }

    async fn found(&self, found: Found, kind: &'static str) -> Response<Body> {
        let Found { opened, stamp } = found;
        if kind == HTML && opened.bytes <= PAGE_BYTES {
            let read = tokio::task::spawn_blocking(move || read_page(opened.file)).await;
            return match read {
                Ok(Ok(page)) => {
                    let page = with_bridge(&page, self.base, stamp.as_deref());
                    self.whole(page.into(), kind, Maker::Agent)
                }
                Ok(Err(error)) => failed(&CanvasError::Disk(error)),
                Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "internal error"),
            };
        }
        let bytes = opened.bytes;
        self.respond(Body::from_stream(chunks(opened)), bytes, kind, Maker::Agent)
    }

    fn whole(&self, bytes: Bytes, kind: &'static str, maker: Maker) -> Response<Body> {
        let length = bytes.len() as u64;
        self.respond(Body::from(bytes), length, kind, maker)
    }

    fn respond(&self, body: Body, bytes: u64, kind: &'static str, maker: Maker) -> Response<Body> {
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
        let place = Place {
            host: self.called,
            base: self.base,
            tls: self.config.tls.is_some(),
        };
        headers::put(headers, &headers::policy(maker, place, &self.framed_by()));
        response
    }

    /// Who may frame a canvas: our page, and the pages that the owner listed.
    fn framed_by(&self) -> String {
        let config = self.config;
        let scheme = if config.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let own = match self.door {
            Door::Gateway => vec!["'self'".to_owned()],
            Door::Canvas => {
                let framing = self.host.ports.framing(self.called).into_iter();
                framing
                    .map(|authority| format!("{scheme}://{authority}"))
                    .collect()
            }
        };
        let all: Vec<_> = own
            .into_iter()
            .chain(config.allowed_origins.iter().cloned())
            .collect();
        if all.is_empty() {
            "'none'".to_owned()
        } else {
            all.join(" ")
        }
    }
}

/// The same path with a slash: a page's own links lead from its folder.
fn below(path: &str) -> Response<Body> {
    let mut response = plain(StatusCode::PERMANENT_REDIRECT, "");
    if let Ok(location) = HeaderValue::from_str(&format!("{path}/")) {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

fn failed(error: &CanvasError) -> Response<Body> {
    match error {
        CanvasError::Missing(_) | CanvasError::NotAFile(_) => nothing(),
        CanvasError::TooMuch(text) => plain(StatusCode::PAYLOAD_TOO_LARGE, text),
        CanvasError::Path(_)
        | CanvasError::Message(_)
        | CanvasError::Away
        | CanvasError::Disk(_) => {
            tracing::error!(error = chain(error), "a canvas could not be read");
            plain(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the canvas could not be read",
            )
        }
    }
}

fn read_page(file: File) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    file.take(PAGE_BYTES).read_to_end(&mut page)?;
    Ok(page)
}

/// What a file had when it was opened, piece by piece; a slow reader costs one piece of memory. A
/// file that shrinks meanwhile ends the connection.
fn chunks(opened: Opened) -> impl futures_util::Stream<Item = std::io::Result<Bytes>> {
    let file = tokio::fs::File::from_std(opened.file);
    stream::try_unfold((file, opened.bytes), async |(mut file, left)| {
        use tokio::io::AsyncReadExt;
        if left == 0 {
            return Ok(None);
        }
        let most = usize::try_from(left).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
        let mut chunk = vec![0; most];
        let read = file.read(&mut chunk).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        chunk.truncate(read);
        Ok(Some((Bytes::from(chunk), (file, left - read as u64))))
    })
}
