//! Only an address that was given opens a canvas, and it opens nothing else (SECURITY T35, T37).

use std::time::Duration;

use tidegate_core::clock::millis;

use super::{READ, Scene, base, open, path, status};
use crate::common::{Device, asks, get, request};

const FAMILY: [&str; 4] = [
    "__tidegate__",
    "__openclaw__",
    "__clawdbot__",
    "__coderclaw__",
];

/// T35: no address of a network lets anybody in.
#[tokio::test]
async fn without_a_capability_there_is_nothing_on_either_port() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let opened = open(&mut owner, "main", "page").await;
    // Somebody at the same address sees the canvas; that says nothing about the next one.
    assert_eq!(scene.at(&opened).await.status, 200);
    for addr in [scene.edge.addr, scene.edge.canvas_addr] {
        for first in FAMILY {
            for rest in [
                "canvas",
                "canvas/",
                "canvas/index.html",
                "a2ui/",
                "ws",
                "cap/",
                "cap/x/canvas/",
            ] {
                let path = format!("/{first}/{rest}");
                assert_eq!(status(addr, &path).await, 401, "{path}");
            }
        }
        assert_eq!(status(addr, "/__clawdbot/ws").await, 401);
        let refused = get(addr, "/__tidegate__/canvas/", &[]).await;
        assert_eq!(refused.header("cache-control"), Some("no-store"));
        assert!(!refused.body.contains("cap/"));
    }
    scene.edge.stopped().await;
}

#[tokio::test]
async fn the_canvas_s_own_port_serves_nothing_else() {
    let scene = Scene::new().await;
    for path in [
        "/",
        "/index.html",
        "/healthz",
        "/readyz",
        "/metrics",
        "/webhooks/x/y",
        "/assets/x",
    ] {
        assert_eq!(status(scene.edge.canvas_addr, path).await, 404, "{path}");
    }
    let host = scene.edge.canvas_addr.to_string();
    let headers = [
        ("Host", host.as_str()),
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let answer = request(scene.edge.canvas_addr, "GET", "/", &headers).await;
    assert_eq!(answer.status, 404, "no control plane here");
    scene.edge.stopped().await;
}

/// T35: a capability of one session opens no other.
#[tokio::test]
async fn an_address_opens_its_own_session_on_both_ports() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    for (session, words) in [("main", "page of main"), ("other", "page of other")] {
        let folder = scene.folder(&mut owner, session).await;
        std::fs::write(folder.join("index.html"), words).unwrap();
        std::fs::write(folder.join("only-here.txt"), words).unwrap();
    }
    let main = open(&mut owner, "main", "page").await;
    let other = open(&mut owner, "other", "page").await;
    for addr in [scene.edge.addr, scene.edge.canvas_addr] {
        let page = get(addr, path(&main), &[]).await;
        assert!(page.body.contains("page of main"), "{}", page.body);
        let file = get(addr, &format!("{}only-here.txt", path(&other)), &[]).await;
        assert_eq!(file.body, "page of other");
    }
    // The folder of one session is not a place in another's.
    let folder = scene.folder(&mut owner, "other").await;
    let name = folder.file_name().unwrap().to_str().unwrap();
    for way in [
        format!("{name}/index.html"),
        format!("../{name}/index.html"),
        format!("%2e%2e/{name}/index.html"),
    ] {
        let status = status(scene.edge.addr, &format!("{}{way}", path(&main))).await;
        assert!(matches!(status, 400 | 404), "{way}: {status}");
    }
    scene.edge.stopped().await;
}

/// T35: after its time, and after its connection.
#[tokio::test]
async fn an_address_ends_by_itself_and_with_its_connection() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let opened = open(&mut owner, "main", "page").await;
    let nine = millis(Duration::from_mins(9));
    for _ in 0..3 {
        scene.edge.clock.advance_ms(nine);
        assert_eq!(scene.at(&opened).await.status, 200, "it is in use");
    }
    scene.edge.clock.advance_ms(millis(Duration::from_mins(10)));
    assert_eq!(scene.at(&opened).await.status, 401);

    let opened = open(&mut owner, "main", "page").await;
    let mut another = scene.owner().await;
    let kept = open(&mut another, "main", "page").await;
    owner.leave().await;
    assert_eq!(scene.at(&opened).await.status, 401);
    assert_eq!(scene.at(&kept).await.status, 200);
    scene.edge.stopped().await;
}

