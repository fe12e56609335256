//! The handshake: challenge, one `connect`, hello-ok or a refusal with its close code (V3 1.6).
//! Nothing else is read before it is over, and it is over in fifteen seconds.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};
use tidegate_core::secret::hex;
use tidegate_outbox::{Budget, Outbox};
use tidegate_protocol::api::connect::{ConnectChallenge, ConnectParams};
use tidegate_protocol::close::{CloseCode, NORMAL, POLICY, PROTOCOL, TRY_LATER};
use tidegate_protocol::frame::{RequestFrame, ResponseFrame, event_head, event_tail};
use tidegate_protocol::version::{PROTOCOL_MAX, Protocol};
use tidegate_protocol::{ConnId, ErrorShape, limits, strict};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::gauges::Gauges;
use super::grant::{Claim, decide};
use super::hello::hello_ok;
use super::node;
use super::session::Session;
use super::socket::{Input, Socket};
use crate::auth::locality::Locality;
use crate::hub::Joining;
use crate::listen::Peer;
use crate::rpc::refusal::problems;
use crate::state::Shared;

/// When to come back while the gateway stops.
const STOPPING_RETRY_MS: u64 = 1_500;

/// A connection that has just been upgraded.
pub(crate) struct Arrival {
    pub(crate) shared: Arc<Shared>,
    pub(crate) peer: Peer,
    pub(crate) locality: Locality,
    pub(crate) socket: Socket,
    pub(crate) gauges: Arc<Gauges>,
}

/// Why the handshake ends here.
pub(crate) struct Refusal {
    /// Answered to the request, if there was one.
    pub(crate) error: Option<Box<(String, ErrorShape)>>,
    pub(crate) code: CloseCode,
    pub(crate) reason: String,
}

impl Refusal {
    fn silent(code: CloseCode, reason: &str) -> Self {
        Self {
            error: None,
            code,
            reason: reason.to_owned(),
        }
    }

    /// Refused with an error; the reason of the close is its text.
    pub(crate) fn with(id: &str, shape: ErrorShape) -> Self {
        Self {
            reason: shape.message.clone(),
            error: Some(Box::new((id.to_owned(), shape))),
            code: POLICY,
        }
    }
}

/// Leads a connection through the handshake, and on success through its session.
pub(crate) async fn run(mut arrival: Arrival) {
    let nonce = hex(&arrival.shared.engine.ids().secret());
    let deadline = Instant::now() + Duration::from_millis(limits::HANDSHAKE_MS);
    let evicted = arrival.peer.ticket.ended.clone();
    let step = tokio::select! {
        step = tokio::time::timeout_at(deadline, greet(&mut arrival, &nonce)) => step,
        () = evicted.cancelled() => {
            arrival.socket.abandon(TRY_LATER.code, "no room for unknown connections now").await;
            return;
        }
    };
    match step {
        Ok(Ok(granted)) => join(arrival, granted).await,
        Ok(Err(Some(refusal))) => refuse(arrival, refusal).await,
        Ok(Err(None)) => arrival.socket.answer_close().await,
        Err(_) => refuse(arrival, Refusal::silent(NORMAL, "")).await,
    }
}

/// What was granted, with what the answer needs.
pub(crate) struct Granted {
    pub(crate) request_id: String,
    pub(crate) protocol: Protocol,
    pub(crate) claim: Claim,
    pub(crate) caps: Vec<String>,
}

/// Sends the challenge and reads one `connect`. `Err(None)`: the peer is gone.
async fn greet(arrival: &mut Arrival, nonce: &str) -> Result<Box<Granted>, Option<Refusal>> {
    let ts = arrival.shared.engine.now_ms();
    let challenge = ConnectChallenge {
        nonce: nonce.to_owned(),
        ts,
    };
    let frame =
        event_head("connect.challenge", &challenge, None).map_err(|_| None)? + &event_tail(None);
    if !arrival.socket.send(frame).await {
        return Err(None);
    }
    let text = match arrival.socket.read().await {
        Input::Text(text) => text,
        Input::Gone { .. } => return Err(None),
        Input::Broken { code, reason } => return Err(Some(Refusal::silent(code, reason))),
    };
    let (request_id, protocol, params) = read_connect(&arrival.shared, &text)?;
    let claim = decide(arrival, &request_id, protocol, &params, nonce).await?;
    Ok(Box::new(Granted {
        request_id,
        protocol,
        claim,
        caps: params.caps,
    }))
}

