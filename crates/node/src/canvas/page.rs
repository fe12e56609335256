//! The one page: what it does on its own is answered here, what is asked of it goes through here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::a2ui::{self, POLICY};
use super::allowed::{A2UI, Verdict, judge};
use super::browser::{Browser, Chromium};
use super::cdp::{Cdp, CdpEvent};
use crate::failure::Failure;

/// The function by which the A2UI page speaks to its host.
const BINDING: &str = "tidegateCanvasA2UIAction";
/// Time for a question that the browser answers at once.
const SOON: Duration = Duration::from_secs(10);
/// Time for a page to load; it may go on loading after it.
const LOAD: Duration = Duration::from_secs(20);

/// The page and its browser. To drop it ends both.
pub(super) struct Page {
    browser: Browser,
    session: String,
    seen: watch::Receiver<Seen>,
    canvas: Arc<Mutex<Option<String>>>,
    // Owns the task that answers the page.
    _answering: JoinSet<()>,
}

/// What the page did, counted.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    loads: u64,
    ready: u64,
}

/// Answers what the browser asks on its own.
struct Answering {
    cdp: Cdp,
    page: String,
    canvas: Arc<Mutex<Option<String>>>,
    seen: watch::Sender<Seen>,
}

impl Page {
    /// Starts a browser with an empty page.
    pub(super) async fn open(chromium: &Chromium) -> Result<Self, Failure> {
        let (browser, events) = chromium.start().await?;
        let cdp = &browser.cdp;
        let target = cdp
            .call(
                None,
                "Target.createTarget",
                json!({"url": "about:blank"}),
                SOON,
            )
            .await?;
        let attach = json!({"targetId": text(&target, "/targetId"), "flatten": true});
        let attached = cdp
            .call(None, "Target.attachToTarget", attach, SOON)
            .await?;
        let session = text(&attached, "/sessionId").unwrap_or_default().to_owned();
        let (seen_by, seen) = watch::channel(Seen::default());
        let canvas = Arc::default();
        let answering = Answering {
            cdp: cdp.clone(),
            page: session.clone(),
            canvas: Arc::clone(&canvas),
            seen: seen_by,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(answering.serve(events));
        let page = Self {
            browser,
            session,
            seen,
            canvas,
            _answering: tasks,
        };
        page.prepare().await?;
        Ok(page)
    }

    async fn prepare(&self) -> Result<(), Failure> {
        let deny = json!({"behavior": "deny"});
        let download = "Browser.setDownloadBehavior";
        self.browser.cdp.call(None, download, deny, SOON).await?;
        // Frames of other sites are pages of their own to the browser: they are judged as well.
        let frames = json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true});
        self.ask("Target.setAutoAttach", frames).await?;
        self.ask("Fetch.enable", everything()).await?;
        self.ask("Page.enable", json!({})).await?;
        self.ask("Runtime.enable", json!({})).await?;
        self.ask("Runtime.addBinding", json!({"name": BINDING}))
            .await?;
        Ok(())
    }

    /// Whether it is still there.
    pub(super) fn is_alive(&self) -> bool {
        self.browser.is_alive()
    }

    /// The gateway's canvas address that may be loaded from now on.
    pub(super) fn allow(&self, canvas: Option<String>) {
        *self.canvas.lock().unwrap_or_else(PoisonError::into_inner) = canvas;
    }

    /// Leads it to an address and waits until it has loaded.
    pub(super) async fn go(&self, url: &str) -> Result<(), Failure> {
        let mut seen = self.seen.clone();
        let before = seen.borrow_and_update().loads;
        let answer = self.ask("Page.navigate", json!({"url": url})).await?;
        if let Some(why) = text(&answer, "/errorText") {
            return Err(Failure::unavailable(format!(
                "the page was not loaded: {why}"
            )));
        }
        // A new place in the same page loads nothing.
        if text(&answer, "/loaderId").is_some() {
            let loaded = seen.wait_for(|seen| seen.loads > before);
            // A page that goes on loading is shown as far as it is.
            let _ = tokio::time::timeout(LOAD, loaded).await;
        }
        Ok(())
    }

    /// Leads it to the A2UI page and waits until that is ready.
    pub(super) async fn go_to_a2ui(&self) -> Result<(), Failure> {
        let mut seen = self.seen.clone();
        let before = seen.borrow_and_update().ready;
        self.go(A2UI).await?;
        let ready = seen.wait_for(|seen| seen.ready > before);
        match tokio::time::timeout(SOON, ready).await {
            Ok(Ok(_)) => Ok(()),
            _ => Err(Failure::unavailable("the A2UI page does not become ready")),
        }
    }

    /// The value of an expression, waited for if it is a promise.
    pub(super) async fn eval(&self, expression: &str, within: Duration) -> Result<Value, Failure> {
        let params = json!({
            "expression": expression,
            "awaitPromise": true,
            "returnByValue": true,
            "timeout": tidegate_core::clock::millis(within),
        });
        let method = "Runtime.evaluate";
        let cdp = &self.browser.cdp;
        let mut answer = cdp
            .call(Some(&self.session), method, params, within)
            .await?;
        if let Some(thrown) = answer.get("exceptionDetails") {
            let said = text(thrown, "/exception/description").or_else(|| text(thrown, "/text"));
            let said: String = said
                .unwrap_or("it threw something")
                .chars()
                .take(2_000)
                .collect();
            return Err(Failure::invalid(said));
        }
        Ok(answer
            .pointer_mut("/result/value")
            .map_or(Value::Null, Value::take))
    }

    /// The size of the window, in points.
    pub(super) async fn resize(&self, width: u32, height: u32) -> Result<(), Failure> {
        let size =
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.ask("Emulation.setDeviceMetricsOverride", size).await?;
        Ok(())
    }

    /// Asks for something that the browser answers at once.
    pub(super) async fn ask(&self, method: &str, params: Value) -> Result<Value, Failure> {
        let cdp = &self.browser.cdp;
        cdp.call(Some(&self.session), method, params, SOON).await
    }
}

/// Every request is held until it was judged.
fn everything() -> Value {
    json!({"patterns": [{"urlPattern": "*"}]})
}

impl Answering {
    async fn serve(self, mut events: mpsc::Receiver<CdpEvent>) {
        while let Some(event) = events.recv().await {
            self.one(event).await;
        }
    }

    async fn one(&self, event: CdpEvent) {
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
            "Runtime.bindingCalled" if own && says_ready(&event.params) => {
                self.seen.send_modify(|seen| seen.ready += 1);
            }
            _ => {}
        }
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
        let canvas = self
            .canvas
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let (method, params) = match judge(url, canvas.as_deref()) {
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

/// The A2UI page says that it was loaded. What else it says comes from nobody's hand.
fn says_ready(params: &Value) -> bool {
    let payload = text(params, "/payload").unwrap_or_default();
    text(params, "/name") == Some(BINDING)
        && serde_json::from_str::<Value>(payload).is_ok_and(|said| said.get("ready").is_some())
}

/// The text at a place of an answer.
fn text<'a>(value: &'a Value, at: &str) -> Option<&'a str> {
    value.pointer(at)?.as_str()
}
