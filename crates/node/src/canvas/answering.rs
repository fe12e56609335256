//! What a page does on its own is answered here: what it loads is judged, what it asks is refused, and
//! what it says is heard.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::a2ui::{self, POLICY};
use super::allowed::{A2UI, Verdict, is_agents, judge};
use super::cdp::{Cdp, CdpEvent};
use super::hands;

/// The function by which a page of the agent speaks to its host.
pub(super) const BINDING: &str = "tidegateCanvasA2UIAction";

/// What the page did, counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) loads: u64,
    pub(super) ready: u64,
}

/// Answers what the browser asks on its own.
pub(super) struct Answering {
    pub(super) cdp: Cdp,
    pub(super) page: String,
    /// The gateway's canvas address that may be loaded.
    pub(super) canvas: Arc<Mutex<Option<String>>>,
    pub(super) seen: watch::Sender<Seen>,
    /// Where the page is.
    pub(super) at: String,
    /// What people do on it.
    pub(super) says: mpsc::Sender<Value>,
}

/// Every request is held until it was judged.
pub(super) fn everything() -> Value {
    json!({"patterns": [{"urlPattern": "*"}]})
}

impl Answering {
    pub(super) async fn serve(mut self, mut events: mpsc::Receiver<CdpEvent>) {
        while let Some(event) = events.recv().await {
            self.one(event).await;
        }
    }

    async fn one(&mut self, event: CdpEvent) {
        let session = event.session.as_deref();
        let own = session == Some(&self.page);
        match &*event.method {
            "Fetch.requestPaused" => self.request(session, &event.params).await,
            "Target.attachedToTarget" => self.attached(&event.params).await,
            // Nobody is there to answer a question.
            "Page.javascriptDialogOpening" => {
                let no = json!({"accept": false});
                self.cdp
                    .tell(session, "Page.handleJavaScriptDialog", no)
                    .await;
            }
            "Page.loadEventFired" if own => self.seen.send_modify(|seen| seen.loads += 1),
            "Page.frameNavigated" if own => self.moved(&event.params),
            "Runtime.bindingCalled" if own => self.heard(&event.params),
            _ => {}
        }
    }

    fn moved(&mut self, params: &Value) {
        if params.pointer("/frame/parentId").is_none() {
            let at = text(params, "/frame/url").unwrap_or_default();
            at.clone_into(&mut self.at);
        }
    }

    /// The page speaks: it was loaded, or somebody did something on it.
    fn heard(&self, params: &Value) {
        let payload = text(params, "/payload").unwrap_or_default();
        if text(params, "/name") != Some(BINDING) || !is_agents(&self.at, self.canvas().as_deref())
        {
            return;
        }
        if is_ready(payload) {
            self.seen.send_modify(|seen| seen.ready += 1);
        } else if let Some(action) = hands::action(payload) {
            // While one is told, a page has nothing else to say.
            let _ = self.says.try_send(action);
        }
    }

    fn canvas(&self) -> Option<String> {
        self.canvas
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// A frame or a worker waits until its requests are held too.
    async fn attached(&self, params: &Value) {
        let session = text(params, "/sessionId");
        self.cdp.tell(session, "Fetch.enable", everything()).await;
        let on = "Runtime.runIfWaitingForDebugger";
        self.cdp.tell(session, on, json!({})).await;
    }

    async fn request(&self, session: Option<&str>, params: &Value) {
        let url = text(params, "/request/url").unwrap_or_default();
        let id = text(params, "/requestId");
        let (method, params) = match judge(url, self.canvas().as_deref()) {
            Verdict::Load => ("Fetch.continueRequest", json!({"requestId": id})),
            Verdict::Own => match own_answer(id, url) {
                Some(answer) => ("Fetch.fulfillRequest", answer),
                None => refusal(id),
            },
            Verdict::Refuse => refusal(id),
        };
        self.cdp.tell(session, method, params).await;
    }
}

fn refusal(id: Option<&str>) -> (&'static str, Value) {
    (
        "Fetch.failRequest",
        json!({"requestId": id, "errorReason": "BlockedByClient"}),
    )
}

fn own_answer(id: Option<&str>, url: &str) -> Option<Value> {
    let path = url.strip_prefix(A2UI)?.split(['?', '#']).next()?;
    let (bytes, kind) = a2ui::file(path)?;
    let header = |name: &str, value: &str| json!({"name": name, "value": value});
    Some(json!({
        "requestId": id,
        "responseCode": 200,
        "responseHeaders": [
            header("Content-Type", kind),
            header("Content-Security-Policy", POLICY),
            header("X-Content-Type-Options", "nosniff"),
        ],
        "body": STANDARD.encode(bytes),
    }))
}

/// The A2UI page says that it was loaded.
fn is_ready(payload: &str) -> bool {
    serde_json::from_str::<Value>(payload).is_ok_and(|said| said.get("ready").is_some())
}

/// The text at a place of an answer.
pub(super) fn text<'a>(value: &'a Value, at: &str) -> Option<&'a str> {
    value.pointer(at)?.as_str()
}
