//! The canvas in a real Chromium.

use base64::Engine;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::gateway::Connection;
use crate::rig::{Rig, alive, until};

/// As root, and in a container, Chromium's own sandbox does not start.
fn config() -> Value {
    json!({"canvas": {"sandbox": false}})
}

/// A web server that answers everything with one page and tells what it was asked for.
pub(crate) struct Site {
    pub(crate) origin: String,
    asked: mpsc::Receiver<String>,
    _task: JoinSet<()>,
}

impl Site {
    pub(crate) async fn start(page: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = mpsc::channel(100);
        let mut task = JoinSet::new();
        task.spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = vec![0; 4096];
                let count = stream.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..count]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                tell.try_send(path).unwrap();
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{page}",
                    page.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Self {
            origin,
            asked,
            _task: task,
        }
    }

    fn asked(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.asked.try_recv().ok()).collect()
    }
}

async fn eval(node: &mut Connection, js: &str) -> Value {
    node.good("canvas.eval", json!({"javaScript": js})).await["result"].clone()
}

async fn shows(node: &mut Connection, words: &str) -> bool {
    let shown = eval(node, SHOWN).await;
    shown.as_str().unwrap().contains(words)
}

fn surface(text: &str) -> Value {
    json!({"messages": [
        {"surfaceUpdate": {"surfaceId": "main", "components": [
            {"id": "root", "component": {"Text": {"text": {"literalString": text}}}}]}},
        {"beginRendering": {"surfaceId": "main", "root": "root"}},
    ]})
}

const SHOWN: &str = "document.body.innerText";

#[tokio::test]
async fn a_page_is_shown_read_pictured_and_hidden() {
    let (rig, mut node) = Rig::start(config()).await;
    let mut site = Site::start("<title>T</title><body style='background:#00f'>hello").await;
    node.canvas = Some(format!("{}/__openclaw__/cap/secret", site.origin));
    node.refused("canvas.eval", json!({"javaScript": "1"}), "UNAVAILABLE")
        .await;
    node.good(
        "canvas.present",
        json!({"url": "/canvas/", "placement": {"width": 400, "height": 300}}),
    )
    .await;
    assert_eq!(site.asked()[0], "/__openclaw__/cap/secret/canvas/");
    assert_eq!(eval(&mut node, SHOWN).await, "hello");
    assert_eq!(
        eval(
            &mut node,
            "new Promise(done => setTimeout(() => done({a: [1]}), 10))"
        )
        .await,
        json!({"a": [1]})
    );
    assert_eq!(eval(&mut node, "undefined").await, Value::Null);
    let words = node
        .refused("canvas.eval", json!({"js": "null.x"}), "INVALID_REQUEST")
        .await;
    assert!(words.starts_with("TypeError"), "{words}");
    node.refused("canvas.eval", json!({}), "INVALID_REQUEST")
        .await;

    let picture = node.good("canvas.snapshot", json!({})).await;
    assert_eq!(
        (&picture["format"], &picture["width"], &picture["height"]),
        (&json!("png"), &json!(400), &json!(300))
    );
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(picture["base64"].as_str().unwrap())
        .unwrap();
    assert!(bytes.starts_with(b"\x89PNG"));
    assert_eq!(&bytes[16..24], [0, 0, 1, 144, 0, 0, 1, 44]);
    let small = node
        .good(
            "canvas.snapshot",
            json!({"format": "jpg", "maxWidth": 100, "quality": 0.5}),
        )
        .await;
    assert_eq!(
        (&small["format"], &small["width"], &small["height"]),
        (&json!("jpeg"), &json!(100), &json!(75))
    );

    node.good("canvas.hide", json!({})).await;
    let scratch = rig.path("scratch");
    until(|| alive(scratch.to_str().unwrap()) == 0).await;
    node.refused("canvas.snapshot", json!({}), "UNAVAILABLE")
        .await;
    node.good("canvas.present", json!({})).await;
    assert_eq!(
        eval(&mut node, SHOWN).await,
        "hello",
        "what was shown is shown again"
    );
    assert_eq!(eval(&mut node, "innerWidth").await, 400);
    rig.stopped().await;
    assert_eq!(alive(scratch.to_str().unwrap()), 0);
    assert!(!scratch.exists());
}

