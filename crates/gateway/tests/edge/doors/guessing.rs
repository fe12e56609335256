//! Guessing secrets: ten a minute from one peer and kind, whatever else is sent, and never at the
//! cost of those who have a good one (T04, T06, T07, D11).

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Client, Device, Edge, Setup, TOKEN, asks, get, jump};

const READ: &[&str] = &["operator.read"];

/// One wrong connect of the given variant; the error that it got.
async fn wrong(edge: &Edge, number: u8) -> Value {
    let secret = format!("wrong-{number}");
    let own = format!("http://{}", edge.addr);
    let mut params = asks(4, READ);
    params["auth"] = json!({ "token": secret });
    let mut headers = Vec::new();
    let mut device = None;
    match number % 8 {
        0 => {}
        1 => params["auth"]["deviceToken"] = "0".repeat(64).into(),
        2 => headers.push(("origin", own.as_str())),
        3 => headers.push(("x-forwarded-for", "198.51.100.7")),
        4 => headers.extend([("x-forwarded-for", "127.0.0.1"), ("x-real-ip", "192.0.2.1")]),
        5 => device = Some(Device::number(number)),
        6 => {
            device = Some(Device::number(number));
            params["auth"] = json!({ "deviceToken": secret });
        }
        _ => params["auth"]["password"] = secret.clone().into(),
    }
    let mut client = Client::open_with(edge.addr, &headers).await;
    let answer = match device {
        Some(device) => client.connect_as(&device, &params).await,
        None => client.connect(&params).await,
    };
    assert_eq!(answer["ok"], false, "{answer}");
    assert_eq!(client.closed().await.map(|(code, _)| code), Some(1008));
    answer["error"].clone()
}

#[tokio::test]
async fn two_hundred_wrong_secrets_lock_nobody_out_who_has_a_good_one() {
    let edge = Edge::start().await;
    let browser = Device::number(250);
    let mut client = Client::open(edge.addr).await;
    let hello = client.connect_as(&browser, &asks(4, READ)).await;
    let token = hello["payload"]["auth"]["deviceToken"].clone();
    client.leave().await;

    let mut told = BTreeMap::<String, u32>::new();
    for number in 0..200 {
        let error = wrong(&edge, number).await;
        let code = error["details"]["code"].as_str().unwrap().to_owned();
        if code == "AUTH_RATE_LIMITED" {
            assert_eq!(error["retryable"], true, "{error}");
            assert!(
                (1..=60_000).contains(&error["retryAfterMs"].as_u64().unwrap()),
                "{error}"
            );
        }
        *told.entry(code).or_default() += 1;
    }
    // Whatever is sent beside it, a wrong shared secret is looked at ten times, and so is a wrong
    // device token.
    let expected = [
        ("AUTH_DEVICE_TOKEN_MISMATCH", 10),
        ("AUTH_RATE_LIMITED", 180),
        ("AUTH_TOKEN_MISMATCH", 10),
    ];
    assert_eq!(
        told,
        expected
            .map(|(code, count)| (code.to_owned(), count))
            .into()
    );

    let mut owner = edge.owner(READ).await;
    assert_eq!(owner.call("health", json!({})).await["ok"], true);
    let mut params = asks(4, READ);
    params["auth"] = json!({ "token": token });
    let mut back =
        Client::open_with(edge.addr, &[("origin", &format!("http://{}", edge.addr))]).await;
    assert_eq!(back.connect_as(&browser, &params).await["ok"], true);
    assert_eq!(
        get(
            edge.addr,
            "/metrics",
            &[("Authorization", &format!("Bearer {TOKEN}"))]
        )
        .await
        .status,
        200
    );
    edge.stopped().await;
}

