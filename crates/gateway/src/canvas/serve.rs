//! Answers requests for canvases, on the gateway's port and on the canvas's own. Everything but an
//! address with a capability is refused; what it opens is read and nothing else is done.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{ALLOW, CONTENT_LENGTH, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};

use super::address::{self, Address, What};
use super::capability::Opens;
use super::host::CanvasHost;
use super::leash::Leash;
use super::reload;
use super::show::{Seen, nothing};
use crate::auth::locality::{Refused, check};
use crate::http::{plain, unknown_host};
use crate::listen::Peer;
use crate::state::Shared;
use crate::ws::upgrade;

/// By which port a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// The gateway's, which serves much else.
    Gateway,
    /// The canvas's own.
    Canvas,
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
    let Some(opens) = host.opens(&token) else {
        return unknown(shared);
    };
    if upgrade::is_wanted(request.headers()) {
        let listener = Listener {
            shared,
            host,
            opens,
            token,
        };
        return listener.upgrade(peer, &what, &mut request);
    }
    let head_only = request.method() == Method::HEAD;
    if !head_only && request.method() != Method::GET {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed");
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let seen = Seen {
        config: &shared.config,
        host: &host,
        session: &opens.session,
        called: &called,
        base: &base,
        door,
    };
    let mut response = seen.show(what, request.uri().path()).await;
    if head_only {
        *response.body_mut() = Body::empty();
    }
    let leash = Leash::on(&peer, host, opens, token, length(response.headers()));
    shared.tasks.spawn(leash.hold());
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
    match check(&seen, peer.addr, config.known()) {
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

/// Bytes of an answer.
fn length(headers: &HeaderMap) -> u64 {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
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

/// A page that wants to hear when its canvas changes.
struct Listener<'s> {
    shared: &'s Arc<Shared>,
    host: Arc<CanvasHost>,
    opens: Opens,
    token: String,
}

impl Listener<'_> {
    fn upgrade(self, peer: Peer, what: &What, request: &mut Request<Body>) -> Response<Body> {
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
                    token: self.token,
                    seen: request.uri().query().and_then(seen_stamp),
                };
                let serving = socket.serve(peer, upgraded);
                self.shared.tasks.spawn(serving);
                response
            }
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
