use std::collections::BTreeMap;
use std::sync::Mutex;

use tidegate_core::canvas::{CanvasFile, OnNode};
use tidegate_core::exec::{Cleared, Subject};
use tidegate_core::tool::{AskedFor, Doors, NodeErrand, ToolContent, ToolProgress};
use tidegate_protocol::{AgentId, DeviceId};
use tokio_util::sync::CancellationToken;

use super::*;

/// Canvases in memory.
#[derive(Default)]
struct Easel {
    files: Mutex<BTreeMap<(SessionKey, CanvasPath), Vec<u8>>>,
    shown: Mutex<Vec<(SessionKey, CanvasView)>>,
    pushed: Mutex<Vec<Value>>,
}

#[async_trait]
impl Canvas for Easel {
    async fn read(&self, session: &SessionKey, path: &CanvasPath) -> Result<Vec<u8>, CanvasError> {
        let found = self
            .files
            .lock()
            .unwrap()
            .get(&(session.clone(), path.clone()))
            .cloned();
        found.ok_or_else(|| CanvasError::Missing(path.clone()))
    }

    async fn write(
        &self,
        session: &SessionKey,
        path: &CanvasPath,
        bytes: Vec<u8>,
    ) -> Result<(), CanvasError> {
        self.files
            .lock()
            .unwrap()
            .insert((session.clone(), path.clone()), bytes);
        Ok(())
    }

    async fn delete(&self, session: &SessionKey, path: &CanvasPath) -> Result<(), CanvasError> {
        let gone = self
            .files
            .lock()
            .unwrap()
            .remove(&(session.clone(), path.clone()));
        gone.map(drop)
            .ok_or_else(|| CanvasError::Missing(path.clone()))
    }

    async fn list(&self, session: &SessionKey) -> Result<Vec<CanvasFile>, CanvasError> {
        let files = self.files.lock().unwrap();
        let own = files.iter().filter(|((of, _), _)| of == session);
        Ok(own
            .map(|((_, path), bytes)| CanvasFile {
                path: path.clone(),
                bytes: bytes.len() as u64,
            })
            .collect())
    }

    async fn present(
        &self,
        session: &SessionKey,
        view: CanvasView,
        by: CanvasPresenter,
    ) -> Result<(), CanvasError> {
        assert_eq!(by, CanvasPresenter::Agent);
        self.shown.lock().unwrap().push((session.clone(), view));
        Ok(())
    }

    async fn push(
        &self,
        _session: &SessionKey,
        messages: Vec<Value>,
    ) -> Result<Vec<String>, CanvasError> {
        if messages.is_empty() {
            return Err(CanvasError::Message(
                "send 1 to 200 messages at once".into(),
            ));
        }
        self.pushed.lock().unwrap().extend(messages);
        Ok(vec!["gate".into()])
    }

    async fn on_node(
        &self,
        session: &SessionKey,
        view: CanvasView,
        node: &DeviceId,
    ) -> Result<OnNode, CanvasError> {
        if node.as_str() != "attic-id" {
            return Err(CanvasError::Away);
        }
        Ok(match view {
            CanvasView::Page => OnNode::Page {
                url: format!("http://gate.example/{session}/"),
            },
            CanvasView::Surfaces => OnNode::Surfaces {
                messages: self.pushed.lock().unwrap().clone(),
            },
        })
    }

    async fn reset(&self, _session: &SessionKey) {
        self.pushed.lock().unwrap().clear();
    }
}

/// A node that takes pictures, and shows what it is told to.
#[derive(Default)]
struct OneNode(Mutex<Vec<(String, Value)>>);

#[async_trait]
impl Doors for OneNode {
    async fn allow(&self, _subject: Subject, _asked_for: &AskedFor) -> Result<Cleared, String> {
        Err("nothing is run here".into())
    }

    async fn nodes(&self) -> Result<Value, String> {
        Err("not asked for".into())
    }

