//! From an address to an open connection.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::value::RawValue;
use tidegate_protocol::api::connect::{
    Challenge, ClientInfo, ConnectAuth, ConnectChallenge, ConnectParams, HelloOk,
};
use tidegate_protocol::{Role, Scope, version};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::Message;

use crate::address::Address;
use crate::credential::{Auth, Credential};
use crate::dial::{dial, upgrade};
use crate::error::{Error, ErrorKind, Phase};
use crate::frame::{Frame, read, read_frame, request};
use crate::identity::{DeviceIdentity, Statement};
use crate::link::{Socket, sort};
use crate::pin::{Fingerprint, Trust};
use crate::secure::secure;
use crate::token_cache::TokenCache;
use crate::wire::Wire;

/// How long to wait, after a refusal, for the close frame that belongs to it.
const CLOSE_AFTER_REFUSAL: Duration = Duration::from_millis(500);

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From the first packet to being let in.
    pub connect: Duration,
    /// For the answer to a request.
    pub call: Duration,
    /// Longest silence of the gateway; `None` takes twice its tick interval.
    pub silence: Option<Duration>,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            call: Duration::from_secs(10),
            silence: None,
        }
    }
}

impl Deadlines {
    pub(crate) fn silence(&self, tick_interval_ms: u64) -> Duration {
        // Not less than a second: a gateway with a strange interval shall not be called dead.
        let ticks = Duration::from_millis(tick_interval_ms.saturating_mul(2).max(1_000));
        self.silence.unwrap_or(ticks)
    }
}

/// Where to, who, with which rights, and what to show.
#[derive(Debug, Clone)]
pub struct ConnectOptions {
    /// Where to.
    pub address: Address,
    /// As what.
    pub role: Role,
    /// Rights to ask for; none asked for is none given.
    pub scopes: Vec<Scope>,
    /// Who this is.
    pub client: ClientInfo,
    /// What to show. If empty, the device's token of this very gateway is shown, if there is one.
    pub auth: Auth,
    /// The device; without one only the owner on the gateway's own host has rights.
    pub identity: Option<DeviceIdentity>,
    /// Where tokens that gateways gave to the device are kept.
    pub tokens: Option<TokenCache>,
    /// Which certificate is accepted, where the address wants TLS.
    pub trust: Trust,
    /// How long to wait.
    pub deadlines: Deadlines,
    /// What a node offers; empty for an operator.
    pub node: NodeClaims,
}

/// What a node says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeClaims {
    /// Its abilities, such as `system`.
    pub caps: Vec<String>,
    /// The commands that it offers.
    pub commands: Vec<String>,
    /// What its operating system permits.
    pub permissions: BTreeMap<String, bool>,
    /// Where its programs are looked for.
    pub path_env: Option<String>,
}

impl ConnectOptions {
    /// An operator without a device.
    pub fn operator(address: Address, scopes: Vec<Scope>, client: ClientInfo, auth: Auth) -> Self {
        Self {
            address,
            role: Role::Operator,
            scopes,
            client,
            auth,
            identity: None,
            tokens: None,
            trust: Trust::default(),
            deadlines: Deadlines::default(),
            node: NodeClaims::default(),
        }
    }
}

pub(crate) struct Opened {
    pub(crate) socket: Socket,
    pub(crate) hello: HelloOk,
    /// The gateway's certificate, under TLS.
    pub(crate) certificate: Option<Fingerprint>,
}

/// The whole handshake within one deadline.
pub(crate) async fn handshake(options: &ConnectOptions) -> Result<Opened, Error> {
    let limit = options.deadlines.connect;
    let until = Instant::now() + limit;
    let in_time = |phase| move |_| Error::deadline(phase, limit);
    let stream = timeout_at(until, dial(&options.address))
        .await
        .map_err(in_time(Phase::Dial))??;
    let (stream, certificate) = timeout_at(until, wire(options, stream))
        .await
        .map_err(in_time(Phase::Tls))??;
    let mut socket = timeout_at(until, upgrade(&options.address, stream))
        .await
        .map_err(in_time(Phase::Upgrade))??;
    let challenge = timeout_at(until, challenge(&mut socket))
        .await
        .map_err(in_time(Phase::Challenge))??;
    let hello = timeout_at(until, introduce(&mut socket, options, &challenge))
        .await
        .map_err(in_time(Phase::Hello))??;
    keep_token(options, &hello);
    Ok(Opened {
        socket,
        hello,
        certificate,
    })
}

/// What the WebSocket goes over. An address with TLS is never spoken to without.
async fn wire(
    options: &ConnectOptions,
    stream: TcpStream,
) -> Result<(Box<dyn Wire>, Option<Fingerprint>), Error> {
    if !options.address.is_tls() {
        return Ok((Box::new(stream), None));
    }
    let secured = secure(&options.address, options.trust, stream).await?;
    Ok((Box::new(secured.stream), Some(secured.certificate)))
}