#[tokio::test]
async fn a_wrong_bearer_waits_too_and_one_more_is_looked_at_every_six_seconds() {
    let edge = Edge::start().await;
    let bearer = |secret: &'static str| {
        let addr = edge.addr;
        async move {
            get(
                addr,
                "/metrics",
                &[("Authorization", &format!("Bearer {secret}"))],
            )
            .await
            .status
        }
    };
    for _ in 0..10 {
        assert_eq!(bearer("wrong").await, 401);
    }
    for _ in 0..3 {
        assert_eq!(bearer("wrong").await, 429);
    }
    assert_eq!(bearer(TOKEN).await, 200);
    assert_eq!(
        wrong(&edge, 0).await["details"]["code"],
        "AUTH_RATE_LIMITED",
        "one count for both doors"
    );
    jump(Duration::from_secs(6)).await;
    assert_eq!(bearer("wrong").await, 401);
    assert_eq!(bearer("wrong").await, 429);
    edge.stopped().await;
}

#[tokio::test]
async fn loopback_alone_is_nobody() {
    let edge = Edge::start().await;
    for headers in [
        &[][..],
        &[("x-forwarded-for", "127.0.0.1")],
        &[("tailscale-user-login", "admin@example.com")],
    ] {
        let mut client = Client::open_with(edge.addr, headers).await;
        let mut params = asks(4, READ);
        params.as_object_mut().unwrap().remove("auth");
        let answer = client.connect_as(&Device::number(1), &params).await;
        assert_eq!(
            answer["error"]["details"]["code"], "AUTH_TOKEN_MISSING",
            "{answer}"
        );
        assert!(client.closed().await.is_some());
    }
    edge.stopped().await;
}

/// A token that is good, or was revoked, is no way around the count: what it gives would tell
/// whether the guess beside it was right.
#[tokio::test]
async fn a_guess_beside_the_token_of_a_device_is_counted() {
    const PASSWORD: &str = "hunter22";
    let edge = Edge::with(Setup {
        password: Some(PASSWORD),
        ..Setup::default()
    })
    .await;
    let device = Device::number(250);
    let come = async |auth: Value, scopes: &[&str]| {
        let mut params = asks(4, scopes);
        params["auth"] = auth;
        let mut client = Client::open(edge.addr).await;
        client.connect_as(&device, &params).await
    };
    let hello = come(json!({ "password": PASSWORD }), READ).await;
    let token = hello["payload"]["auth"]["deviceToken"].clone();
    let more = &["operator.admin", "operator.read"];
    for auth in [
        json!({ "token": token }),
        json!({ "token": token, "deviceToken": token }),
        json!({ "token": token, "password": token }),
    ] {
        for _ in 0..12 {
            assert_eq!(come(auth.clone(), READ).await["ok"], true, "alone");
        }
    }
    let scopes = |hello: &Value| hello["payload"]["auth"]["scopes"].clone();
    for number in 0..12 {
        let guess = json!({ "deviceToken": token, "password": format!("wrong-{number}") });
        let hello = come(guess, more).await;
        assert_eq!(scopes(&hello), json!(READ), "{hello}");
    }
    let right = json!({ "deviceToken": token, "password": PASSWORD });
    let hello = come(right.clone(), more).await;
    assert_eq!(scopes(&hello), json!(READ), "it is not looked at: {hello}");
    jump(Duration::from_mins(2)).await;
    assert_eq!(scopes(&come(right.clone(), more).await), json!(more));

    let mut owner = edge.owner(&["operator.admin"]).await;
    let mine = json!({ "deviceId": device.id(), "role": "operator" });
    owner.get("device.token.revoke", mine).await;
    for number in 0..12 {
        let guess = json!({ "deviceToken": token, "password": format!("wrong-{number}") });
        let refused = come(guess, READ).await;
        assert_eq!(refused["ok"], false, "{refused}");
    }
    let refused = come(right.clone(), READ).await;
    assert_eq!(refused["ok"], false, "it is not looked at: {refused}");
    jump(Duration::from_mins(2)).await;
    assert_eq!(come(right, READ).await["ok"], true);
    edge.stopped().await;
}