fn read_connect(shared: &Shared, text: &str) -> Result<(String, Protocol, ConnectParams), Refusal> {
    let Some(frame) = RequestFrame::parse(text) else {
        return Err(match serde_json::from_str::<serde::de::IgnoredAny>(text) {
            Ok(_) => Refusal::silent(POLICY, "invalid request frame"),
            Err(_) => Refusal::silent(NORMAL, ""),
        });
    };
    let id = frame.id.into_owned();
    let refuse = |text: String| Refusal::with(&id, ErrorShape::invalid(text));
    if frame.method != "connect" {
        return Err(refuse(
            "invalid handshake: first request must be connect".into(),
        ));
    }
    let params = match frame.params {
        None => Value::Null,
        Some(raw) => strict::parse(raw.get())
            .map_err(|error| refuse(format!("invalid connect params: {error}")))?,
    };
    let newest = params
        .get("maxProtocol")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let validators = &shared.connect;
    let validator = if newest > 3 {
        &validators.open
    } else {
        &validators.closed
    };
    let why = match validator {
        Some(validator) => problems(validator, &params),
        None => Some("internal error".into()),
    };
    if let Some(why) = why {
        shared.metrics.schema_refused("connect");
        return Err(refuse(format!("invalid connect params: {why}")));
    }
    if newest > 3
        && validators
            .closed
            .as_ref()
            .is_some_and(|closed| !closed.is_valid(&params))
    {
        shared.metrics.connect_unknown_fields.inc();
    }
    let params: ConnectParams = serde_json::from_value(params)
        .map_err(|error| refuse(format!("invalid connect params: {error}")))?;
    let Some(protocol) = Protocol::negotiate(params.min_protocol, params.max_protocol) else {
        let expected = if params.max_protocol < 3 {
            3
        } else {
            PROTOCOL_MAX
        };
        let shape =
            ErrorShape::invalid("protocol mismatch").with_details(if params.max_protocol > 3 {
                json!({ "code": "PROTOCOL_MISMATCH", "expectedProtocol": expected })
            } else {
                json!({ "expectedProtocol": expected })
            });
        return Err(Refusal {
            code: PROTOCOL,
            ..Refusal::with(&id, shape)
        });
    };
    Ok((id, protocol, params))
}

async fn refuse(mut arrival: Arrival, refusal: Refusal) {
    arrival.shared.metrics.refused("handshake");
    let text = refusal
        .error
        .as_deref()
        .map_or("", |(_, shape)| shape.message.as_str());
    tracing::info!(target: "tidegate::wire", peer = %arrival.peer.addr.ip(), code = refusal.code.code, why = text, "handshake refused");
    if let Some((id, shape)) = refusal.error.as_deref() {
        let frame = ResponseFrame::<()>::failed(id, None, shape);
        if let Ok(text) = serde_json::to_string(&frame) {
            arrival.socket.send(text).await;
        }
    }
    arrival.shared.metrics.closed(refusal.code.code);
    arrival
        .socket
        .close(refusal.code.code, &refusal.reason)
        .await;
}

/// Adds the connection to the hub; hello-ok is the first thing in its outbox.
async fn join(arrival: Arrival, granted: Box<Granted>) {
    let Arrival {
        shared,
        peer,
        mut socket,
        gauges,
        locality,
    } = arrival;
    let conn_id = ConnId::new(shared.engine.ids().uuid());
    let outbox = Arc::new(Outbox::new(Budget {
        event_bytes: 0,
        event_frames: 0,
    }));
    let kill = CancellationToken::new();
    let joining = Joining {
        id: conn_id,
        principal: granted.claim.principal.clone(),
        protocol: granted.protocol,
        called: locality.called,
        outbox,
        kill,
        gauges,
        standing: granted.claim.standing.clone(),
        caps: granted.caps.clone(),
    };
    let presence = granted.claim.presence.clone();
    let guard = shared
        .engine
        .presence()
        .join(presence.key.as_deref(), presence.entry);
    let joined = shared.hub.join(joining, |conn| {
        encode(&granted.request_id, &hello_ok(&shared, conn, &granted))
    });
    let Some(conn) = joined else {
        let shape = ErrorShape::busy("the gateway is stopping", STOPPING_RETRY_MS);
        let refusal = Refusal {
            code: TRY_LATER,
            ..Refusal::with(&granted.request_id, shape)
        };
        let frame = refusal
            .error
            .as_deref()
            .map(|(id, shape)| ResponseFrame::<()>::failed(id, None, shape));
        if let Some(Ok(text)) = frame.as_ref().map(serde_json::to_string) {
            socket.send(text).await;
        }
        socket.close(refusal.code.code, &refusal.reason).await;
        return;
    };
    // What was taken back while it joined counts too.
    if !conn.stands() {
        conn.end("device right taken back");
    }
    peer.ticket.known();
    drop(peer);
    shared.metrics.handshakes.inc();
    let caller = conn.caller();
    tracing::info!(
        target: "tidegate::wire",
        conn_id = %conn.id, protocol = granted.protocol.number(), role = caller.role.as_str(),
        scopes = caller.scopes.words().join(","), "connected"
    );
    let node = node::join(&shared, &conn, granted.claim.node.clone());
    drop(granted);
    socket.set_message_limit(conn.message_limit());
    // A task of its own: this one has room for the whole handshake, which is over.
    let session = Session::new(Arc::clone(&shared), conn, guard, node);
    shared.tasks.spawn(session.run(socket));
}

fn encode(id: &str, hello: &impl Serialize) -> String {
    serde_json::to_string(&ResponseFrame::ok(id, hello)).unwrap_or_default()
}
