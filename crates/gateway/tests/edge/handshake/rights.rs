//! Which rights a connection gets: what it asked for, what was granted, and where it comes from.

use serde_json::{Value, json};

use super::{Outcome, connect};
use crate::common::{Client, Device, Edge, FORWARDED, asks};

const ALL: &[&str] = &[
    "operator.admin",
    "operator.approvals",
    "operator.pairing",
    "operator.questions",
    "operator.read",
    "operator.write",
];

fn token_of(token: &str, scopes: &[&str]) -> Value {
    let mut params = asks(4, scopes);
    params["auth"] = json!({ "token": token });
    params
}

async fn device(edge: &Edge, headers: &[(&str, &str)], seed: u8, params: Value) -> Outcome {
    connect(edge, headers, |challenge| {
        Device::number(seed).prove(&params, challenge)
    })
    .await
}

#[tokio::test]
async fn the_secret_alone_keeps_its_scopes_only_directly_and_without_a_page() {
    let edge = Edge::start().await;
    for newest in [3, 4] {
        let joined = connect(&edge, &[], |_| asks(newest, ALL)).await;
        assert_eq!(joined.scopes(), ALL);
        assert_eq!(joined.device_token(), None, "no device, no device token");
        let none = connect(&edge, &[], |_| asks(newest, &[])).await;
        assert!(
            none.scopes().is_empty(),
            "no scopes asked is no scopes given"
        );
        let mut unnamed = asks(newest, &[]);
        unnamed.as_object_mut().unwrap().remove("scopes");
        assert!(connect(&edge, &[], |_| unnamed).await.scopes().is_empty());
    }
    let own = format!("http://{}", edge.addr);
    let taints = [
        ("origin", own.as_str()),
        ("origin", "https://gate.example"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-for", "::ffff:127.0.0.1"),
        ("x-forwarded-host", "localhost"),
        ("x-forwarded-proto", "https"),
        ("x-real-ip", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("via", "1.1 proxy"),
        ("tailscale-user-login", "admin@example.com"),
        ("cf-connecting-ip", "127.0.0.1"),
    ];
    for taint in taints {
        let guest = connect(&edge, &[taint], |_| asks(4, ALL)).await;
        assert!(guest.scopes().is_empty(), "{taint:?}");
        assert!(
            guest.answer["payload"]["features"]["methods"]
                .as_array()
                .unwrap()
                .is_empty(),
            "{taint:?}"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn words_that_are_no_scope_give_nothing() {
    let edge = Edge::start().await;
    let odd = [
        "operator.*",
        "OPERATOR.ADMIN",
        "operator.admin ",
        "admin",
        "*",
        "operator.read",
    ];
    assert_eq!(
        connect(&edge, &[], |_| asks(4, &odd)).await.scopes(),
        ["operator.read"]
    );
    let many: Vec<&str> = std::iter::repeat_n("operator.admin", 65).collect();
    assert!(
        connect(&edge, &[], |_| asks(4, &many))
            .await
            .text()
            .contains("must NOT have more than 64 items")
    );
    edge.stopped().await;
}

#[tokio::test]
async fn a_control_ui_must_have_a_device() {
    let edge = Edge::start().await;
    let text = "control ui requires HTTPS or localhost (secure context)";
    for id in ["clawdbot-control-ui", "openclaw-control-ui"] {
        let mut params = asks(4, ALL);
        params["client"]["id"] = id.into();
        let refused = connect(&edge, &[], |_| params.clone()).await;
        assert_eq!(
            (refused.text(), refused.code()),
            (text, "CONTROL_UI_DEVICE_IDENTITY_REQUIRED")
        );
        assert_eq!(refused.close, Some((1008, text.into())));
        assert_eq!(device(&edge, &[], 1, params).await.scopes(), ALL);
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_node_needs_a_device_and_has_no_scopes() {
    let edge = Edge::start().await;
    let mut params = asks(4, ALL);
    params["role"] = "node".into();
    assert_eq!(
        connect(&edge, &[], |_| params.clone()).await.code(),
        "DEVICE_IDENTITY_REQUIRED"
    );
    let joined = device(&edge, &[], 1, params).await;
    assert!(joined.scopes().is_empty());
    assert_eq!(joined.answer["payload"]["auth"]["role"], "node");
    for role in ["admin", "Operator", "operator "] {
        let mut params = asks(4, ALL);
        params["role"] = role.into();
        let refused = connect(&edge, &[], |_| params).await;
        assert_eq!(refused.text(), "invalid role");
        assert_eq!(refused.close, Some((1008, "invalid role".into())));
    }
    edge.stopped().await;
}

#[tokio::test]
async fn the_owners_proof_pairs_a_device_and_its_token_gives_no_more_than_that() {
    let edge = Edge::start().await;
    let granted = &["operator.read", "operator.write"];
    let joined = device(&edge, &[], 1, asks(4, granted)).await;
    assert_eq!(joined.scopes(), granted);
    let token = joined.device_token().unwrap().to_owned();
    for headers in [&[][..], &[FORWARDED]] {
        let back = device(&edge, headers, 1, token_of(&token, ALL)).await;
        assert_eq!(back.scopes(), granted, "what is asked for and also granted");
        assert_eq!(back.device_token(), Some(token.as_str()));
        assert_eq!(
            back.answer["payload"]["auth"]["issuedAtMs"],
            joined.answer["payload"]["auth"]["issuedAtMs"]
        );
        let less = device(
            &edge,
            headers,
            1,
            token_of(&token, &["operator.read", "operator.admin"]),
        )
        .await;
        assert_eq!(less.scopes(), ["operator.read"]);
        let mut explicit = asks(4, granted);
        explicit["auth"] = json!({ "deviceToken": token });
        assert_eq!(device(&edge, headers, 1, explicit).await.scopes(), granted);
    }
    let mut node = token_of(&token, &[]);
    node["role"] = "node".into();
    assert_eq!(
        device(&edge, &[], 1, node).await.code(),
        "AUTH_TOKEN_MISMATCH",
        "a token is of one role"
    );
    assert_eq!(
        device(&edge, &[], 2, token_of(&token, granted))
            .await
            .code(),
        "AUTH_TOKEN_MISMATCH",
        "and of one device"
    );
    let mut stranger = asks(4, granted);
    stranger["auth"] = json!({ "deviceToken": token });
    assert_eq!(
        device(&edge, &[], 2, stranger).await.code(),
        "AUTH_DEVICE_TOKEN_MISMATCH"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn a_request_to_be_approved_keeps_its_id_until_it_asks_for_something_else() {
    let edge = Edge::start().await;
    let remote = |seed, newest, scopes: &'static [&'static str]| {
        let edge = &edge;
        async move { device(edge, &[FORWARDED], seed, asks(newest, scopes)).await }
    };
    let id = |outcome: &Outcome| {
        assert_eq!(outcome.error()["code"], "NOT_PAIRED", "{outcome:?}");
        assert_eq!(
            (outcome.text(), outcome.code()),
            ("pairing required", "PAIRING_REQUIRED")
        );
        assert_eq!(outcome.close, Some((1008, "pairing required".into())));
        outcome.error()["details"]["requestId"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let stranger = remote(1, 4, &["operator.read"]).await;
    assert_eq!(stranger.error()["details"]["reason"], "not-paired");
    let first = id(&stranger);
    assert_eq!(
        id(&remote(1, 4, &["operator.read"]).await),
        first,
        "the same request"
    );
    let wider = id(&remote(1, 4, &["operator.admin"]).await);
    assert_ne!(wider, first, "another request");
    assert_ne!(
        id(&remote(2, 4, &["operator.read"]).await),
        first,
        "another device"
    );

    assert_eq!(
        device(&edge, &[], 3, asks(4, &["operator.read"]))
            .await
            .scopes(),
        ["operator.read"]
    );
    assert_eq!(
        remote(3, 4, &["operator.read"]).await.scopes(),
        ["operator.read"],
        "what was approved is let in"
    );
    let upgrade = remote(3, 4, &["operator.read", "operator.write"]).await;
    id(&upgrade);
    assert_eq!(upgrade.error()["details"]["reason"], "scope-upgrade");

    let old = remote(3, 3, &["operator.admin"]).await;
    let keys: Vec<&String> = old.error()["details"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["requestId"], "protocol 3 knows nothing else");
    edge.stopped().await;
}

#[tokio::test]
async fn a_pending_request_expires_after_five_minutes() {
    let edge = Edge::start().await;
    let ask = || async {
        let refused = device(&edge, &[FORWARDED], 1, asks(4, &["operator.read"])).await;
        refused.error()["details"]["requestId"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let first = ask().await;
    edge.clock.advance_ms(4 * 60 * 1000);
    assert_eq!(ask().await, first);
    edge.clock.advance_ms(60 * 1000 + 1);
    assert_ne!(ask().await, first);
    edge.stopped().await;
}

#[tokio::test]
async fn nothing_but_the_page_of_our_own_origin_gets_a_socket() {
    let edge = Edge::start().await;
    // The tunnel's port is not ours, and yet it is the same origin (D12).
    let tunnel = [
        ("host", "localhost:4444"),
        ("origin", "http://localhost:4444"),
    ];
    let mut client = Client::open_host(edge.addr, tunnel[0].1, &tunnel[1..]).await;
    assert_eq!(
        client.connect_as(&Device::number(1), &asks(4, ALL)).await["ok"],
        true
    );
    client.leave().await;
    edge.stopped().await;
}

/// A listed page may have the secret from anywhere: it may talk to us, and that is all (DECISIONS D8).
#[tokio::test]
async fn the_secret_pairs_nobody_silently_from_a_page_that_is_not_ours() {
    let edge = Edge::start().await;
    let own = format!("http://{}", edge.addr);
    let joined = device(&edge, &[("origin", &own)], 1, asks(4, ALL)).await;
    assert_eq!(joined.scopes(), ALL, "our own page");
    let listed = [("origin", "https://gate.example")];
    let refused = device(&edge, &listed, 2, asks(4, ALL)).await;
    assert_eq!(refused.code(), "PAIRING_REQUIRED", "{}", refused.answer);
    // What was approved is good there too.
    let known = device(&edge, &listed, 1, asks(4, ALL)).await;
    assert_eq!(known.scopes(), ALL);
    edge.stopped().await;
}
