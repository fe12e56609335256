//! Being let in, or not.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tidegate_protocol::ErrorCode;

use super::server::{NONCE, Server, TS, both, hello, in_time};
use crate::{Auth, Client, Deadlines, DeviceIdentity, ErrorKind, Phase, TokenCache};

fn decode(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

/// What the gateway checks: id, key, signature over version 3.
fn verify(connect: &Value, token: &str) {
    let (params, device) = (&connect["params"], &connect["params"]["device"]);
    let key: [u8; 32] = decode(&device["publicKey"]).try_into().unwrap();
    let id = format!("{:x}", Sha256::digest(key));
    assert_eq!(device["id"], json!(id));
    assert_eq!(
        device["signedAt"],
        json!(TS),
        "signed at the challenge's time"
    );
    assert_eq!(device["nonce"], json!(NONCE));
    assert_eq!(params["scopes"], json!(["operator.write", "operator.read"]));
    let text = format!(
        "v3|{id}|cli|cli|operator|operator.write,operator.read|{TS}|{token}|{NONCE}|linux|pc"
    );
    let signature = Signature::from_slice(&decode(&device["signature"])).unwrap();
    VerifyingKey::from_bytes(&key)
        .unwrap()
        .verify_strict(text.as_bytes(), &signature)
        .unwrap();
}

#[tokio::test]
async fn the_handshake_is_signed_and_asks_for_three_to_four() {
    let server = Server::start().await;
    let mut options = server.options();
    options.identity = Some(DeviceIdentity::generate().unwrap());
    let (connected, (_peer, connect)) = both(Client::connect(&options), server.welcome()).await;
    let (client, _) = connected.unwrap();
    assert_eq!(client.hello().protocol, 4);
    assert_eq!(
        (&connect["type"], &connect["method"]),
        (&json!("req"), &json!("connect"))
    );
    let params = &connect["params"];
    assert_eq!(
        (&params["minProtocol"], &params["maxProtocol"]),
        (&json!(3), &json!(4))
    );
    assert_eq!(params["auth"], json!({ "token": "the-secret" }));
    verify(&connect, "the-secret");
}

#[tokio::test]
async fn without_a_device_there_is_no_device_block_and_nothing_is_null() {
    let server = Server::start().await;
    let options = server.options();
    let (connected, (_peer, connect)) = both(Client::connect(&options), server.welcome()).await;
    connected.unwrap();
    assert!(connect["params"].get("device").is_none());
    assert!(!connect.to_string().contains("null"), "{connect}");
}

#[tokio::test]
async fn a_refusal_has_the_gateways_error_and_the_close_code() {
    let server = Server::start().await;
    let options = server.options();
    let gateway = async {
        let mut peer = server.accept().await;
        peer.challenge().await;
        let connect = peer.request().await;
        let details = json!({ "code": "PAIRING_REQUIRED", "requestId": "r1" });
        peer.refuse(
            &connect,
            json!({ "code": "NOT_PAIRED", "message": "pairing required", "details": details }),
        )
        .await;
        peer.close(1008, "pairing required").await;
    };
    let (connected, ()) = both(Client::connect(&options), gateway).await;
    let error = connected.unwrap_err();
    assert_eq!(error.phase, Phase::Hello);
    assert_eq!(error.shape().unwrap().code, ErrorCode::NotPaired);
    assert_eq!(error.detail_code(), Some("PAIRING_REQUIRED"));
    assert_eq!(error.close().unwrap().code, Some(1008));
    assert!(!error.is_temporary());
}

#[tokio::test]
async fn a_close_without_an_answer_tells_code_and_reason() {
    let server = Server::start().await;
    let options = server.options();
    let gateway = async {
        let mut peer = server.accept().await;
        peer.close(1013, "starting").await;
    };
    let (connected, ()) = both(Client::connect(&options), gateway).await;
    let error = connected.unwrap_err();
    assert_eq!(error.phase, Phase::Challenge);
    assert_eq!(
        error.close().map(|close| (close.code, &*close.reason)),
        Some((Some(1013), "starting"))
    );
    assert!(error.is_temporary());
}

#[tokio::test]
async fn each_silence_is_a_deadline_of_its_phase() {
    for (says, phase) in [
        (0, Phase::Upgrade),
        (1, Phase::Challenge),
        (2, Phase::Hello),
    ] {
        let server = Server::start().await;
        let short = Duration::from_millis(80);
        let mut options = server.options();
        options.deadlines = Deadlines {
            connect: short,
            ..Deadlines::default()
        };
        let gateway = async {
            // The system itself accepts the TCP connection.
            if says > 0 {
                let mut peer = server.accept().await;
                if says > 1 {
                    peer.challenge().await;
                }
                std::future::pending::<()>().await;
            }
            std::future::pending::<()>().await;
        };
        let error = tokio::select! {
            connected = Client::connect(&options) => connected.map(drop).unwrap_err(),
            () = gateway => unreachable!(),
        };
        assert_eq!(
            (error.phase, error.kind),
            (phase, ErrorKind::Deadline(short))
        );
    }
}

#[tokio::test]
async fn nobody_there_and_no_gateway_there_are_told_apart() {
    let server = Server::start().await;
    let options = server.options();
    let web = async {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = server.listener.accept().await.unwrap();
        let mut some = [0; 1024];
        assert!(stream.read(&mut some).await.unwrap() > 0);
        stream
            .write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
    };
    let (connected, ()) = both(Client::connect(&options), web).await;
    let error = connected.unwrap_err();
    assert!(
        matches!(
            error.kind,
            ErrorKind::Upgrade {
                status: Some(404),
                ..
            }
        ),
        "{error:?}"
    );

    drop(server);
    let error = in_time(Client::connect(&options)).await.unwrap_err();
    assert_eq!(error.phase, Phase::Dial);
    assert!(
        matches!(
            error.kind,
            ErrorKind::Dial {
                kind: std::io::ErrorKind::ConnectionRefused,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_device_token_is_kept_and_shown_to_the_gateway_that_gave_it_and_to_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let (server, other) = (Server::start().await, Server::start().await);
    let device = DeviceIdentity::load_or_create(dir.path()).unwrap();
    let with_device = |server: &Server| {
        let mut options = server.options();
        options.identity = Some(device.clone());
        options.tokens = Some(TokenCache::in_state_dir(dir.path()));
        options
    };
    let first = with_device(&server);
    let gateway = async {
        let mut peer = server.accept().await;
        peer.challenge().await;
        let connect = peer.request().await;
        let auth = json!({
            "deviceToken": "given", "role": "operator", "scopes": ["operator.read"]
        });
        peer.answer(&connect, hello(Some(auth))).await;
    };
    let (connected, ()) = both(Client::connect(&first), gateway).await;
    connected.unwrap();

    let mut again = with_device(&server);
    again.auth = Auth::default();
    let (connected, (_peer, connect)) = both(Client::connect(&again), server.welcome()).await;
    connected.unwrap();
    assert_eq!(connect["params"]["auth"], json!({ "token": "given" }));
    verify(&connect, "given");

    let mut elsewhere = with_device(&other);
    elsewhere.auth = Auth::default();
    let (connected, (_peer, connect)) = both(Client::connect(&elsewhere), other.welcome()).await;
    connected.unwrap();
    assert!(!connect.to_string().contains("given"), "{connect}");
    assert!(connect["params"].get("auth").is_none());
    verify(&connect, "");
}
