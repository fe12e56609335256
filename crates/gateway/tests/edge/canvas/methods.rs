//! What operators call: state, surfaces, presenting, and actions that become runs.

use serde_json::{Value, json};

use super::{READ, Scene, WRITE, open};
use crate::common::{Client, asks, request};

fn begin(surface: &str) -> Value {
    json!({ "beginRendering": { "surfaceId": surface, "root": "root" } })
}

#[tokio::test]
async fn surfaces_are_told_and_kept_for_pages_that_come_later() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let mut watcher = scene.edge.owner(READ).await;
    let state = owner
        .get("canvas.state", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(
        state,
        json!({ "sessionKey": "agent:main:main", "page": false, "messages": [] })
    );
    let pushed = owner
        .get(
            "canvas.push",
            json!({ "sessionKey": "main", "messages": [begin("a"), begin("b")] }),
        )
        .await;
    assert_eq!(pushed, json!({ "surfaces": ["a", "b"] }));
    let event = watcher.event("canvas.changed").await;
    let told = json!({ "sessionKey": "agent:main:main", "change": "push", "messages": [begin("a"), begin("b")] });
    assert_eq!(event["payload"], told);
    let state = watcher
        .get("canvas.state", json!({ "sessionKey": "agent:main:main" }))
        .await;
    assert_eq!(state["messages"], json!([begin("a"), begin("b")]));
    let other = watcher
        .get("canvas.state", json!({ "sessionKey": "other" }))
        .await;
    assert_eq!(other["messages"], json!([]));
    // More than a listener should be sent unasked is only said to be there.
    let text = "x".repeat(100 * 1024);
    let large = json!({ "surfaceUpdate": { "surfaceId": "a", "components": [{ "id": text }] } });
    owner
        .get(
            "canvas.push",
            json!({ "sessionKey": "main", "messages": [large] }),
        )
        .await;
    let event = watcher.event("canvas.changed").await;
    assert_eq!(
        event["payload"],
        json!({ "sessionKey": "agent:main:main", "change": "refresh" })
    );
    owner
        .get("canvas.reset", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(
        watcher.event("canvas.changed").await["payload"]["change"],
        "reset"
    );
    let state = watcher
        .get("canvas.state", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(state["messages"], json!([]));
    let bad = json!({ "sessionKey": "main", "messages": [{ "render": {} }] });
    let refused = owner.call("canvas.push", bad).await;
    assert_eq!(refused["error"]["code"], "INVALID_REQUEST");
    scene.edge.stopped().await;
}

#[tokio::test]
async fn a_deleted_conversation_leaves_no_canvas() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let folder = scene.folder(&mut owner, "notes").await;
    let kept = scene.folder(&mut owner, "main").await;
    let outside = kept.join("index.html");
    std::os::unix::fs::symlink(&outside, folder.join("link")).unwrap();
    std::os::unix::fs::symlink(&kept, folder.join("folder")).unwrap();
    let push = json!({ "sessionKey": "notes", "messages": [begin("a")] });
    owner.get("canvas.push", push).await;
    let keep = json!({ "key": "notes", "deleteTranscript": false });
    owner.get("sessions.delete", keep).await;
    assert!(
        folder.exists(),
        "what is kept of the conversation is kept of its canvas"
    );
    owner
        .get("sessions.delete", json!({ "key": "notes" }))
        .await;
    assert!(!folder.exists() && outside.exists());
    let state = owner
        .get("canvas.state", json!({ "sessionKey": "notes" }))
        .await;
    assert_eq!(state["messages"], json!([]));
    assert_eq!(state["page"], false);
    scene.edge.stopped().await;
}

#[tokio::test]
async fn presenting_makes_a_page_and_tells_everyone_who_may_read() {
    let scene = Scene::new().await;
    let mut writer = scene.edge.owner(WRITE).await;
    let mut watcher = scene.edge.owner(READ).await;
    let refused = watcher
        .call("canvas.present", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(refused["error"]["code"], "FORBIDDEN");
    writer
        .get("canvas.present", json!({ "sessionKey": "main" }))
        .await;
    let event = watcher.event("canvas.changed").await;
    let told = json!({ "sessionKey": "agent:main:main", "change": "present", "view": "page", "by": "operator" });
    assert_eq!(event["payload"], told);
    let state = watcher
        .get("canvas.state", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(state["page"], true);
    // Who may not administer is not told where things are on this machine.
    let opened = open(&mut watcher, "main", "page").await;
    assert!(opened.get("folder").is_none());
    let authority = scene.edge.canvas_addr.to_string();
    let url = opened["url"].as_str().unwrap();
    assert_eq!(
        url,
        format!("http://{authority}{}", opened["path"].as_str().unwrap())
    );
    scene.edge.stopped().await;
}

#[tokio::test]
async fn called_by_an_ipv6_address_a_window_of_its_own_is_on_the_canvas_s_port() {
    let scene = Scene::new().await;
    let (gateway, canvas) = (scene.edge.addr.port(), scene.edge.canvas_addr.port());
    let host = format!("[::1]:{gateway}");
    let mut owner = Client::open_host(scene.edge.addr, &host, &[]).await;
    let hello = owner.connect(&asks(4, READ)).await;
    assert_eq!(hello["ok"], true, "{hello}");
    for (keep, port) in [(true, canvas), (false, gateway)] {
        let params = json!({ "sessionKey": "main", "keep": keep });
        let opened = owner.get("canvas.open", params).await;
        let there = format!("http://[::1]:{port}{}", opened["path"].as_str().unwrap());
        assert_eq!(opened["url"], there.as_str());
    }
    // No policy of a browser can name such an address: our page frames its own port there.
    let answer = request(scene.edge.addr, "GET", "/", &[("Host", &host)]).await;
    let policy = answer.header("content-security-policy").unwrap();
    assert!(policy.ends_with("frame-src 'self'"), "{policy}");
    scene.edge.stopped().await;
}
