//! Answers requests for canvases, on the gateway's port and on the canvas's own. Everything but an
//! address with a capability is refused; what it opens is read and nothing else is done.

use std::fs::File;
use std::io::Read as _;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE, HOST, LOCATION, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use futures_util::stream;
use tidegate_core::canvas::{CanvasError, CanvasPath};

use super::address::{self, Address, What};
use super::assets::asset;
use super::bridge::{self, with_bridge};
use super::capability::Opens;
use super::folder::INDEX;
use super::headers::{self, Maker, Place};
use super::host::{CanvasHost, Found};
use super::jail::Opened;
use super::kinds::{HTML, kind};
use super::reload;
use crate::auth::locality::{Refused, check};
use crate::error::chain;
use crate::http::{plain, unknown_host};
use crate::listen::Peer;
use crate::state::Shared;
use crate::ws::upgrade;

/// Bytes that are read and sent at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// Largest page that gets the bridge; a larger one is sent as it is.
const PAGE_BYTES: u64 = 4 << 20;

/// By which port a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The gateway's, which serves much else.
    Gateway,
    /// The canvas's own.
    Canvas,
}

/// What is known of a request when its capability was accepted.
struct Seen<'s> {
    shared: &'s Arc<Shared>,
    host: Arc<CanvasHost>,
    /// The Host of the request.
    called: String,
    /// The path up to the end of the capability.
    base: String,
    opens: Opens,
}

