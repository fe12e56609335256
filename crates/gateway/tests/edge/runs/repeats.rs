//! The same request again (V3 6.4, D1): one effect, whatever is repeated, and each principal has
//! keys of its own.

use serde_json::{Value, json};

use super::{SCOPES, agent, chat, end_of, hold, turns};
use crate::common::{Client, Device, Edge, Step, asks, settle};
use tidegate_core::run::FailureKind;

#[tokio::test]
async fn a_repeat_of_agent_gets_where_the_run_is_now() {
    let edge = Edge::start().await;
    let gate = hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    let first = client.ask("agent", agent("k1", "hello")).await;
    let accepted = client.answer(&first).await["payload"].clone();
    let second = client.ask("agent", agent("k1", "hello")).await;
    assert_eq!(
        client.answer(&second).await["payload"],
        accepted,
        "the same accepted payload, and nothing more"
    );
    gate.add_permits(1);
    let finished = client.answer(&first).await["payload"].clone();
    assert_eq!(finished["status"], "ok");
    assert_eq!(client.get("agent", agent("k1", "hello")).await, finished);
    settle().await;
    assert_eq!(edge.runner.turns().len(), 1);
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_repeat_of_chat_send_says_in_flight_then_how_it_ended() {
    let edge = Edge::start().await;
    let gate = hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    client.get("chat.send", chat("k1", "hello")).await;
    assert_eq!(
        client.get("chat.send", chat("k1", "hello")).await,
        json!({ "runId": "k1", "status": "in_flight" })
    );
    gate.add_permits(1);
    end_of(&mut client, "k1").await;
    assert_eq!(
        client.get("chat.send", chat("k1", "hello")).await,
        json!({ "runId": "k1", "status": "ok" })
    );

    hold(&edge);
    client.get("chat.send", chat("k2", "hello")).await;
    turns(&edge, 2).await;
    client
        .get("chat.abort", json!({ "sessionKey": "main", "runId": "k2" }))
        .await;
    end_of(&mut client, "k2").await;
    let repeat = client.get("chat.send", chat("k2", "hello")).await;
    assert_eq!(
        repeat,
        json!({ "runId": "k2", "status": "aborted" }),
        "not ok, as it was in January"
    );

    edge.runner.next([Step::Fail(
        FailureKind::RateLimit,
        "the provider says: slow down",
    )]);
    client.get("chat.send", chat("k3", "hello")).await;
    end_of(&mut client, "k3").await;
    let repeat = client.call("chat.send", chat("k3", "hello")).await;
    assert_eq!(repeat["ok"], false);
    assert_eq!(
        repeat["payload"],
        json!({ "runId": "k3", "status": "error", "summary": "the provider says: slow down" })
    );
    assert_eq!(repeat["error"]["code"], "UNAVAILABLE");
    assert_eq!(edge.runner.turns().len(), 3);
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_repeat_of_send_delivers_once() {
    let edge = Edge::start().await;
    let mut client = edge.owner(SCOPES).await;
    let params = json!({ "to": "main", "message": "news", "idempotencyKey": "s1" });
    let sent = client.get("send", params.clone()).await;
    assert_eq!(
        (&sent["runId"], &sent["channel"]),
        (&json!("s1"), &json!("webchat"))
    );
    assert_eq!(client.get("send", params).await, sent);
    let history = client
        .get("chat.history", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(history["messages"].as_array().unwrap().len(), 1);
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn the_order_of_keys_is_no_difference_and_any_other_param_is() {
    let edge = Edge::start().await;
    let mut client = edge.owner(SCOPES).await;
    client.get("chat.send", json!({ "sessionKey": "main", "message": "hi", "idempotencyKey": "k", "thinking": "low" })).await;
    end_of(&mut client, "k").await;
    let turned =
        json!({ "thinking": "low", "idempotencyKey": "k", "message": "hi", "sessionKey": "main" });
    assert_eq!(client.get("chat.send", turned).await["status"], "ok");
    let others = [
        json!({ "sessionKey": "main", "message": "hi", "idempotencyKey": "k" }),
        json!({ "sessionKey": "main", "message": "hi!", "idempotencyKey": "k", "thinking": "low" }),
        json!({ "sessionKey": "other", "message": "hi", "idempotencyKey": "k", "thinking": "low" }),
    ];
    for other in others {
        let refused = client.call("chat.send", other).await["error"].clone();
        assert_eq!(refused["code"], "INVALID_REQUEST");
        assert_eq!(
            refused["message"],
            "idempotency key was used before with different params"
        );
    }
    client
        .get(
            "send",
            json!({ "to": "main", "message": "hi", "idempotencyKey": "same" }),
        )
        .await;
    let refused = client
        .call(
            "send",
            json!({ "to": "main", "message": "ho", "idempotencyKey": "same" }),
        )
        .await;
    assert_eq!(refused["error"]["code"], "INVALID_REQUEST", "{refused}");
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn two_principals_may_choose_the_same_key() {
    let edge = Edge::start().await;
    let mut owner = edge.owner(SCOPES).await;
    let mut browser = Client::open(edge.addr).await;
    assert_eq!(
        browser
            .connect_as(&Device::number(1), &asks(4, SCOPES))
            .await["ok"],
        true
    );
    let mut runs = Vec::new();
    for (client, words) in [
        (&mut owner, "from the owner"),
        (&mut browser, "from the browser"),
    ] {
        let started = client.get("chat.send", chat("same", words)).await;
        assert_eq!(started["status"], "started");
        let run = started["runId"].as_str().unwrap().to_owned();
        let end = end_of(client, &run).await;
        assert_eq!(
            end.pointer("/message/content/0/text"),
            Some(&Value::from(format!("you said: {words}")))
        );
        runs.push(run);
    }
    assert_ne!(runs[0], runs[1]);
    assert_eq!(
        owner.get("chat.send", chat("same", "from the owner")).await["runId"],
        runs[0].as_str()
    );
    assert_eq!(
        browser
            .get("chat.send", chat("same", "from the browser"))
            .await["runId"],
        runs[1].as_str()
    );
    assert_eq!(edge.runner.turns().len(), 2);
    drop((owner, browser));
    edge.stopped().await;
}
