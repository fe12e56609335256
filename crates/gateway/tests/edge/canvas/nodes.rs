//! A node's own address, in the form that clients of each generation put paths behind.

use serde_json::{Value, json};
use tidegate_core::SessionKey;
use tidegate_core::canvas::{Canvas as _, CanvasError, CanvasView, OnNode};
use tidegate_protocol::DeviceId;

use super::{Scene, status};
use crate::common::{Client, Device, asks, get};

pub(super) async fn node(scene: &Scene, device: &Device, newest: u32) -> (Client, Value) {
    let mut params = asks(newest, &[]);
    params["role"] = "node".into();
    let mut client = Client::open(scene.edge.addr).await;
    let hello = client.connect_as(device, &params).await;
    assert_eq!(hello["ok"], true, "{hello}");
    (client, hello["payload"].clone())
}

/// The path of an address on the canvas's port.
pub(super) fn path(scene: &Scene, url: &Value) -> String {
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

/// What a node is sent so that it shows the page of a session.
pub(super) async fn page_for(
    scene: &Scene,
    device: &Device,
    session: &str,
) -> Result<String, CanvasError> {
    let (session, node) = (SessionKey::stored(session), DeviceId::new(device.id()));
    let canvas = scene.edge.canvas.as_ref().unwrap();
    let shown = canvas.on_node(&session, CanvasView::Page, &node).await?;
    match shown {
        OnNode::Page { url } => Ok(url),
        other @ OnNode::Surfaces { .. } => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_node_shows_the_canvas_of_the_session_that_was_presented_on_it() {
    let scene = Scene::new().await;
    let addr = scene.edge.canvas_addr;
    let mut owner = scene.owner().await;
    let folder = scene.folder(&mut owner, "notes").await;
    std::fs::write(folder.join("index.html"), "page of notes").unwrap();
    let (box_, other) = (Device::number(1), Device::number(2));
    let away = page_for(&scene, &box_, "agent:main:notes").await;
    assert!(matches!(away, Err(CanvasError::Away)), "{away:?}");
    let (mut client, _) = node(&scene, &box_, 4).await;
    let (mut bystander, _) = node(&scene, &other, 4).await;
    let url = page_for(&scene, &box_, "agent:main:notes").await.unwrap();
    let shown = path(&scene, &url.into());
    assert!(get(addr, &shown, &[]).await.body.contains("page of notes"));
    // A fresh address of the same node is for the same session; of another node it is not.
    for (client, notes) in [(&mut client, true), (&mut bystander, false)] {
        let fresh = client
            .get("node.canvas.capability.refresh", json!({}))
            .await;
        let base = path(&scene, &fresh["canvasHostUrl"]);
        let page = get(addr, &format!("{base}/canvas/"), &[]).await;
        assert_eq!(page.body.contains("page of notes"), notes);
    }
    client.leave().await;
    assert_eq!(status(addr, &shown).await, 401, "it ends with the node");
    let away = page_for(&scene, &box_, "agent:main:notes").await;
    assert!(matches!(away, Err(CanvasError::Away)), "{away:?}");
    scene.edge.stopped().await;
}

#[tokio::test]
async fn a_node_is_led_to_where_it_calls_the_gateway() {
    let scene = Scene::new().await;
    let device = Device::number(1);
    let mut params = asks(4, &[]);
    params["role"] = "node".into();
    // By the name and the port of a tunnel.
    let mut client = Client::open_host(scene.edge.addr, "localhost:28789", &[]).await;
    let hello = client.connect_as(&device, &params).await;
    assert_eq!(hello["ok"], true, "{hello}");
    let url = page_for(&scene, &device, "agent:main:main").await.unwrap();
    assert!(url.starts_with("http://localhost:28789/__openclaw__/cap/"));
    scene.edge.stopped().await;
}