    async fn node(&self, node: &str) -> Result<Value, String> {
        match node {
            "attic" | "shed" => Ok(json!({ "id": format!("{node}-id") })),
            other => Err(format!("there is no node {other}")),
        }
    }

    async fn on_node(&self, errand: NodeErrand) -> Result<Value, String> {
        match (errand.node.as_str(), errand.command.as_str()) {
            ("attic", "canvas.snapshot") => Ok(json!({ "format": "png", "base64": "QUJD" })),
            ("attic-id", command) => {
                let sent = (command.to_owned(), errand.params);
                self.0.lock().unwrap().push(sent);
                Ok(json!({ "ok": true }))
            }
            (other, _) => Err(format!("there is no node {other}")),
        }
    }
}

async fn ask(easel: &Arc<Easel>, session: &str, arguments: Value) -> ToolOutcome {
    ask_with(easel, session, arguments, Arc::default()).await
}

async fn ask_with(
    easel: &Arc<Easel>,
    session: &str,
    arguments: Value,
    doors: Arc<OneNode>,
) -> ToolOutcome {
    let call = ToolCall {
        id: "c1".into(),
        run_id: None,
        session_key: SessionKey::stored(session),
        agent: AgentId::new("main"),
        home: None,
        arguments: arguments.as_object().unwrap().clone(),
        stop: CancellationToken::new(),
        progress: ToolProgress::default(),
        doors,
    };
    CanvasTool::new(Arc::clone(easel) as Arc<dyn Canvas>)
        .call(call)
        .await
}

