//! Webhooks: set, shown, deleted, and fed by a postman who tries again.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::answer::{Answer, Granted, Refusal, put};
use super::methods::perform;
use super::params::Params;
use super::poll::{end_for_webhook, name_kinds};
use super::shared::Shared;
use super::world::World;
use crate::common::{Request, dial};

/// How long a webhook may take to answer. The vendor's own number is not published.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Longest secret, by the vendor's page.
const MOST_SECRET_CHARS: usize = 256;

/// A live webhook.
#[derive(Debug, Clone)]
pub(super) struct Webhook {
    url: String,
    secret: Option<String>,
    connections: i64,
    error: Option<(i64, String)>,
    number: u64,
}

pub(super) fn set(world: &mut World, params: &Params) -> Answer {
    let Some(url) = params.text("url") else {
        return Ok(delete(world, params));
    };
    check_url(url)?;
    let secret = params.text("secret_token");
    check_secret(secret.unwrap_or_default())?;
    end_for_webhook(world);
    name_kinds(world, params);
    drop_pending(world, params);
    world.webhook = Some(Webhook {
        url: url.to_owned(),
        secret: secret.map(str::to_owned),
        connections: params.number("max_connections").unwrap_or(40).clamp(1, 100),
        error: None,
        number: world.number(),
    });
    Ok(Granted {
        result: json!(true),
        remark: Some("Webhook was set"),
    })
}

/// Plain http is refused, but for loopback, as a server of one's own takes it.
fn check_url(url: &str) -> Result<(), Refusal> {
    let is_near = ["http://127.0.0.1", "http://localhost", "http://[::1]"]
        .iter()
        .any(|near| url.starts_with(near));
    if is_near || url.starts_with("https://") {
        return Ok(());
    }
    Err(Refusal::bad(
        "bad webhook: An HTTPS URL must be provided for webhook",
    ))
}

fn check_secret(secret: &str) -> Result<(), Refusal> {
    if secret.len() > MOST_SECRET_CHARS {
        return Err(Refusal::bad("secret token is too long"));
    }
    let is_allowed = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    if secret.chars().all(is_allowed) {
        return Ok(());
    }
    Err(Refusal::bad("secret token contains unallowed characters"))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Granted {
    drop_pending(world, params);
    let was_set = world.webhook.take().is_some();
    Granted {
        result: json!(true),
        remark: Some(if was_set {
            "Webhook was deleted"
        } else {
            "Webhook is already deleted"
        }),
    }
}

fn drop_pending(world: &mut World, params: &Params) {
    if params.flag("drop_pending_updates") {
        world.updates.clear();
    }
}

pub(super) fn info(world: &World) -> Value {
    let hook = world.webhook.as_ref();
    let mut info = json!({
        "url": hook.map_or("", |hook| &hook.url),
        "has_custom_certificate": false,
        "pending_update_count": world.updates.pending(),
    });
    if let Some(hook) = hook {
        put(&mut info, "max_connections", json!(hook.connections));
        put(&mut info, "ip_address", json!("127.0.0.1"));
        if let Some((at_s, words)) = &hook.error {
            put(&mut info, "last_error_date", json!(at_s));
            put(&mut info, "last_error_message", json!(words));
        }
    }
    let named = world.updates.named();
    if !named.is_empty() {
        put(&mut info, "allowed_updates", json!(named));
    }
    info
}

/// Posts updates to the webhook, one after the other, as long as the server lives. (The vendor
/// posts those of different chats side by side.)
pub(super) async fn post_updates(shared: Arc<Shared>) {
    let mut bell = shared.bell();
    loop {
        bell.borrow_and_update();
        let next = shared.change_quietly(|world| {
            let hook = world.webhook.clone()?;
            Some((hook, world.updates.front(Instant::now())?))
        });
        let Some((hook, update)) = next else {
            if bell.changed().await.is_err() {
                return;
            }
            continue;
        };
        let posted = post(&hook, &update.json()).await;
        let retry = shared.change(|world| {
            let live = world
                .webhook
                .as_mut()
                .filter(|live| live.number == hook.number)?;
            match posted {
                Ok(answer) => {
                    live.error = None;
                    world.updates.taken(update.id);
                    answer_in_reply(world, &answer);
                    None
                }
                Err(words) => {
                    live.error = Some((world.clock.now_s(), words));
                    Some(world.limits.webhook_retry)
                }
            }
        });
        if let Some(retry) = retry {
            sleep(retry).await;
        }
    }
}

async fn post(hook: &Webhook, update: &Value) -> Result<Vec<u8>, String> {
    let body = update.to_string();
    let mut headers = vec![("Content-Type", "application/json")];
    if let Some(secret) = &hook.secret {
        headers.push(("X-Telegram-Bot-Api-Secret-Token", secret));
    }
    let reply = dial(&Request {
        method: "POST",
        url: &hook.url,
        headers: &headers,
        body: body.as_bytes(),
        deadline: ANSWER_WITHIN,
    })
    .await
    .map_err(|error| error.to_string())?;
    if (200..300).contains(&reply.status) {
        return Ok(reply.body.to_vec());
    }
    Err(format!("Wrong response from the webhook: {}", reply.status))
}

/// A webhook may answer with a call, whose outcome it never hears.
fn answer_in_reply(world: &mut World, body: &[u8]) {
    if let Ok(params) = Params::from_json(body)
        && let Some(method) = params.text("method")
    {
        let method = method.to_owned();
        let _unheard = perform(world, &method, &params);
    }
}
