//! The live-reload socket: one word, one capability, and the only upgrade for a page of nobody.

use tidegate_core::SessionKey;
use tidegate_core::canvas::{Canvas as _, CanvasPath};

use super::{Scene, base, open};
use crate::common::{Raw, TEXT, frame, in_time, upgrade_headers};

const PAGE: &str = "index.html";

/// An upgrade of this path from this origin: the status, and the socket behind it.
async fn knock(scene: &Scene, path: &str, origin: Option<&str>) -> (String, Raw) {
    let addr = scene.edge.canvas_addr;
    let mut text = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\n");
    for (name, value) in upgrade_headers() {
        text.extend([name, ": ", value, "\r\n"]);
    }
    if let Some(origin) = origin {
        text.extend(["Origin: ", origin, "\r\n"]);
    }
    text.push_str("\r\n");
    let mut raw = Raw::dial(addr).await;
    raw.write(text.as_bytes()).await;
    let head = raw.http_head().await.unwrap();
    (head.split(' ').nth(1).unwrap().to_owned(), raw)
}

async fn write(scene: &Scene, name: &str, text: &str) {
    let session = SessionKey::stored("agent:main:main");
    let path = CanvasPath::parse(name).unwrap();
    let canvas = scene.edge.canvas.as_ref().unwrap();
    canvas.write(&session, &path, text.into()).await.unwrap();
}

#[tokio::test]
async fn a_change_is_one_word() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let opened = open(&mut owner, "main", "page").await;
    let page = scene.at(&opened).await.body;
    let stamp = page
        .split("data-live=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    // Between the page and its socket.
    write(&scene, PAGE, "new").await;
    let path = format!("{}/ws?seen={stamp}", base(&opened));
    let (status, mut socket) = knock(&scene, &path, Some("null")).await;
    assert_eq!(status, "101");
    let word = in_time("the word", socket.next()).await;
    assert_eq!(word, Some((TEXT, b"reload".to_vec())));
    write(&scene, "deep/style.css", "x").await;
    let word = in_time("the next word", socket.next()).await;
    assert_eq!(word, Some((TEXT, b"reload".to_vec())));
    // It takes nothing.
    socket.write(&frame(TEXT, b"hello")).await;
    loop {
        match in_time("the end", socket.next()).await {
            Some((TEXT, word)) => assert_eq!(word, b"reload"),
            Some((0x88, payload)) => {
                assert_eq!(payload[..2], 1008_u16.to_be_bytes());
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    scene.edge.stopped().await;
}

/// T36: no socket of the gateway is a page's.
#[tokio::test]
async fn a_page_of_nobody_upgrades_here_and_nowhere_else() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let opened = open(&mut owner, "main", "page").await;
    let base = base(&opened);
    for (path, origin, expected) in [
        (format!("{base}/ws"), Some("null"), "101"),
        (format!("{base}/ws"), None, "101"),
        (format!("{base}/__clawdbot__/ws"), Some("null"), "101"),
        (format!("{base}/ws"), Some("https://evil.example"), "403"),
        ("/__tidegate__/ws".into(), Some("null"), "401"),
        ("/__clawdbot/ws".into(), Some("null"), "401"),
        ("/__tidegate__/cap/0000/ws".into(), Some("null"), "401"),
        (format!("{base}/canvas/"), Some("null"), "404"),
        (format!("{base}/a2ui/"), Some("null"), "404"),
        (format!("{base}/../../ws"), Some("null"), "400"),
        ("/".into(), Some("null"), "404"),
    ] {
        let (status, _) = knock(&scene, &path, origin).await;
        assert_eq!(status, expected, "{path} {origin:?}");
    }
    let gateway = scene.edge.addr.to_string();
    let mut headers = vec![("Host", gateway.as_str()), ("Origin", "null")];
    headers.extend(upgrade_headers());
    let answer = crate::common::request(scene.edge.addr, "GET", "/", &headers).await;
    assert_eq!(
        answer.status, 403,
        "the control plane takes no page of nobody"
    );
    let plain = crate::common::get(scene.edge.addr, &format!("{base}/ws"), &[]).await;
    assert_eq!(plain.status, 426);
    scene.edge.stopped().await;
}

/// T35: a socket that is open ends too.
#[tokio::test]
async fn the_socket_ends_with_its_capability() {
    let scene = Scene::new().await;
    let mut owner = scene.owner().await;
    let opened = open(&mut owner, "main", "page").await;
    let (status, mut socket) = knock(&scene, &format!("{}/ws", base(&opened)), Some("null")).await;
    assert_eq!(status, "101");
    owner.leave().await;
    let end = in_time("the end", socket.closed()).await;
    assert_eq!(end, Some((1008, String::new())));
    scene.edge.stopped().await;
}
