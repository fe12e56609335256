//! Files of `send`: taken by their links, whatever is in them, once.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_core::channel::{Body, StoredFile};
use tidegate_core::files::{Fetched, FileError, FileSource};
use tidegate_engine::NetworkSettings;

use crate::common::{Edge, Paper, Setup, networks, settle};

/// A source that has the link itself in every file.
#[derive(Default)]
struct Mirror {
    fetched: AtomicUsize,
}

#[async_trait]
impl FileSource for Mirror {
    async fn fetch(&self, link: &str, to: &Path, _: u64) -> Result<Fetched, FileError> {
        self.fetched.fetch_add(1, Ordering::Relaxed);
        if link == "https://inside.example/" {
            return Err(FileError::Refused("not for you".into()));
        }
        std::fs::write(to, link).unwrap();
        let file = StoredFile {
            path: to.to_owned(),
            bytes: link.len() as u64,
        };
        Ok(Fetched { file, name: None })
    }
}

struct Office {
    edge: Edge,
    paper: Arc<Paper>,
    mirror: Arc<Mirror>,
    _dir: TempDir,
}

async fn open() -> Office {
    let (paper, mirror) = (Paper::new("default"), Arc::new(Mirror::default()));
    let dir = tempfile::tempdir().unwrap();
    let edge = Edge::with(Setup {
        networks: NetworkSettings {
            files: dir.path().join("media"),
            source: Arc::clone(&mirror) as _,
            ..networks(&[Arc::clone(&paper)], None)
        },
        ..Setup::default()
    })
    .await;
    settle().await;
    Office {
        edge,
        paper,
        mirror,
        _dir: dir,
    }
}

fn send(key: &str, links: &[&str]) -> Value {
    json!({
        "channel": "paper", "to": "5", "message": "look", "mediaUrls": links,
        "idempotencyKey": key,
    })
}

/// The captions and sizes of the files that went out, in order.
fn files(paper: &Paper) -> Vec<(String, u64)> {
    let sent = paper.taken();
    let files = sent.iter().filter_map(|(_, part)| match &part.body {
        Body::Media { media, markdown } => Some((markdown.clone(), media.bytes)),
        Body::Text { .. } | Body::Poll(_) => None,
    });
    files.collect()
}

#[tokio::test]
async fn files_go_out_once_in_order() {
    let office = open().await;
    let mut client = office.edge.owner(&["operator.write"]).await;
    let large = format!("data:image/png;base64,{}", "A".repeat(1 << 20));
    let mut params = send("k", &["https://b.example/", &large]);
    params["mediaUrl"] = "https://a.example/1".into();
    for _ in 0..2 {
        let sent = client.get("send", params.clone()).await;
        assert_eq!(sent["messageId"], "m3", "{sent}");
    }
    let expected = [
        ("look".to_owned(), 19),
        (String::new(), 18),
        (String::new(), large.len() as u64),
    ];
    assert_eq!(files(&office.paper), expected);
    assert_eq!(office.mirror.fetched.load(Ordering::Relaxed), 3);
    office.edge.stopped().await;
}

#[tokio::test]
async fn what_is_no_file_to_send_is_refused() {
    let office = open().await;
    let mut client = office.edge.owner(&["operator.write"]).await;
    let why = |answer: Value| answer["error"]["message"].as_str().unwrap().to_owned();
    let refused = client
        .call("send", send("k", &["https://inside.example/"]))
        .await;
    assert_eq!(refused["error"]["code"], "INVALID_REQUEST", "{refused}");
    assert_eq!(why(refused), "mediaUrl: not for you");
    let mut many = send("k", &["https://a.example/"; 16]);
    many["mediaUrl"] = "https://a.example/".into();
    let refused = client.call("send", many).await;
    assert_eq!(why(refused), "a message takes at most 16 files");
    // The page shows links; it holds no files.
    for link in ["data:;base64,aGk=", "https://a b/", "file:///etc/passwd"] {
        let mut here = send("k", &[link]);
        here["channel"] = "webchat".into();
        here["to"] = "main".into();
        let refused = client.call("send", here).await;
        assert!(why(refused).starts_with("mediaUrl must be"), "{link}");
    }
    assert_eq!(files(&office.paper), []);
    assert_eq!(office.mirror.fetched.load(Ordering::Relaxed), 1);
    office.edge.stopped().await;
}