#[tokio::test]
async fn nothing_of_this_machine_or_its_network_is_loaded() {
    let (rig, mut node) = Rig::start(config()).await;
    let mut inside = Site::start("inside").await;
    let site = Site::start("<body>page").await;
    node.canvas = Some(format!("{}/__openclaw__/cap/secret", site.origin));
    for url in [
        "file:///etc/passwd",
        "chrome://version",
        "javascript:1",
        "data:text/html,x",
        "about:blank",
        "view-source:https://a.example/",
    ] {
        node.refused("canvas.navigate", json!({"url": url}), "INVALID_REQUEST")
            .await;
        node.refused("canvas.present", json!({"url": url}), "INVALID_REQUEST")
            .await;
    }
    let others = [
        inside.origin.clone(),
        format!("{}/canvas/", site.origin),
        format!("{}@evil.example/__openclaw__/cap/secret/", site.origin),
        "http://example.org/".to_owned(),
    ];
    for url in others {
        node.refused("canvas.navigate", json!({"url": url}), "FORBIDDEN")
            .await;
    }
    let own = format!("{}/__openclaw__/cap/other/canvas/a.html", site.origin);
    node.good("canvas.navigate", json!({"url": own})).await;
    assert_eq!(eval(&mut node, SHOWN).await, "page");

    // The page itself tries everything that a page has.
    let origin = &inside.origin;
    let attempts = format!(
        "(async () => {{
            const tried = [];
            const frame = (src) => new Promise((done) => {{
                const it = document.createElement('iframe');
                it.onload = it.onerror = () => done();
                setTimeout(done, 1000);
                it.src = src;
                document.body.append(it);
            }});
            const image = (src) => new Promise((done) => {{
                const it = new Image();
                it.onload = it.onerror = () => done();
                it.src = src;
            }});
            await fetch('{origin}/fetch', {{mode: 'no-cors'}}).catch(() => tried.push('fetch'));
            await fetch('file:///etc/passwd').catch(() => tried.push('file'));
            await frame('{origin}/frame');
            await frame('file:///etc/passwd');
            await image('{origin}/image');
            navigator.sendBeacon('{origin}/beacon', 'x');
            const worker = new Worker(URL.createObjectURL(new Blob([
                \"fetch('{origin}/worker', {{mode: 'no-cors'}}).catch(() => 0).then(() => postMessage(1))\"
            ])));
            await new Promise((done) => {{ worker.onmessage = done; worker.onerror = done; setTimeout(done, 2000); }});
            tried.push(window.open('{origin}/window') === null ? 'no window' : 'window');
            return tried;
        }})()"
    );
    let tried = eval(&mut node, &attempts).await;
    assert_eq!(tried, json!(["fetch", "file", "no window"]));
    // Leading the page there by itself is refused as well; a dialog holds nothing up.
    eval(&mut node, &format!("location.href = '{origin}/top'; 1")).await;
    eval(&mut node, "alert('x'); 1").await;
    assert_eq!(inside.asked(), [""; 0]);
    rig.stopped().await;
}

#[tokio::test]
async fn a2ui_is_drawn_and_survives_hiding() {
    let (rig, mut node) = Rig::start(config()).await;
    node.good("canvas.a2ui.push", surface("first words")).await;
    assert!(shows(&mut node, "first words").await);
    let lines: Vec<String> = surface("other words")["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(Value::to_string)
        .collect();
    node.good("canvas.a2ui.pushJSONL", json!({"jsonl": lines.join("\n")}))
        .await;
    assert!(shows(&mut node, "other words").await);

    node.good("canvas.hide", json!({})).await;
    node.good("canvas.present", json!({})).await;
    assert!(shows(&mut node, "other words").await);

    let words = node
        .refused(
            "canvas.a2ui.push",
            json!({"messages": [{"surfaceUpdate": 1}]}),
            "INVALID_REQUEST",
        )
        .await;
    assert!(words.contains("message 1"), "{words}");
    node.refused(
        "canvas.a2ui.pushJSONL",
        json!({"jsonl": "{}\n{"}),
        "INVALID_REQUEST",
    )
    .await;
    node.good("canvas.a2ui.reset", json!({})).await;
    assert!(!shows(&mut node, "other words").await);
    node.good("canvas.hide", json!({})).await;
    node.good("canvas.present", json!({})).await;
    assert!(!shows(&mut node, "other words").await);
    rig.stopped().await;
}

#[tokio::test]
async fn a_browser_that_was_killed_comes_back_as_it_was() {
    let (rig, mut node) = Rig::start(config()).await;
    node.good("canvas.a2ui.push", surface("still here")).await;
    node.invoke("canvas.eval", json!({"javaScript": "1"})).await;
    let profile = rig.path("scratch");
    let browsers = || browsers_with(profile.to_str().unwrap());
    let main = *browsers().iter().min().unwrap();
    let pid = rustix::process::Pid::from_raw(main).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    until(|| !browsers().contains(&main)).await;
    node.refused("canvas.eval", json!({"javaScript": "1"}), "UNAVAILABLE")
        .await;
    node.good("canvas.present", json!({})).await;
    assert!(shows(&mut node, "still here").await);
    rig.stopped().await;
}

/// Processes of Chromium itself whose arguments name this folder.
fn browsers_with(folder: &str) -> Vec<i32> {
    let is_one = |pid: i32| {
        let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let text = String::from_utf8_lossy(&arguments);
        text.contains(folder)
            && text.contains("--remote-debugging-pipe")
            && !text.contains("--type=")
    };
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| is_one(*pid))
        .collect()
}
