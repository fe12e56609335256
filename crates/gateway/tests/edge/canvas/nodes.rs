//! A node's own address, in the form that clients of each generation put paths behind.

use serde_json::{Value, json};

use super::{Scene, status};
use crate::common::{Client, Device, asks};

async fn node(scene: &Scene, device: &Device, newest: u32) -> (Client, Value) {
    let mut params = asks(newest, &[]);
    params["role"] = "node".into();
    let mut client = Client::open(scene.edge.addr).await;
    let hello = client.connect_as(device, &params).await;
    assert_eq!(hello["ok"], true, "{hello}");
    (client, hello["payload"].clone())
}

/// The path of an address on the canvas's port.
fn path(scene: &Scene, url: &Value) -> String {
    let start = format!("http://{}", scene.edge.canvas_addr);
    let url = url.as_str().unwrap();
    url.strip_prefix(&start)
        .unwrap_or_else(|| panic!("{url}"))
        .to_owned()
}

#[tokio::test]
async fn a_node_is_told_where_its_canvas_is() {
    let scene = Scene::new().await;
    let addr = scene.edge.canvas_addr;
    let (_old, hello) = node(&scene, &Device::number(1), 3).await;
    assert!(hello.get("pluginSurfaceUrls").is_none());
    let base = path(&scene, &hello["canvasHostUrl"]);
    for (behind, expected) in [
        ("/__clawdbot__/canvas/", 200),
        ("/__clawdbot__/a2ui/?platform=ios", 200),
        ("/__clawdbot__/canvas/none.html", 404),
    ] {
        assert_eq!(
            status(addr, &format!("{base}{behind}")).await,
            expected,
            "{behind}"
        );
    }
    let (_new, hello) = node(&scene, &Device::number(2), 4).await;
    assert!(hello.get("canvasHostUrl").is_none());
    let other = path(&scene, &hello["pluginSurfaceUrls"]["canvas"]);
    assert!(other.starts_with("/__openclaw__/cap/"));
    assert_ne!(other, base);
    assert_eq!(
        status(
            addr,
            &format!("{other}/__openclaw__/a2ui/?platform=android")
        )
        .await,
        200
    );
    // An operator asks for the canvas that it wants to see.
    let mut owner = Client::open(scene.edge.addr).await;
    let hello = owner.connect(&asks(4, &["operator.admin"])).await;
    assert!(hello["payload"].get("pluginSurfaceUrls").is_none());
    assert!(hello["payload"].get("canvasHostUrl").is_none());
    scene.edge.stopped().await;
}

#[tokio::test]
async fn a_node_asks_for_a_fresh_address_and_loses_all_with_its_connection() {
    let scene = Scene::new().await;
    let addr = scene.edge.canvas_addr;
    let (mut client, hello) = node(&scene, &Device::number(1), 4).await;
    let first = path(&scene, &hello["pluginSurfaceUrls"]["canvas"]);
    let fresh = client
        .get("node.pluginSurface.refresh", json!({ "surface": "canvas" }))
        .await;
    assert_eq!(fresh["surface"], "canvas");
    let second = path(&scene, &fresh["pluginSurfaceUrls"]["canvas"]);
    let spring = client
        .get("node.canvas.capability.refresh", json!({}))
        .await;
    let third = path(&scene, &spring["canvasHostUrl"]);
    assert!(third.ends_with(spring["canvasCapability"].as_str().unwrap()));
    let unknown = client
        .call(
            "node.pluginSurface.refresh",
            json!({ "surface": "kitchen" }),
        )
        .await;
    assert_eq!(unknown["error"]["code"], "INVALID_REQUEST");
    let page = |base: &str| format!("{base}/__openclaw__/canvas/");
    for base in [&first, &second, &third] {
        assert_eq!(status(addr, &page(base)).await, 200);
    }
    client.leave().await;
    for base in [&first, &second, &third] {
        assert_eq!(status(addr, &page(base)).await, 401);
    }
    scene.edge.stopped().await;
}
