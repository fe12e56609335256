//! TLS: nothing is said to whoever cannot show the right certificate.

use std::sync::Arc;

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::accept_async;

use super::server::{Peer, Server, both, hello, in_time};
use crate::{Client, ConnectOptions, ErrorKind, Fingerprint, Phase, Trust};

const SECRET: &str = "the-secret";

/// A certificate for 127.0.0.1 that nobody vouches for.
fn made() -> (TlsAcceptor, Fingerprint) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let fingerprint = Fingerprint::of(&certificate);
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), fingerprint)
}

fn options(server: &Server, trust: Trust) -> ConnectOptions {
    ConnectOptions {
        address: server.address().with_tls(),
        trust,
        ..server.options()
    }
}

async fn accept(server: &Server) -> TcpStream {
    in_time(server.listener.accept()).await.unwrap().0
}

#[tokio::test]
async fn the_pinned_certificate_is_enough() {
    let server = Server::start().await;
    let (acceptor, pin) = made();
    let options = options(&server, Trust::Pin(pin));
    let welcome = async {
        let stream = acceptor.accept(accept(&server).await).await.unwrap();
        let mut peer: Peer<TlsStream<TcpStream>> = Peer {
            socket: accept_async(stream).await.unwrap(),
        };
        peer.challenge().await;
        let connect = peer.request().await;
        peer.answer(&connect, hello(None)).await;
        (peer, connect)
    };
    let ((_peer, connect), client) = both(welcome, Client::connect(&options)).await;
    assert_eq!(connect["params"]["auth"]["token"], SECRET);
    assert_eq!(client.unwrap().0.certificate(), Some(pin));
}

/// What a listener with another certificate hears: whether its handshake went through.
async fn rogue(server: &Server, acceptor: &TlsAcceptor) -> bool {
    match acceptor.accept(accept(server).await).await {
        Err(_) => false,
        // In TLS 1.3 a server may be done before it hears that it was refused.
        Ok(mut stream) => {
            let mut heard = Vec::new();
            let _ = stream.read_to_end(&mut heard).await;
            assert_eq!(heard, b"", "something was said to a rogue");
            true
        }
    }
}

#[tokio::test]
async fn another_certificate_hears_nothing() {
    let server = Server::start().await;
    let (_, pinned) = made();
    let (other, shown) = made();
    let options = options(&server, Trust::Pin(pinned));
    let (_, refused) = both(rogue(&server, &other), Client::connect(&options)).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.phase, Phase::Tls);
    let distrust = refused.distrust().unwrap();
    assert_eq!((distrust.shown, distrust.pinned), (shown, Some(pinned)));
    assert!(!refused.is_temporary() && !refused.is_connection_lost());
}

#[tokio::test]
async fn without_a_pin_somebody_known_must_vouch() {
    let server = Server::start().await;
    let (acceptor, shown) = made();
    let options = options(&server, Trust::Authorities);
    let (_, refused) = both(rogue(&server, &acceptor), Client::connect(&options)).await;
    let refused = refused.unwrap_err();
    let distrust = refused.distrust().unwrap();
    assert_eq!((distrust.shown, distrust.pinned), (shown, None));
    assert!(
        refused.to_string().contains(&shown.to_string()),
        "{refused}"
    );
}

/// Everything that comes until the other side has enough.
async fn everything(mut stream: TcpStream) -> Vec<u8> {
    // What a server without TLS makes of a TLS handshake.
    let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let mut heard = vec![0; 1024];
    let read = stream.read(&mut heard).await.unwrap();
    heard.truncate(read);
    stream.write_all(answer).await.unwrap();
    let _ = stream.read_to_end(&mut heard).await;
    heard
}

#[tokio::test]
async fn there_is_no_way_back_to_plain_text() {
    let server = Server::start().await;
    let (_, pin) = made();
    let options = options(&server, Trust::Pin(pin));
    let listening = async { everything(accept(&server).await).await };
    let (heard, refused) = both(listening, Client::connect(&options)).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused.kind, ErrorKind::Tls(text) if text.contains("does not speak TLS")),
        "{refused}"
    );
    assert_eq!(heard.first(), Some(&0x16), "a TLS record and nothing else");
    for word in [SECRET, "GET", "connect"] {
        assert!(
            !heard
                .windows(word.len())
                .any(|part| part == word.as_bytes()),
            "{word}"
        );
    }
    // Nobody came a second time.
    let again = tokio::time::timeout(std::time::Duration::ZERO, server.listener.accept()).await;
    assert!(again.is_err());
}

#[tokio::test]
async fn plain_text_at_a_port_with_tls_is_explained() {
    let server = Server::start().await;
    let answering = async {
        let mut stream = accept(&server).await;
        let mut request = vec![0; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        let text = "This port speaks TLS: \u{1b}[31muse wss://.\nmore";
        let head = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\n{text}",
            text.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
    };
    let options = server.options();
    let ((), refused) = both(answering, Client::connect(&options)).await;
    let text = refused.unwrap_err().to_string();
    assert!(
        text.ends_with("400 Bad Request: This port speaks TLS: [31muse wss://."),
        "{text:?}"
    );
}