/// T35, T18: after its device's right.
#[tokio::test]
async fn what_a_device_was_given_ends_when_it_is_revoked() {
    let scene = Scene::new().await;
    let device = Device::number(7);
    let mut phone = crate::common::Client::open(scene.edge.addr).await;
    let hello = phone.connect_as(&device, &asks(4, READ)).await;
    assert_eq!(hello["ok"], true, "{hello}");
    let opened = open(&mut phone, "main", "page").await;
    assert_eq!(scene.at(&opened).await.status, 200);
    let mut owner = scene.owner().await;
    let params = serde_json::json!({ "deviceId": device.id(), "role": "operator" });
    owner.get("device.token.revoke", params).await;
    assert_eq!(scene.at(&opened).await.status, 401);
    scene.edge.stopped().await;
}

/// T03, T35: a Host of others, `*.ts.net` too, and a page of others.
#[tokio::test]
async fn a_foreign_host_and_a_foreign_page_get_nothing() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let opened = open(&mut owner, "main", "page").await;
    for addr in [scene.edge.addr, scene.edge.canvas_addr] {
        for host in [
            "rebind.example",
            "evil.ts.net:18793",
            "127.0.0.1.evil.example",
            "",
        ] {
            let answer = request(addr, "GET", path(&opened), &[("Host", host)]).await;
            assert_eq!(answer.status, 421, "{host}");
        }
        // Browsers say `null` for the files of a page of nobody; another page learns nothing by it.
        let own = get(addr, path(&opened), &[("Origin", "null")]).await;
        assert_eq!(own.status, 200);
        assert_eq!(own.header("access-control-allow-origin"), None);
        assert_eq!(
            get(addr, "/__tidegate__/canvas/", &[("Origin", "null")])
                .await
                .status,
            401
        );
        for origin in ["https://evil.example", "http://127.0.0.1:1", "null, null"] {
            let answer = get(addr, path(&opened), &[("Origin", origin)]).await;
            assert_eq!(answer.status, 403, "{origin}");
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"] {
            let host = addr.to_string();
            let answer = request(addr, method, path(&opened), &[("Host", &host)]).await;
            assert_eq!(answer.status, 405, "{method}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD"));
        }
    }
    scene.edge.stopped().await;
}

/// T37: over the wire, on both ports.
#[tokio::test]
async fn a_path_that_can_be_read_in_two_ways_is_refused() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let folder = scene.folder(&mut owner, "main").await;
    std::fs::write(folder.parent().unwrap().join("secret.html"), "the canary").unwrap();
    let opened = open(&mut owner, "main", "page").await;
    for way in [
        "../secret.html",
        "%2e%2e/secret.html",
        ".%2e/secret.html",
        "..%2fsecret.html",
        "%2e%2e%2fsecret.html",
        "a/../../secret.html",
        "..%5csecret.html",
        "..\\secret.html",
        "%252e%252e/secret.html",
        "/secret.html",
        "//secret.html",
        "./index.html",
        "%2e/index.html",
        "index.html%00",
        "%c0%ae%c0%ae/secret.html",
        "%",
        "%zz",
        "..;/secret.html",
        "a//index.html",
        "%ff",
        "%u002e%u002e/secret.html",
    ] {
        for addr in [scene.edge.addr, scene.edge.canvas_addr] {
            let answer = get(addr, &format!("{}{way}", path(&opened)), &[]).await;
            assert_eq!(answer.status, 400, "{way}");
            assert!(!answer.body.contains("canary"));
        }
    }
    let twice = format!("{}/../../cap/x", base(&opened));
    assert_eq!(status(scene.edge.addr, &twice).await, 400);
    scene.edge.stopped().await;
}

#[tokio::test]
async fn without_a_canvas_host_there_is_none() {
    let edge = crate::common::Edge::start().await;
    let mut owner = edge.owner(&["operator.admin"]).await;
    let answer = owner
        .call("canvas.open", serde_json::json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(answer["error"]["code"], "UNAVAILABLE");
    assert_eq!(answer["error"]["retryable"], false);
    assert_eq!(status(edge.addr, "/__tidegate__/canvas/").await, 404);
    edge.stopped().await;
}
