//! Canvases over the wire: who sees one, what a page may do, and what no path leads to.

mod actions;
mod addresses;
mod ends;
mod methods;
mod nodes;
mod pages;
mod reload;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::common::{Answer, Client, Edge, Setup, get};

const READ: &[&str] = &["operator.read"];
const WRITE: &[&str] = &["operator.read", "operator.write"];

/// A gateway with canvases in a folder of their own.
struct Scene {
    edge: Edge,
    _home: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let edge = Edge::with(Setup {
            canvas: Some(home.path().join("canvas")),
            ..Setup::default()
        })
        .await;
        Self { edge, _home: home }
    }

    async fn owner(&self) -> Client {
        self.edge.owner(&["operator.admin"]).await
    }

    /// The folder of a session's canvas, made.
    async fn folder(&self, owner: &mut Client, session: &str) -> PathBuf {
        let opened = open(owner, session, "page").await;
        let folder = PathBuf::from(opened["folder"].as_str().unwrap());
        self.at(&opened).await;
        folder
    }

    /// What is at an address that was given, on the canvas's own port.
    async fn at(&self, opened: &Value) -> Answer {
        get(self.edge.canvas_addr, path(opened), &[]).await
    }
}

/// An address of a canvas.
async fn open(client: &mut Client, session: &str, view: &str) -> Value {
    let params = json!({ "sessionKey": session, "view": view });
    client.get("canvas.open", params).await
}

fn path(opened: &Value) -> &str {
    opened["path"].as_str().unwrap()
}

/// The path up to the end of the capability, without a slash.
fn base(opened: &Value) -> &str {
    let path = path(opened);
    let end = path.match_indices('/').nth(3).unwrap().0;
    &path[..end]
}

async fn status(addr: SocketAddr, path: &str) -> u16 {
    get(addr, path, &[]).await.status
}
