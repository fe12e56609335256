//! The one page: what is asked of it goes through here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::allowed::A2UI;
use super::answering::{Answering, BINDING, Seen, everything, text};
use super::browser::{Browser, Chromium};
use super::hands::{self, Hands};
use crate::call::Tell;
use crate::failure::Failure;

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
    listening: watch::Sender<Option<Arc<dyn Tell>>>,
    // Owns the tasks that answer the page, and that tell what is done on it.
    _tasks: JoinSet<()>,
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
        let frame = text(&target, "/targetId").unwrap_or_default().to_owned();
        let attach = json!({"targetId": frame, "flatten": true});
        let attached = cdp
            .call(None, "Target.attachToTarget", attach, SOON)
            .await?;
        let session = text(&attached, "/sessionId").unwrap_or_default().to_owned();
        let (seen_by, seen) = watch::channel(Seen::default());
        let (listening, listens) = watch::channel(None);
        let (says, words) = hands::words();
        let canvas = Arc::default();
        let answering = Answering {
            cdp: cdp.clone(),
            page: session.clone(),
            canvas: Arc::clone(&canvas),
            seen: seen_by,
            at: String::new(),
            says,
        };
        let hands = Hands {
            cdp: cdp.clone(),
            page: session.clone(),
            // A page's main frame is called as the page is.
            frame,
            listening: listens,
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(answering.serve(events));
        tasks.spawn(hands.tell(words));
        let page = Self {
            browser,
            session,
            seen,
            canvas,
            listening,
            _tasks: tasks,
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
        let binding = json!({"name": BINDING});
        self.ask("Runtime.addBinding", binding).await?;
        Ok(())
    }

    /// Whether it is still there.
    pub(super) fn is_alive(&self) -> bool {
        self.browser.is_alive()
    }

    /// What is done on it is told to this gateway from now on.
    pub(super) fn tell_to(&self, gateway: &Arc<dyn Tell>) {
        self.listening.send_replace(Some(Arc::clone(gateway)));
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
