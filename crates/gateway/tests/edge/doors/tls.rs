//! TLS on the port: the doors are the same ones, and a handshake costs what an unknown may cost
//! (T12, T56).

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use tidegate_gateway::{Tls, self_made};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::common::{
    Edge, FORWARDED, NOW_MS, Raw, Setup, asks, get, in_time, jump, metric, settle, upgrade_headers,
};

/// Sockets of one unknown peer at a time.
const PER_PEER: usize = 64;

/// A gateway under TLS, and what its clients trust.
struct Secured {
    edge: Edge,
    connector: TlsConnector,
}

impl Secured {
    async fn start() -> Self {
        let made = self_made(["127.0.0.1".to_owned()], NOW_MS).unwrap();
        let tls = Tls::from_pem(made.certificate.as_bytes(), made.key.as_bytes(), NOW_MS).unwrap();
        let mut roots = RootCertStore::empty();
        let own = CertificateDer::from_pem_slice(made.certificate.as_bytes()).unwrap();
        roots.add(own).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let edge = Edge::with(Setup {
            tls: Some(tls),
            ..Setup::default()
        })
        .await;
        Self {
            edge,
            connector: TlsConnector::from(Arc::new(config)),
        }
    }

    /// A stream that a client trusts: name, dates and signature were checked.
    async fn dial(&self) -> TlsStream<TcpStream> {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let tcp = TcpStream::connect(self.edge.addr).await.unwrap();
        in_time("the TLS handshake", self.connector.connect(name, tcp))
            .await
            .unwrap()
    }

