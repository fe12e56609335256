//! What people do on the page: told to the gateway, which knows whose canvas it is. Only what somebody
//! did with their hands counts: the browser knows that, and no page can pretend it (SECURITY T36).

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};

use super::cdp::Cdp;
use crate::call::Tell;

/// What may wait while one thing is told: a second press, and no flood of a page.
const WAITING: usize = 1;
/// Longest word of a page in bytes: what the gateway takes.
const WORD_BYTES: usize = 64 * 1024;
/// Time for a question that the browser answers at once.
const SOON: Duration = Duration::from_secs(10);
/// Whether somebody pressed something a moment ago. It is asked in a world of ours, where nothing is
/// the page's own.
const PRESSED: &str = "navigator.userActivation.isActive";
/// By this event the page hears what became of an action (docs/canvas.md).
const STATUS: &str = "tidegate:a2ui-action-status";

/// Whom the page's people speak to: whoever asked for it last.
pub(super) type Listening = watch::Receiver<Option<Arc<dyn Tell>>>;

/// The way of what a page says.
pub(super) fn words() -> (mpsc::Sender<Value>, mpsc::Receiver<Value>) {
    mpsc::channel(WAITING)
}

/// The action in what a page said, if it is one.
pub(super) fn action(payload: &str) -> Option<Value> {
    if payload.len() > WORD_BYTES {
        return None;
    }
    let mut said: Value = serde_json::from_str(payload).ok()?;
    let action = said.get_mut("userAction").map(Value::take)?;
    action.is_object().then_some(action)
}

/// Tells the gateway what people do.
pub(super) struct Hands {
    pub(super) cdp: Cdp,
    /// The page's session.
    pub(super) page: String,
    /// Its main frame.
    pub(super) frame: String,
    pub(super) listening: Listening,
}

impl Hands {
    /// Tells one action after the other, until the page is gone.
    pub(super) async fn tell(self, mut words: mpsc::Receiver<Value>) {
        while let Some(action) = words.recv().await {
            if !self.pressed().await {
                tracing::info!("a page said that somebody did something, which nobody did");
                continue;
            }
            let gateway = self.listening.borrow().clone();
            let told = match gateway {
                Some(gateway) => gateway.act(action.clone()).await,
                None => Err("nobody listens".to_owned()),
            };
            self.answer(&action, told).await;
        }
    }

    async fn pressed(&self) -> bool {
        let page = Some(self.page.as_str());
        let world = json!({"frameId": self.frame, "worldName": "tidegate"});
        let world = self.cdp.call(page, "Page.createIsolatedWorld", world, SOON);
        let Some(context) = world
            .await
            .ok()
            .and_then(|world| world.get("executionContextId").cloned())
        else {
            return false;
        };
        let ask = json!({"expression": PRESSED, "contextId": context, "returnByValue": true});
        let said = self.cdp.call(page, "Runtime.evaluate", ask, SOON).await;
        said.is_ok_and(|said| said.pointer("/result/value") == Some(&Value::Bool(true)))
    }

    /// Lets the page show what became of it.
    async fn answer(&self, action: &Value, told: Result<(), String>) {
        let detail = json!({
            "id": action.get("id"),
            "ok": told.is_ok(),
            "error": told.err().unwrap_or_default(),
        });
        let expression =
            format!("dispatchEvent(new CustomEvent({STATUS:?}, {{detail: {detail}}}))");
        let ask = json!({"expression": expression});
        let page = Some(self.page.as_str());
        self.cdp.tell(page, "Runtime.evaluate", ask).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_an_action_if_it_says_so_and_is_not_too_long() {
        let said = r#"{"userAction":{"id":"1","name":"close"}}"#;
        assert_eq!(action(said), Some(json!({"id": "1", "name": "close"})));
        let long = json!({"userAction": {"name": "x".repeat(WORD_BYTES)}}).to_string();
        for none in [
            "",
            "{",
            "{}",
            "[]",
            r#"{"ready":{"protocol":1}}"#,
            r#"{"userAction":"close"}"#,
            &long,
        ] {
            assert_eq!(action(none), None, "{}", none.len());
        }
    }
}
