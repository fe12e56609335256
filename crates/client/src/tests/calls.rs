//! Calls and events on an open connection.

use std::time::Duration;

use serde_json::json;
use tidegate_protocol::ErrorCode;
use tidegate_protocol::api::connect::{NoParams, Ticked};
use tidegate_protocol::api::health::LastHeartbeat;
use tidegate_protocol::api::send::{SendMessage, SendParams};

use super::server::{Peer, Server, both, in_time};
use crate::{
    Client, ConnectOptions, ErrorKind, EventError, Events, Phase, Reconnecting, idempotency_key,
};

async fn pair(server: &Server, options: &ConnectOptions) -> (Client, Events, Peer) {
    let (connected, (peer, _)) = both(Client::connect(options), server.welcome()).await;
    let (client, events) = connected.unwrap();
    (client, events, peer)
}

fn message() -> SendParams {
    SendParams {
        to: "main".to_owned(),
        message: "hi".to_owned(),
        idempotency_key: idempotency_key(),
        media_url: None,
        media_urls: None,
        gif_playback: None,
        channel: None,
        account_id: None,
        thread_id: None,
        session_key: None,
    }
}

fn sent() -> serde_json::Value {
    json!({ "runId": "r", "messageId": "m", "channel": "webchat", "chatId": "main" })
}

