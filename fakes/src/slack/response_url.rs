//! Response URLs of slash commands and buttons: five posts within half an hour.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::core::Core;
use super::json::field;
use super::rules::{HOOK_LIVES_MS, MOST_HOOK_USES};
use super::trace::HookAnswer;
use super::world::{Draft, names};

/// Where the answers to commands and buttons belong.
#[derive(Default)]
pub(super) struct Hooks {
    by_secret: HashMap<String, Hook>,
}

/// The place of one command or button.
#[derive(Debug, Clone)]
pub(super) struct Hook {
    pub(super) item: String,
    pub(super) channel: String,
    /// The message with the button.
    pub(super) message: Option<String>,
    pub(super) made_ms: i64,
    pub(super) uses: u32,
}

impl Hooks {
    /// Keeps a hook under the secret part of its URL.
    pub(super) fn keep(&mut self, secret: &str, hook: Hook) {
        self.by_secret.insert(secret.to_owned(), hook);
    }

    fn of_item(&self, item: &str) -> Option<Hook> {
        self.by_secret
            .values()
            .find(|hook| hook.item == item)
            .cloned()
    }

    /// Counts one use.
    fn spend(&mut self, secret: &str, now_ms: i64) -> Result<Hook, &'static str> {
        let hook = self.by_secret.get_mut(secret).ok_or("no_such_url")?;
        if now_ms - hook.made_ms > HOOK_LIVES_MS {
            return Err("expired_url");
        }
        if hook.uses >= MOST_HOOK_USES {
            return Err("used_url");
        }
        hook.uses += 1;
        Ok(hook.clone())
    }
}

/// Serves a response URL.
pub(super) async fn answer(
    State(core): State<Arc<Core>>,
    Path(secret): Path<String>,
    body: Bytes,
) -> Response {
    let Ok(body) = serde_json::from_slice::<Value>(&body) else {
        return refuse("invalid_payload");
    };
    let spent = core.hooks().spend(&secret, core.clock.now_ms());
    match spent {
        Ok(hook) => {
            core.hook_answer(&hook.item, true, body);
            "ok".into_response()
        }
        Err(error) => refuse(error),
    }
}

fn refuse(error: &str) -> Response {
    let body = json!({"ok": false, "error": error}).to_string();
    (StatusCode::NOT_FOUND, body).into_response()
}

impl Core {
    /// The app's answer to a command or button: recorded, and made visible if it says so.
    pub(super) fn hook_answer(self: &Arc<Self>, item: &str, by_url: bool, body: Value) {
        let hook = self.hooks().of_item(item);
        if let Some(hook) = hook {
            self.show(&hook, &body);
        }
        self.hook_answers.push(HookAnswer {
            item: item.to_owned(),
            by_url,
            body,
        });
        self.wake();
    }

    fn show(self: &Arc<Self>, hook: &Hook, body: &Value) {
        let flag = |name: &str| *field(body, name) == true;
        let text = field(body, "text").as_str().unwrap_or_default();
        match &hook.message {
            Some(ts) if flag("delete_original") => {
                self.delete(&hook.channel, ts);
            }
            Some(ts) if flag("replace_original") => {
                self.change(&hook.channel, ts, |message, now| {
                    message.edited_ts = Some(now);
                    text.clone_into(&mut message.text);
                    message.blocks = field(body, "blocks").clone();
                });
            }
            _ if *field(body, "response_type") == "in_channel" => {
                let draft = Draft {
                    blocks: field(body, "blocks").clone(),
                    thread_ts: field(body, "thread_ts").as_str().map(ToOwned::to_owned),
                    ..Draft::text(names::BOT_USER, text)
                };
                self.post(&hook.channel, draft);
            }
            // Ephemeral: nobody but the person sees it, and it is in no history.
            _ => {}
        }
    }
}