fn text(outcome: &ToolOutcome) -> &str {
    match outcome.content.first() {
        Some(ToolContent::Text { text }) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_written_is_read_listed_and_deleted_in_its_own_session() {
    let easel = Arc::new(Easel::default());
    let write = json!({ "action": "write", "path": "a/index.html", "content": "<h1>x</h1>" });
    let told = ask(&easel, "one", write).await;
    assert!(
        text(&told).starts_with("a/index.html has 10 bytes now."),
        "{told:?}"
    );
    let read = json!({ "action": "read", "path": "/a/index.html" });
    assert_eq!(text(&ask(&easel, "one", read.clone()).await), "<h1>x</h1>");
    let other = ask(&easel, "two", read).await;
    assert!(other.is_error, "another session has its own: {other:?}");
    let list = ask(&easel, "one", json!({ "action": "list" })).await;
    let files = json!({ "files": [{ "path": "a/index.html", "bytes": 10 }] });
    assert_eq!(list, ToolOutcome::json(files));
    let delete = json!({ "action": "delete", "path": "a/index.html" });
    assert!(!ask(&easel, "one", delete.clone()).await.is_error);
    assert!(ask(&easel, "one", delete).await.is_error);
}

#[tokio::test]
async fn bytes_come_as_base64_and_are_not_read_as_text() {
    let easel = Arc::new(Easel::default());
    let write = |content: &str| json!({ "action": "write", "path": "a.png", "encoding": "base64", "content": content });
    assert!(ask(&easel, "one", write("not base64!")).await.is_error);
    assert!(!ask(&easel, "one", write("/////w==")).await.is_error);
    let read = ask(&easel, "one", json!({ "action": "read", "path": "a.png" })).await;
    assert_eq!(text(&read), "a.png is no text; it has 4 bytes.");
}

#[tokio::test]
async fn no_path_leads_out_and_no_argument_is_guessed() {
    let easel = Arc::new(Easel::default());
    for path in [
        "../x",
        "/etc/../x",
        "a//b",
        ".env",
        "",
        "a\\b",
        "a/%2e%2e/b",
        "a\0b",
    ] {
        let write = json!({ "action": "write", "path": path, "content": "x" });
        let outcome = ask(&easel, "one", write).await;
        assert!(
            outcome.is_error && text(&outcome).ends_with("Nothing was changed."),
            "{path:?}"
        );
    }
    for arguments in [
        json!({}),
        json!({ "action": "run" }),
        json!({ "action": "write", "path": "a" }),
        json!({ "action": "write", "path": "a", "content": "x", "session": "two" }),
        json!({ "action": "present", "view": "all" }),
    ] {
        assert!(
            ask(&easel, "one", arguments.clone()).await.is_error,
            "{arguments}"
        );
    }
    assert!(easel.files.lock().unwrap().is_empty());
}

#[tokio::test]
async fn it_presents_pushes_and_takes_away() {
    let easel = Arc::new(Easel::default());
    ask(&easel, "one", json!({ "action": "present" })).await;
    ask(
        &easel,
        "one",
        json!({ "action": "present", "view": "a2ui" }),
    )
    .await;
    let session = SessionKey::stored("one");
    let shown = [
        (session.clone(), CanvasView::Page),
        (session, CanvasView::Surfaces),
    ];
    assert_eq!(*easel.shown.lock().unwrap(), shown);
    let push =
        json!({ "action": "a2ui_push", "messages": [{ "deleteSurface": { "surfaceId": "x" } }] });
    assert_eq!(
        ask(&easel, "one", push).await,
        ToolOutcome::json(json!({ "surfaces": ["gate"] }))
    );
    assert!(
        ask(
            &easel,
            "one",
            json!({ "action": "a2ui_push", "messages": [] })
        )
        .await
        .is_error
    );
    assert_eq!(easel.pushed.lock().unwrap().len(), 1);
    ask(&easel, "one", json!({ "action": "a2ui_reset" })).await;
    assert!(easel.pushed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_picture_of_a_node_is_a_picture() {
    let easel = Arc::new(Easel::default());
    let snap = ask(
        &easel,
        "one",
        json!({ "action": "snapshot", "node": "attic" }),
    )
    .await;
    assert!(
        matches!(snap.content.last(), Some(ToolContent::Image { mime, .. }) if mime == "image/png")
    );
    assert!(
        ask(
            &easel,
            "one",
            json!({ "action": "snapshot", "node": "cellar" })
        )
        .await
        .is_error
    );
}

#[tokio::test]
async fn a_node_is_led_to_the_page_or_draws_the_surfaces() {
    let easel = Arc::new(Easel::default());
    let doors = Arc::new(OneNode::default());
    let sent = |arguments: Value| {
        let (easel, doors) = (Arc::clone(&easel), Arc::clone(&doors));
        async move {
            let outcome = ask_with(&easel, "one", arguments, Arc::clone(&doors)).await;
            (outcome, std::mem::take(&mut *doors.0.lock().unwrap()))
        }
    };
    let page = json!({ "action": "present", "node": "attic" });
    let (told, commands) = sent(page).await;
    assert!(!told.is_error, "{told:?}");
    assert!(
        !text(&told).contains("http"),
        "the model is not told the address"
    );
    let there = json!({ "url": "http://gate.example/one/" });
    assert_eq!(commands, [("canvas.present".to_owned(), there)]);
    assert!(
        easel.shown.lock().unwrap().is_empty(),
        "nobody else is asked"
    );

    let surfaces = json!({ "action": "present", "view": "a2ui", "node": "attic" });
    let (told, commands) = sent(surfaces.clone()).await;
    assert!(told.is_error && commands.is_empty(), "{told:?}");
    let message = json!({ "deleteSurface": { "surfaceId": "x" } });
    let push = json!({ "action": "a2ui_push", "messages": [message] });
    assert!(!ask(&easel, "one", push).await.is_error);
    let (told, commands) = sent(surfaces).await;
    assert!(!told.is_error, "{told:?}");
    let names: Vec<_> = commands.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["canvas.a2ui.reset", "canvas.a2ui.push"]);
    assert_eq!(commands[1].1, json!({ "messages": [message] }));

    for node in ["shed", "cellar"] {
        let away = json!({ "action": "present", "node": node });
        assert!(sent(away).await.0.is_error, "{node}");
    }
}