/// Answers a request whose path [`super::is_ours`].
pub(crate) async fn answer(
    shared: &Arc<Shared>,
    peer: Peer,
    door: Door,
    mut request: Request<Body>,
) -> Response<Body> {
    let called = match come_in(shared, &peer, &request) {
        Ok(called) => called,
        Err(refused) => return *refused,
    };
    let Some(host) = shared.config.canvas.clone() else {
        return plain(StatusCode::NOT_FOUND, "The canvas host is off.");
    };
    let (token, base, what) = match address::read(request.uri().path()) {
        Err(address::Ambiguous) => {
            shared.metrics.refused("canvas-path");
            return plain(
                StatusCode::BAD_REQUEST,
                "This path can be read in two ways.",
            );
        }
        Ok(Address::Bare) => return unknown(shared),
        Ok(Address::Behind { token, base, what }) => (token, base, what),
    };
    let Some(opens) = host.capabilities.open(&token, shared.engine.now_ms()) else {
        return unknown(shared);
    };
    let seen = Seen {
        shared,
        host,
        called,
        base,
        opens,
    };
    if upgrade::is_wanted(request.headers()) {
        return seen.upgrade(peer, token, &what, &mut request);
    }
    let head_only = request.method() == Method::HEAD;
    if !head_only && request.method() != Method::GET {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let mut response = seen.show(what, request.uri().path(), door).await;
    if head_only {
        *response.body_mut() = Body::empty();
    }
    response
}

/// Host and Origin, as for every request; only a page of nobody may come from nobody, for what its
/// capability opens, which it must show next: its files, since browsers say `null` there too, and its
/// live-reload socket (DECISIONS D16). Nothing is ever answered that would let another page read it.
fn come_in(
    shared: &Shared,
    peer: &Peer,
    request: &Request<Body>,
) -> Result<String, Box<Response<Body>>> {
    let config = &shared.config;
    let headers = request.headers();
    let mut seen = headers.clone();
    if is_opaque(headers) {
        seen.remove(ORIGIN);
    }
    match check(
        &seen,
        peer.addr,
        &config.allowed_hosts,
        &config.allowed_origins,
    ) {
        Ok(_) => {}
        Err(Refused::Host(host)) => {
            shared.metrics.refused("host");
            return Err(Box::new(unknown_host(&host, config.tls.is_some())));
        }
        Err(Refused::Origin(_)) => {
            shared.metrics.refused("origin");
            let text = "A page of another origin may not read a canvas.";
            return Err(Box::new(plain(StatusCode::FORBIDDEN, text)));
        }
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    Ok(host.unwrap_or_default().to_ascii_lowercase())
}

fn is_opaque(headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(ORIGIN).iter();
    origins.next().is_some_and(|origin| origin == "null") && origins.next().is_none()
}

fn unknown(shared: &Shared) -> Response<Body> {
    shared.metrics.refused("canvas");
    plain(
        StatusCode::UNAUTHORIZED,
        "This address of a canvas is not valid, or not any more. Open the canvas again.",
    )
}

fn nothing() -> Response<Body> {
    plain(StatusCode::NOT_FOUND, "not found")
}

impl Seen<'_> {
    fn upgrade(
        self,
        peer: Peer,
        token: String,
        what: &What,
        request: &mut Request<Body>,
    ) -> Response<Body> {
        if *what != What::Reload || !self.host.live_reload {
            return nothing();
        }
        match upgrade::accept(request) {
            Err(refused) => *refused,
            Ok((upgraded, response)) => {
                let socket = reload::Socket {
                    shared: Arc::clone(self.shared),
                    host: self.host,
                    opens: self.opens,
                    token,
                    seen: request.uri().query().and_then(seen_stamp),
                };
                let serving = socket.serve(peer, upgraded);
                self.shared.tasks.spawn(serving);
                response
            }
        }
    }

    async fn show(&self, what: What, path: &str, door: Door) -> Response<Body> {
        match what {
            What::File {
                path: None,
                folder: false,
            }
            | What::Surfaces(None) => below(path),
            What::File { path: None, .. } => self.file(INDEX, None, path, door).await,
            What::File {
                path: Some(file),
                folder,
            } => {
                let index = if folder { INDEX } else { "" };
                self.file(index, Some(file), path, door).await
            }
            What::Surfaces(Some(name)) => match asset(&name) {
                Some((bytes, kind)) => {
                    self.whole(Bytes::from_static(bytes), kind, Maker::House, door)
                }
                None => nothing(),
            },
            What::Bridge => {
                let script = Bytes::from_static(bridge::SCRIPT.as_bytes());
                self.whole(script, "text/javascript; charset=utf-8", Maker::Agent, door)
            }
            What::Reload => plain(StatusCode::UPGRADE_REQUIRED, "upgrade required"),
            What::Nothing => nothing(),
        }
    }

    /// A file, or the page of a folder.
    async fn file(
        &self,
        index: &str,
        path: Option<CanvasPath>,
        sent: &str,
        door: Door,
    ) -> Response<Body> {
        let file = match (&path, index) {
            (None, index) => CanvasPath::parse(index),
            (Some(path), "") => Ok(path.clone()),
            (Some(path), index) => path.join(index),
        };
        let Ok(file) = file else { return nothing() };
        match self.host.open(&self.opens.session, file.clone()).await {
            Ok(found) => self.found(found, kind(&file), door).await,
            Err(CanvasError::Missing(_) | CanvasError::NotAFile(_)) if index.is_empty() => {
                match self.host.is_folder(&self.opens.session, file).await {
                    Ok(true) => below(sent),
                    _ => nothing(),
                }
            }
            Err(error) => failed(&error),
        }
    }

    async fn found(&self, found: Found, kind: &'static str, door: Door) -> Response<Body> {
        let Found { opened, stamp } = found;
        if kind == HTML && opened.bytes <= PAGE_BYTES {
            let read = tokio::task::spawn_blocking(move || read_page(opened.file)).await;
            return match read {
                Ok(Ok(page)) => {
                    let page = with_bridge(&page, &self.base, stamp.as_deref());
                    self.whole(page.into(), kind, Maker::Agent, door)
                }
                Ok(Err(error)) => failed(&CanvasError::Disk(error)),
                Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "internal error"),
            };
        }
        let bytes = opened.bytes;
        self.respond(
            Body::from_stream(chunks(opened)),
            bytes,
            kind,
            Maker::Agent,
            door,
        )
    }

    fn whole(&self, bytes: Bytes, kind: &'static str, maker: Maker, door: Door) -> Response<Body> {
        let length = bytes.len() as u64;
        self.respond(Body::from(bytes), length, kind, maker, door)
    }

    fn respond(
        &self,
        body: Body,
        bytes: u64,
        kind: &'static str,
        maker: Maker,
        door: Door,
    ) -> Response<Body> {
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes));
        let place = Place {
            host: &self.called,
            base: &self.base,
            tls: self.shared.config.tls.is_some(),
        };
        headers::put(
            headers,
            &headers::policy(maker, place, &self.framed_by(door)),
        );
        response
    }

    /// Who may frame a canvas: our page, and the pages that the owner listed.
    fn framed_by(&self, door: Door) -> String {
        let config = &self.shared.config;
        let scheme = if config.tls.is_some() {
            "https"
        } else {
            "http"
        };
        let own = match door {
            Door::Gateway => vec!["'self'".to_owned()],
            Door::Canvas => {
                let framing = self.host.ports.framing(&self.called).into_iter();
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

/// The state of the canvas that a page was made of, as it says.
fn seen_stamp(query: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(name, _)| *name == "seen")
        .map(|(_, stamp)| stamp.to_owned())
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
        CanvasError::Path(_) | CanvasError::Message(_) | CanvasError::Disk(_) => {
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