#[tokio::test]
async fn answers_find_their_requests_in_any_order() {
    let server = Server::start().await;
    let (client, _events, mut peer) = pair(&server, &server.options()).await;
    let wait = Duration::from_secs(5);
    let gateway = async {
        let (one, two) = (peer.request().await, peer.request().await);
        assert!(one.get("params").is_none(), "no params, no key: {one}");
        peer.answer(&two, json!({ "b": 2.50, "a": [1] })).await;
        peer.answer(&one, json!(null)).await;
    };
    let params = json!({ "x": 1 });
    let ((first, second), ()) = both(
        async {
            tokio::join!(
                client.call_raw("one", None, wait, false),
                client.call_raw("two", Some(&params), wait, false)
            )
        },
        gateway,
    )
    .await;
    assert_eq!(first.unwrap().get(), "null");
    assert_eq!(second.unwrap().get(), r#"{"b":2.5,"a":[1]}"#);
}

#[tokio::test]
async fn an_error_answer_leaves_the_connection_usable() {
    let server = Server::start().await;
    let (client, _events, mut peer) = pair(&server, &server.options()).await;
    let gateway = async {
        let bad = peer.request().await;
        let error = json!({ "code": "UNAVAILABLE", "message": "busy", "retryable": true, "retryAfterMs": 5 });
        peer.refuse(&bad, error).await;
        let good = peer.request().await;
        peer.answer(&good, json!(null)).await;
    };
    let calls = async {
        let error = client
            .call::<LastHeartbeat>(&NoParams {})
            .await
            .unwrap_err();
        assert_eq!(error.shape().unwrap().code, ErrorCode::Unavailable);
        assert_eq!(error.retry_after(), Some(Duration::from_millis(5)));
        assert!(error.is_temporary() && !error.is_connection_lost());
        assert!(
            client
                .call::<LastHeartbeat>(&NoParams {})
                .await
                .unwrap()
                .0
                .is_none()
        );
    };
    both(gateway, calls).await;
}

#[tokio::test]
async fn events_come_in_order_and_a_hole_is_said() {
    let server = Server::start().await;
    let (_client, mut events, mut peer) = pair(&server, &server.options()).await;
    for seq in [1, 2, 5] {
        peer.event("tick", json!({ "ts": seq }), Some(seq)).await;
    }
    peer.close(1012, "service restart").await;
    let mut found = Vec::new();
    while let Some(event) = in_time(events.next()).await {
        found.push(event.map(|event| event.read::<Ticked>().unwrap().unwrap().ts));
    }
    assert_eq!(
        found,
        [
            Ok(1),
            Ok(2),
            Err(EventError::Gap {
                expected: 3,
                received: 5
            }),
            Ok(5)
        ]
    );
}

#[tokio::test]
async fn a_call_has_a_deadline_and_its_late_answer_harms_nobody() {
    let server = Server::start().await;
    let (client, _events, mut peer) = pair(&server, &server.options()).await;
    let short = Duration::from_millis(30);
    let error = in_time(client.call_raw("slow", None, short, false))
        .await
        .unwrap_err();
    assert_eq!(
        (error.phase, error.kind),
        (Phase::Call, ErrorKind::Deadline(short))
    );
    let late = peer.request().await;
    peer.answer(&late, json!("late")).await;
    let gateway = async {
        let next = peer.request().await;
        assert_ne!(next["id"], late["id"]);
        peer.answer(&next, json!("right")).await;
    };
    let (answer, ()) = both(
        client.call_raw("next", None, Duration::from_secs(5), false),
        gateway,
    )
    .await;
    assert_eq!(answer.unwrap().get(), "\"right\"");
}

#[tokio::test]
async fn a_silent_gateway_is_given_up_with_the_familys_close_code() {
    let server = Server::start().await;
    let mut options = server.options();
    options.deadlines.silence = Some(Duration::from_millis(60));
    let (client, mut events, mut peer) = pair(&server, &options).await;
    let ((error, end), closed) = both(
        async { tokio::join!(client.call::<LastHeartbeat>(&NoParams {}), events.next()) },
        peer.closed(),
    )
    .await;
    assert!(matches!(error.unwrap_err().kind, ErrorKind::Silent(_)));
    assert!(end.is_none());
    assert_eq!(closed, Some((4000, "tick timeout".to_owned())));
    assert!(client.ended().is_some());
    let after = client
        .call::<LastHeartbeat>(&NoParams {})
        .await
        .unwrap_err();
    assert!(
        matches!(after.kind, ErrorKind::Silent(_)),
        "later calls know why at once"
    );
}

#[tokio::test]
async fn a_goodbye_is_a_normal_close() {
    let server = Server::start().await;
    let (client, _events, mut peer) = pair(&server, &server.options()).await;
    let ((), closed) = both(client.close(), peer.closed()).await;
    assert_eq!(closed, Some((1000, String::new())));
}

#[tokio::test]
async fn large_traffic_in_both_directions_does_not_lock_up() {
    let server = Server::start().await;
    let (client, _events, mut peer) = pair(&server, &server.options()).await;
    let big = "x".repeat(8 * 1024 * 1024);
    let params = json!({ "text": big });
    let gateway = async {
        // It writes everything before it reads anything.
        peer.event("chat", json!({ "text": big }), Some(1)).await;
        let request = peer.request().await;
        peer.answer(&request, json!("done")).await;
    };
    let (answer, ()) = both(
        client.call_raw("big", Some(&params), Duration::from_secs(8), false),
        gateway,
    )
    .await;
    assert_eq!(answer.unwrap().get(), "\"done\"");
}

#[tokio::test]
async fn a_connection_lost_in_a_call_is_restored_and_the_key_repeated() {
    let server = Server::start().await;
    let params = message();
    let gateway = async {
        let (mut peer, _) = server.welcome().await;
        let first = peer.request().await;
        drop(peer); // no close frame, no answer: was it done?
        let (mut peer, _) = server.welcome().await;
        let second = peer.request().await;
        assert_eq!(first["method"], json!("send"));
        assert_eq!(first["params"], second["params"]);
        assert_eq!(
            first["params"]["idempotencyKey"],
            json!(params.idempotency_key.as_str())
        );
        let busy = json!({ "code": "UNAVAILABLE", "message": "draining", "retryable": true, "retryAfterMs": 1 });
        peer.refuse(&second, busy).await;
        let third = peer.request().await;
        assert_eq!(third["params"], second["params"]);
        peer.answer(&third, sent()).await;
    };
    let caller = async {
        let mut gateway = Reconnecting::connect(server.options(), Duration::from_secs(8))
            .await
            .unwrap();
        gateway.call::<SendMessage>(&params).await.unwrap()
    };
    let (answer, ()) = both(caller, gateway).await;
    assert_eq!(answer.message_id, "m");
}

#[tokio::test]
async fn patience_ends_and_what_will_not_get_better_is_not_repeated() {
    let server = Server::start().await;
    let gateway = async {
        let (mut peer, _) = server.welcome().await;
        let first = peer.request().await;
        peer.refuse(
            &first,
            json!({ "code": "INVALID_REQUEST", "message": "no such session" }),
        )
        .await;
        let second = peer.request().await;
        let busy = json!({ "code": "UNAVAILABLE", "message": "later", "retryable": true, "retryAfterMs": 60000 });
        peer.refuse(&second, busy).await;
    };
    let caller = async {
        let mut gateway = Reconnecting::connect(server.options(), Duration::from_secs(2))
            .await
            .unwrap();
        let error = gateway.call::<SendMessage>(&message()).await.unwrap_err();
        assert_eq!(error.to_string(), "no such session");
        let error = gateway.call::<SendMessage>(&message()).await.unwrap_err();
        assert_eq!(error.to_string(), "later");
    };
    both(caller, gateway).await;
}

#[tokio::test]
async fn a_gateway_that_is_starting_is_waited_for() {
    let server = Server::start().await;
    let gateway = async {
        let mut peer = server.accept().await;
        peer.challenge().await;
        let connect = peer.request().await;
        let starting = json!({
            "code": "UNAVAILABLE", "message": "starting", "retryable": true, "retryAfterMs": 10
        });
        peer.refuse(&connect, starting).await;
        peer.close(1013, "starting").await;
        server.welcome().await
    };
    let connect = Reconnecting::connect(server.options(), Duration::from_secs(5));
    let (connected, _peer) = both(connect, gateway).await;
    assert!(connected.unwrap().client().is_some());
}