/// The next frame with a meaning.
async fn next(socket: &mut Socket, phase: Phase) -> Result<Frame, Error> {
    loop {
        if let Some(text) = sort(socket.next().await, phase)?
            && let Some(frame) = read_frame(&text)
        {
            return Ok(frame);
        }
    }
}

async fn challenge(socket: &mut Socket) -> Result<ConnectChallenge, Error> {
    loop {
        if let Frame::Event(event) = next(socket, Phase::Challenge).await?
            && let Some(challenge) = event.read::<Challenge>()
        {
            return challenge.map_err(|why| Error {
                phase: Phase::Challenge,
                ..why
            });
        }
    }
}

async fn introduce(
    socket: &mut Socket,
    options: &ConnectOptions,
    challenge: &ConnectChallenge,
) -> Result<HelloOk, Error> {
    const ID: &str = "connect";
    let unreadable = |why| Error::unreadable(Phase::Hello, why);
    let params: Box<RawValue> =
        serde_json::value::to_raw_value(&params(options, challenge)).map_err(unreadable)?;
    let text = request(ID, "connect", Some(&params))?;
    socket
        .send(Message::text(text))
        .await
        .map_err(|why| Error::new(Phase::Hello, ErrorKind::Broken(why.to_string())))?;
    loop {
        match next(socket, Phase::Hello).await? {
            Frame::Answer { id, answer } if id == ID => {
                let at_hello = |why| Error {
                    phase: Phase::Hello,
                    ..why
                };
                return match answer {
                    Ok(payload) => read(&payload).map_err(at_hello),
                    Err(why) => Err(with_close(socket, at_hello(why)).await),
                };
            }
            _ => {}
        }
    }
}

/// A refusal is followed by a close frame that says more.
async fn with_close(socket: &mut Socket, why: Error) -> Error {
    let found = timeout(CLOSE_AFTER_REFUSAL, async {
        loop {
            if let Err(end) = sort(socket.next().await, Phase::Hello) {
                return end;
            }
        }
    })
    .await;
    let Error {
        phase,
        kind: ErrorKind::Refused(mut refusal),
    } = why
    else {
        return why;
    };
    refusal.close = found.ok().and_then(|end| end.close().cloned());
    Error::new(phase, ErrorKind::Refused(refusal))
}

fn params(options: &ConnectOptions, challenge: &ConnectChallenge) -> ConnectParams {
    let auth = shown(options);
    let scopes: Vec<String> = options
        .scopes
        .iter()
        .map(|scope| scope.as_str().to_owned())
        .collect();
    let device = options.identity.as_ref().map(|identity| {
        identity.prove(&Statement {
            client: &options.client,
            role: options.role.as_str(),
            scopes: &scopes,
            signed_at_ms: challenge.ts,
            // The first that is there, as verifiers do (V4 A.5).
            token: auth.token.as_ref().or(auth.bootstrap_token.as_ref()),
            nonce: &challenge.nonce,
        })
    });
    let text = |secret: Option<Credential>| secret.map(|secret| secret.expose().to_owned());
    let auth = (!auth.is_empty()).then(|| ConnectAuth {
        token: text(auth.token),
        password: text(auth.password),
        device_token: None,
        bootstrap_token: text(auth.bootstrap_token),
    });
    ConnectParams {
        min_protocol: version::PROTOCOL_MIN,
        max_protocol: version::PROTOCOL_MAX,
        client: options.client.clone(),
        caps: options.node.caps.clone(),
        commands: options.node.commands.clone(),
        permissions: options.node.permissions.clone(),
        path_env: options.node.path_env.clone(),
        role: Some(options.role.as_str().to_owned()),
        scopes: Some(scopes),
        device,
        auth,
        locale: None,
        user_agent: None,
    }
}

/// What was given, else what this very gateway gave to the device before.
fn shown(options: &ConnectOptions) -> Auth {
    if !options.auth.is_empty() {
        return options.auth.clone();
    }
    let kept = options
        .identity
        .as_ref()
        .zip(options.tokens.as_ref())
        .and_then(|(device, tokens)| tokens.token(device, &options.address, options.role));
    Auth {
        token: kept,
        ..Auth::default()
    }
}

/// A token that cannot be kept costs convenience, not the connection.
fn keep_token(options: &ConnectOptions, hello: &HelloOk) {
    if let (Some(device), Some(tokens), Some(granted)) =
        (&options.identity, &options.tokens, &hello.auth)
        && let Some(token) = &granted.device_token
    {
        let _ = tokens.keep(device, &options.address, granted, &Credential::new(token));
    }
}
