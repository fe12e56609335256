//! What people do on the canvas of a node, with a real browser and a real press.

use serde_json::{Value, json};
use tidegate_testkit::Finger;

use crate::canvas::Site;
use crate::gateway::Connection;
use crate::rig::Rig;

/// A page that says what was done, and shows what became of it.
const PAGE: &str = "<body><button id='go' style='width:90px;height:40px'>go</button><script>\
    const say = (id) => tidegateCanvasA2UIAction(JSON.stringify({userAction: {id, name: 'go', context: {n: 1}}}));\
    document.querySelector('#go').addEventListener('click', () => say('pressed'));\
    addEventListener('tidegate:a2ui-action-status', ({detail}) => { document.title = JSON.stringify(detail); });\
    </script>";

async fn start() -> (Rig, Connection, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let config =
        json!({"canvas": {"sandbox": false, "program": Finger::browser(folder.path()).unwrap()}});
    let (rig, node) = Rig::start(config).await;
    (rig, node, folder)
}

async fn eval(node: &mut Connection, js: &str) -> Value {
    node.good("canvas.eval", json!({"javaScript": js})).await["result"].clone()
}

/// T36: an action is what somebody did with their hands, whatever a page says.
#[tokio::test]
async fn t36_only_a_press_is_told_and_its_end_is_shown() {
    let (rig, mut node, _folder) = start().await;
    let site = Site::start(PAGE).await;
    node.canvas = Some(format!("{}/__openclaw__/cap/secret", site.origin));
    node.good("canvas.present", json!({"url": "/canvas/"}))
        .await;
    eval(
        &mut node,
        "say('forged'); document.querySelector('#go').click(); 1",
    )
    .await;
    // The page cannot pretend that somebody is there either.
    let pretend = "Object.defineProperty(navigator, 'userActivation', \
        {value: {isActive: true, hasBeenActive: true}}); say('pretended'); 1";
    eval(&mut node, pretend).await;
    let mut finger = Finger::at(&rig.path("scratch")).await.unwrap();
    finger.press("#go").await.unwrap();
    let told = node.event().await;
    assert_eq!(told["event"], "canvas.action");
    let action = json!({"id": "pressed", "name": "go", "context": {"n": 1}});
    assert_eq!(told["payload"], action);
    let shown = "new Promise((done) => { const look = () => document.title ? done(document.title) \
        : requestAnimationFrame(look); look(); })";
    let shown: Value =
        serde_json::from_str(eval(&mut node, shown).await.as_str().unwrap()).unwrap();
    assert_eq!(shown, json!({"id": "pressed", "ok": true, "error": ""}));
    assert_eq!(node.events.len(), 1, "{:?}", node.events);
    rig.stopped().await;
}

#[tokio::test]
async fn a_button_of_a_form_is_told() {
    let (rig, mut node, _folder) = start().await;
    let form = json!({"messages": [
        {"version": "v0.9", "createSurface": {"surfaceId": "gate", "catalogId": "basic"}},
        {"version": "v0.9", "updateComponents": {"surfaceId": "gate", "components": [
            {"id": "root", "component": "Button", "child": "word",
             "action": {"event": {"name": "close", "context": {"gate": 3}}}},
            {"id": "word", "component": "Text", "text": "Close it"},
        ]}},
    ]});
    node.good("canvas.a2ui.push", form).await;
    let mut finger = Finger::at(&rig.path("scratch")).await.unwrap();
    finger.press("[data-id='root']").await.unwrap();
    let told = node.event().await;
    assert_eq!(told["event"], "canvas.action");
    let action = &told["payload"];
    assert_eq!(
        (
            &action["name"],
            &action["surfaceId"],
            &action["sourceComponentId"],
            &action["context"]
        ),
        (
            &json!("close"),
            &json!("gate"),
            &json!("root"),
            &json!({"gate": 3})
        )
    );
    rig.stopped().await;
}
