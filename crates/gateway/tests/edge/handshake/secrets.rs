//! Secrets of the handshake: the token, the password, one-time codes and device tokens.

use std::time::Duration;

use serde_json::{Value, json};

use super::connect;
use crate::common::{Device, Edge, Setup, TOKEN, asks, jump};

const READ: &[&str] = &["operator.read"];

fn with_auth(newest: u32, auth: &Value) -> Value {
    let mut params = asks(newest, READ);
    params["auth"] = auth.clone();
    params
}

#[tokio::test]
async fn a_wrong_or_missing_secret_is_told_with_what_to_do() {
    let edge = Edge::start().await;
    let cases = [
        (
            "test",
            "test",
            json!({ "token": "wrong" }),
            "gateway token mismatch (provide gateway auth token)",
            "AUTH_TOKEN_MISMATCH",
        ),
        (
            "cli",
            "cli",
            json!({ "token": "wrong" }),
            "gateway token mismatch (set gateway.remote.token to match gateway.auth.token)",
            "AUTH_TOKEN_MISMATCH",
        ),
        (
            "cli",
            "cli",
            json!({ "password": "wrong" }),
            "gateway token missing (set gateway.remote.token to match gateway.auth.token)",
            "AUTH_TOKEN_MISSING",
        ),
        (
            "webchat",
            "webchat",
            json!({ "token": "" }),
            "gateway token mismatch (open the link",
            "AUTH_TOKEN_MISMATCH",
        ),
    ];
    for (id, mode, auth, text, code) in cases {
        let mut params = with_auth(4, &auth);
        params["client"]["id"] = id.into();
        params["client"]["mode"] = mode.into();
        let refused = connect(&edge, &[], |_| params).await;
        assert!(
            refused.text().starts_with(&format!("unauthorized: {text}")),
            "{}",
            refused.text()
        );
        assert_eq!(
            (refused.error()["code"].as_str(), refused.code()),
            (Some("INVALID_REQUEST"), code)
        );
        let (close, reason) = refused.close.unwrap();
        assert_eq!(close, 1008);
        assert!(
            reason.starts_with("unauthorized: ") && reason.len() <= 120,
            "{reason}"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_client_without_secret_and_device_is_told_to_identify_itself() {
    let edge = Edge::start().await;
    for auth in [json!({}), json!({ "deviceToken": "x" })] {
        let refused = connect(&edge, &[], |_| with_auth(4, &auth)).await;
        assert_eq!(refused.error()["code"], "NOT_PAIRED");
        assert_eq!(
            (refused.text(), refused.code()),
            ("device identity required", "DEVICE_IDENTITY_REQUIRED")
        );
        assert_eq!(
            refused.close,
            Some((1008, "device identity required".into()))
        );
    }
    let mut params = asks(4, READ);
    params.as_object_mut().unwrap().remove("auth");
    assert_eq!(
        connect(&edge, &[], |_| params).await.text(),
        "device identity required"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn the_password_opens_and_the_token_too() {
    let edge = Edge::with(Setup {
        password: Some("correct horse"),
        ..Setup::default()
    })
    .await;
    let good = [
        json!({ "password": "correct horse" }),
        json!({ "token": TOKEN }),
        json!({ "token": "correct horse", "password": "correct horse" }),
        json!({ "token": TOKEN, "password": TOKEN }),
    ];
    for auth in good {
        let joined = connect(&edge, &[], |_| with_auth(4, &auth)).await;
        assert_eq!(joined.scopes(), READ, "{auth}");
        assert_eq!(joined.answer["payload"]["snapshot"]["authMode"], "password");
    }
    let refused = connect(&edge, &[], |_| {
        with_auth(4, &json!({ "password": "wrong" }))
    })
    .await;
    assert_eq!(refused.code(), "AUTH_PASSWORD_MISMATCH");
    assert_eq!(
        refused.text(),
        "unauthorized: gateway password mismatch (provide gateway auth password)"
    );
    let refused = connect(&edge, &[], |challenge| {
        Device::number(1).prove(&with_auth(4, &json!({})), challenge)
    })
    .await;
    assert_eq!(refused.code(), "AUTH_PASSWORD_MISSING");
    edge.stopped().await;
}

#[tokio::test]
async fn a_one_time_code_pairs_one_device_once() {
    let edge = Edge::start().await;
    let scopes = &["operator.admin", "operator.read"];
    let with_code = |seed, code: String| {
        move |challenge: &Value| {
            let mut params = asks(4, scopes);
            params["auth"] = json!({ "bootstrapToken": code });
            Device::number(seed).prove(&params, challenge)
        }
    };
    let (code, _) = edge.engine.one_time_code();
    // The page of our own origin, as a browser opens it.
    let origin = format!("http://{}", edge.addr);
    let joined = connect(
        &edge,
        &[("origin", &origin)],
        with_code(1, code.expose().clone()),
    )
    .await;
    assert_eq!(joined.scopes(), scopes);
    let token = joined.device_token().unwrap().to_owned();
    let again = connect(&edge, &[], with_code(2, code.expose().clone())).await;
    assert_eq!(again.code(), "AUTH_BOOTSTRAP_TOKEN_INVALID");
    let back = connect(&edge, &[("origin", &origin)], |challenge| {
        let mut params = asks(4, scopes);
        params["auth"] = json!({ "token": token });
        Device::number(1).prove(&params, challenge)
    })
    .await;
    assert_eq!(
        back.scopes(),
        scopes,
        "the device's own token lets it back in"
    );

    let (late, _) = edge.engine.one_time_code();
    edge.clock.advance_ms(10 * 60 * 1000);
    let expired = connect(&edge, &[], with_code(3, late.expose().clone())).await;
    assert_eq!(expired.code(), "AUTH_BOOTSTRAP_TOKEN_INVALID");
    edge.stopped().await;
}

#[tokio::test]
async fn five_wrong_tries_burn_a_code() {
    let edge = Edge::start().await;
    let (code, _) = edge.engine.one_time_code();
    let with_code = |code: String| {
        move |challenge: &Value| {
            let mut params = asks(4, READ);
            params["auth"] = json!({ "bootstrapToken": code });
            Device::number(1).prove(&params, challenge)
        }
    };
    let guess = format!("{}{}", &code.expose()[..8], "0".repeat(32));
    for _ in 0..5 {
        assert_eq!(
            connect(&edge, &[], with_code(guess.clone())).await.code(),
            "AUTH_BOOTSTRAP_TOKEN_INVALID"
        );
    }
    let right = connect(&edge, &[], with_code(code.expose().clone())).await;
    assert_eq!(right.code(), "AUTH_BOOTSTRAP_TOKEN_INVALID");
    edge.stopped().await;
}

#[tokio::test]
async fn a_weak_password_is_not_even_looked_at_while_its_guesser_must_wait() {
    let edge = Edge::with(Setup {
        password: Some("hunter2"),
        ..Setup::default()
    })
    .await;
    let with =
        |password: &'static str| move |_: &Value| with_auth(4, &json!({ "password": password }));
    for _ in 0..10 {
        assert_eq!(
            connect(&edge, &[], with("wrong")).await.code(),
            "AUTH_PASSWORD_MISMATCH"
        );
    }
    let refused = connect(&edge, &[], with("hunter2")).await;
    assert_eq!(refused.code(), "AUTH_RATE_LIMITED");
    assert_eq!(refused.error()["retryable"], true);
    let wait = refused.error()["retryAfterMs"].as_u64().unwrap();
    assert!((1..=6_000).contains(&wait), "{wait}");
    assert_eq!(
        connect(&edge, &[], |_| asks(4, READ)).await.scopes(),
        READ,
        "the strong token always opens"
    );
    jump(Duration::from_millis(wait)).await;
    assert_eq!(connect(&edge, &[], with("hunter2")).await.scopes(), READ);
    edge.stopped().await;
}