    /// The status and the whole answer to a GET with these headers.
    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
        let mut text = format!("GET {path} HTTP/1.1\r\n");
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        let mut stream = self.dial().await;
        stream
            .write_all(format!("{text}\r\n").as_bytes())
            .await
            .unwrap();
        let mut bytes = Vec::new();
        let read = async {
            while !bytes.windows(4).any(|four| four == b"\r\n\r\n") {
                assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
            }
            if !headers.contains(&("Upgrade", "websocket")) {
                let _ = stream.read_to_end(&mut bytes).await;
            }
        };
        in_time("an answer", read).await;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        (status, text)
    }

    async fn client(
        &self,
        headers: &[(&'static str, &str)],
    ) -> WebSocketStream<TlsStream<TcpStream>> {
        let mut request = format!("wss://{}/", self.edge.addr)
            .into_client_request()
            .unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let stream = self.dial().await;
        let (mut socket, _) = in_time("the upgrade", Box::pin(client_async(request, stream)))
            .await
            .unwrap();
        assert_eq!(next(&mut socket).await["event"], "connect.challenge");
        socket
    }
}

async fn next(socket: &mut WebSocketStream<TlsStream<TcpStream>>) -> Value {
    let message = in_time("a frame", socket.next()).await.unwrap().unwrap();
    serde_json::from_str(message.to_text().unwrap()).unwrap()
}

async fn call(
    socket: &mut WebSocketStream<TlsStream<TcpStream>>,
    method: &str,
    params: Value,
) -> Value {
    let frame = json!({ "type": "req", "id": method, "method": method, "params": params });
    socket.send(Message::text(frame.to_string())).await.unwrap();
    loop {
        let answer = next(socket).await;
        if answer["id"] == method {
            return answer;
        }
    }
}

#[tokio::test]
async fn host_and_origin_are_checked_under_tls_as_without() {
    let secured = Secured::start().await;
    let host = secured.edge.addr.to_string();
    let own = format!("https://{host}");
    // Whoever sits on the way can make a page of it.
    let clear = format!("http://{host}");
    for (host, origin, status) in [
        (host.as_str(), own.as_str(), 200),
        (&host, "https://gate.example", 200),
        (&host, "https://evil.example", 403),
        (&host, "null", 403),
        (&host, clear.as_str(), 403),
        ("rebind.example", "https://rebind.example", 421),
    ] {
        let headers = [("Host", host), ("Origin", origin), ("Connection", "close")];
        let (found, text) = secured.get("/healthz", &headers).await;
        assert_eq!(found, status, "{host} {origin}: {text}");
        assert!(
            status != 421 || text.contains("https://127.0.0.1:<port>/"),
            "{text}"
        );
        let headers = [&headers[..2], &upgrade_headers()].concat();
        let (found, _) = secured.get("/", &headers).await;
        let upgraded = if status == 200 { 101 } else { status };
        assert_eq!(found, upgraded, "{host} {origin}");
    }
    secured.edge.stopped().await;
}

#[tokio::test]
async fn the_owner_is_the_owner_directly_and_nobody_through_a_proxy() {
    let secured = Secured::start().await;
    let scopes = json!(["operator.read"]);
    let direct = async {
        let mut socket = secured.client(&[]).await;
        call(&mut socket, "connect", asks(4, &["operator.read"])).await
    }
    .await;
    assert_eq!(direct["payload"]["auth"]["scopes"], scopes, "{direct}");
    let mut proxied = secured.client(&[FORWARDED]).await;
    let hello = call(&mut proxied, "connect", asks(4, &["operator.read"])).await;
    assert_eq!(hello["payload"]["auth"]["scopes"], json!([]), "{hello}");
    let refused = call(&mut proxied, "sessions.list", json!({})).await;
    assert_eq!(refused["ok"], false, "{refused}");
    drop(proxied);
    secured.edge.stopped().await;
}

/// Many records in both directions, and the goodbye at the end.
#[tokio::test]
async fn large_answers_and_the_close_frame_pass() {
    let mut secured = Secured::start().await;
    for number in 0..12 {
        secured.edge.remember(number, "x".repeat(100 * 1024)).await;
    }
    let mut socket = secured.client(&[]).await;
    let hello = call(
        &mut socket,
        "connect",
        asks(4, &["operator.admin", "operator.read"]),
    )
    .await;
    assert_eq!(hello["ok"], true, "{hello}");
    for _ in 0..3 {
        let history = call(&mut socket, "chat.history", json!({ "sessionKey": "main" })).await;
        assert_eq!(history["payload"]["messages"].as_array().unwrap().len(), 12);
    }
    let long =
        json!({ "sessionKey": "main", "message": "y".repeat(300 * 1024), "idempotencyKey": "l" });
    let answer = call(&mut socket, "chat.send", long).await;
    assert_eq!(answer["type"], "res", "{answer}");
    secured.edge.stop.cancel();
    let closing = async {
        loop {
            if let Message::Close(frame) = socket.next().await.unwrap().unwrap() {
                return u16::from(frame.unwrap().code);
            }
        }
    };
    let code = in_time("the close frame", closing).await;
    assert_eq!(code, 1012);
    drop(socket);
    secured.edge.has_stopped().await;
}

#[tokio::test]
async fn who_speaks_plain_http_is_told_so_and_garbage_is_not_answered() {
    let secured = Secured::start().await;
    let answer = get(secured.edge.addr, "/", &[]).await;
    assert_eq!(answer.status, 400);
    assert!(
        answer.body.contains("https:// or wss://"),
        "{}",
        answer.body
    );
    let mut garbage = Raw::dial(secured.edge.addr).await;
    garbage.write(&[0x80, 0, 1, 2]).await;
    assert_eq!(garbage.rest().await, b"");
    let mut broken = Raw::dial(secured.edge.addr).await;
    broken.write(&[0x16, 3, 1, 0, 4, 9, 9, 9, 9]).await;
    let answer = broken.rest().await;
    assert!(
        answer.first().is_none_or(|first| *first == 0x15),
        "at most an alert: {answer:?}"
    );
    secured.edge.stopped().await;
}

#[tokio::test]
async fn a_handshake_that_does_not_go_on_ends_and_holds_up_nobody() {
    let secured = Secured::start().await;
    let addr = secured.edge.addr;
    let mut silent = Raw::dial(addr).await;
    let mut slow = Raw::dial(addr).await;
    slow.write(&[0x16, 3, 1]).await;
    let (status, _) = secured
        .get(
            "/healthz",
            &[("Host", &addr.to_string()), ("Connection", "close")],
        )
        .await;
    assert_eq!(status, 200);
    settle().await;
    assert!(!silent.has_ended().await && !slow.has_ended().await);
    jump(Duration::from_secs(11)).await;
    assert!(silent.has_ended().await && slow.has_ended().await);
    let mut socket = secured.client(&[]).await;
    call(&mut socket, "connect", asks(4, &["operator.admin"])).await;
    drop(socket);
    secured.edge.stopped().await;
}

#[tokio::test]
async fn handshakes_count_among_the_unknown_and_the_oldest_gives_way() {
    let secured = Secured::start().await;
    let addr = secured.edge.addr;
    let mut waiting = Vec::new();
    for _ in 0..PER_PEER {
        let mut raw = Raw::dial(addr).await;
        raw.write(&[0x16, 3, 1]).await;
        waiting.push(raw);
    }
    settle().await;
    let host = addr.to_string();
    let token = format!("Bearer {}", crate::common::TOKEN);
    let headers = [
        ("Host", host.as_str()),
        ("Authorization", &token),
        ("Connection", "close"),
    ];
    let (status, text) = secured.get("/metrics", &headers).await;
    assert_eq!(status, 200, "{text}");
    assert_eq!(metric(&text, "gateway_refusals_total{reason=\"room\"}"), 1);
    assert!(waiting[0].has_ended().await, "the oldest gives way");
    assert!(!waiting[PER_PEER - 1].has_ended().await);
    secured.edge.stopped().await;
}

#[tokio::test]
async fn a_flood_of_handshakes_is_dropped_before_it_costs() {
    let secured = Secured::start().await;
    let addr = secured.edge.addr;
    for _ in 0..3 * PER_PEER {
        drop(Raw::dial(addr).await);
    }
    settle().await;
    // The buckets are full again.
    jump(Duration::from_secs(11)).await;
    let host = addr.to_string();
    let token = format!("Bearer {}", crate::common::TOKEN);
    let headers = [
        ("Host", host.as_str()),
        ("Authorization", &token),
        ("Connection", "close"),
    ];
    let (status, text) = secured.get("/metrics", &headers).await;
    assert_eq!(status, 200, "{text}");
    let dropped = metric(&text, "gateway_refusals_total{reason=\"tls-rate\"}");
    assert!((1..=64).contains(&dropped), "{dropped}");
    secured.edge.stopped().await;
}
