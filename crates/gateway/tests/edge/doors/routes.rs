//! What answers without a credential, and what does not (T05, D9c, D9d).

use serde_json::{Value, json};
use tidegate_core::SessionKey;
use tidegate_core::store::SessionStore as _;

use crate::common::{Client, Edge, Setup, TOKEN, get, request, settle};

#[tokio::test]
async fn without_a_credential_only_health_and_the_page_answer() {
    let edge = Edge::start().await;
    for (path, status, body) in [
        ("/healthz", 200, Some("ok\n")),
        ("/readyz", 200, Some("ready\n")),
        ("/metrics", 401, None),
        ("/", 200, None),
        ("/index.html", 200, None),
        ("/no/such", 404, Some("Not Found\n")),
        ("/../Cargo.toml", 404, None),
        ("/..%2f..%2fCargo.toml", 404, None),
        ("/assets/../../package.json", 404, None),
        ("/__tidegate__/canvas/", 404, None),
        ("/tools/invoke", 405, None),
        ("/v1/chat/completions", 404, None),
        ("/hooks/wake", 404, None),
    ] {
        let answer = get(edge.addr, path, &[]).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        if let Some(body) = body {
            assert_eq!(answer.body, body, "{path}");
        }
        assert_eq!(
            answer.header("x-content-type-options"),
            Some("nosniff"),
            "{path}"
        );
        assert_eq!(answer.header("set-cookie"), None, "{path}");
        assert_eq!(answer.header("server"), None, "{path}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
        for path in ["/", "/healthz", "/metrics"] {
            let host = edge.addr.to_string();
            let answer = request(
                edge.addr,
                method,
                path,
                &[("Host", &host), ("Content-Length", "0")],
            )
            .await;
            assert!(
                matches!(answer.status, 404 | 405),
                "{method} {path}: {}",
                answer.status
            );
        }
    }
    edge.stopped().await;
}

#[tokio::test]
async fn the_page_may_load_from_and_talk_to_nobody_else() {
    let edge = Edge::start().await;
    let page = get(edge.addr, "/?token=anything#code=x", &[]).await;
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    let policy = page.header("content-security-policy").unwrap();
    for rule in [
        "default-src 'none'",
        "connect-src 'self'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(rule), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    let etag = page.header("etag").unwrap().to_owned();
    let again = get(edge.addr, "/", &[("If-None-Match", &etag)]).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    edge.stopped().await;
}

#[tokio::test]
async fn readiness_says_only_the_state() {
    let edge = Edge::with(Setup {
        problems: vec!["the secret reason".into()],
        ..Setup::default()
    })
    .await;
    let answer = get(edge.addr, "/readyz", &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, "degraded\n"));
    assert_eq!(get(edge.addr, "/healthz", &[]).await.status, 200);
    edge.stopped().await;
}

#[tokio::test]
async fn no_method_works_before_connect_and_none_leaves_a_trace() {
    let edge = Edge::start().await;
    let params = json!({
        "sessionKey": "main", "key": "main", "to": "main", "message": "hi", "idempotencyKey": "k1", "text": "hi",
        "label": "hi", "runId": "r1",
    });
    for method in tidegate_gateway::served_methods()
        .into_iter()
        .filter(|method| *method != "connect")
    {
        let mut client = Client::open(edge.addr).await;
        let answer = client.call(method, params.clone()).await;
        let text = "invalid handshake: first request must be connect";
        assert_eq!(answer["error"]["message"], text, "{method}");
        assert_eq!(client.closed().await, Some((1008, text.into())), "{method}");
    }
    settle().await;
    let main = SessionKey::stored("agent:main:main");
    assert_eq!(edge.store.session(&main).await.unwrap(), None);
    assert!(edge.runner.turns().is_empty());
    assert!(edge.engine.queued_system_events().is_empty());
    edge.stopped().await;
}

#[tokio::test]
async fn metrics_want_the_secret_as_a_bearer() {
    let edge = Edge::with(Setup {
        password: Some("a password of the owner"),
        ..Setup::default()
    })
    .await;
    for secret in [TOKEN, "a password of the owner"] {
        let answer = get(
            edge.addr,
            "/metrics",
            &[("Authorization", &format!("Bearer {secret}"))],
        )
        .await;
        assert_eq!(answer.status, 200);
        assert!(
            answer
                .header("content-type")
                .unwrap()
                .starts_with("application/openmetrics-text")
        );
        assert!(answer.body.ends_with("# EOF\n"));
    }
    for value in [
        "",
        "Bearer ",
        "Bearer wrong",
        &format!("Basic {TOKEN}"),
        &format!("Bearer{TOKEN}"),
        TOKEN,
    ] {
        let answer = get(edge.addr, "/metrics", &[("Authorization", value)]).await;
        assert_eq!(answer.status, 401, "{value}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert!(!answer.body.contains("gateway_"), "{}", answer.body);
    }
    for path in [
        format!("/metrics?token={TOKEN}"),
        format!("/metrics?access_token={TOKEN}"),
    ] {
        assert_eq!(
            get(edge.addr, &path, &[]).await.status,
            401,
            "a secret in an address is no credential"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_device_token_is_no_bearer() {
    let edge = Edge::start().await;
    let mut client = Client::open(edge.addr).await;
    let device = crate::common::Device::number(1);
    let hello = client
        .connect_as(&device, &crate::common::asks(4, &["operator.admin"]))
        .await;
    let token = hello
        .pointer("/payload/auth/deviceToken")
        .and_then(Value::as_str)
        .unwrap();
    assert_eq!(
        get(
            edge.addr,
            "/metrics",
            &[("Authorization", &format!("Bearer {token}"))]
        )
        .await
        .status,
        401
    );
    drop(client);
    edge.stopped().await;
}
