//! Webhooks: delivery, secret, retries, and that polling is off meanwhile.

use std::net::Ipv4Addr;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::bot::{ANN, Bot, SOON, ann};

/// A receiver of webhooks that answers as it is told.
struct Hook {
    listener: TcpListener,
}

impl Hook {
    async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        Self { listener }
    }

    fn url(&self) -> String {
        format!("http://{}/hook", self.listener.local_addr().unwrap())
    }

    /// Takes one post: its head and its update.
    async fn take(&self, status: &str, body: &str) -> (String, Value) {
        timeout(SOON, self.take_patiently(status, body))
            .await
            .unwrap()
    }

    async fn take_patiently(&self, status: &str, body: &str) -> (String, Value) {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        let (head, update) = loop {
            let mut piece = [0; 4096];
            let count = stream.read(&mut piece).await.unwrap();
            assert_ne!(count, 0, "cut");
            bytes.extend(&piece[..count]);
            let text = String::from_utf8_lossy(&bytes);
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && let Ok(update) = serde_json::from_str(body)
            {
                break (head.to_owned(), update);
            }
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).await.unwrap();
        (head, update)
    }
}

#[tokio::test]
async fn updates_are_posted_with_the_secret_until_they_are_taken() {
    let bot = Bot::start().await;
    let hook = Hook::start().await;
    let set = json!({ "url": hook.url(), "secret_token": "s3cret" });
    let answered = bot.call("setWebhook", set).await;
    assert_eq!(answered.why(), "Webhook was set");
    bot.fake.say(ANN, &ann(), "one");
    bot.fake.say(ANN, &ann(), "two");
    let (head, refused) = hook.take("503 Busy", "").await;
    assert!(
        head.contains("X-Telegram-Bot-Api-Secret-Token: s3cret"),
        "{head}"
    );
    let (_, taken) = hook.take("200 OK", "").await;
    assert_eq!(refused, taken);
    let reply = json!({ "method": "sendMessage", "chat_id": ANN, "text": "by the way" });
    let (_, second) = hook.take("200 OK", &reply.to_string()).await;
    assert_eq!(second["message"]["text"], "two");
    bot.fake
        .wait_for(SOON, |fake| (fake.pending_updates() == 0).then_some(()))
        .await
        .unwrap();
    assert_eq!(bot.fake.bot_messages(ANN)[0].text, "by the way");
}

#[tokio::test]
async fn polling_and_webhooks_exclude_each_other() {
    let bot = Bot::start().await;
    let hook = Hook::start().await;
    let poll = bot.call("getUpdates", json!({ "timeout": 50 }));
    let set = async {
        bot.fake
            .wait_for(SOON, |fake| fake.is_polled().then_some(()))
            .await
            .unwrap();
        bot.result(
            "setWebhook",
            json!({ "url": hook.url(), "max_connections": 7 }),
        )
        .await;
    };
    let (poll, ()) = tokio::join!(poll, set);
    assert_eq!(poll.why(), "Conflict: terminated by setWebhook request");
    let live = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook \
                to delete the webhook first";
    bot.refused("getUpdates", json!({}), 409, live).await;
    bot.fake.say(ANN, &ann(), "lost");
    hook.take("500 No", "").await;
    let info = bot
        .fake
        .wait_for(SOON, |fake| (fake.pending_updates() == 1).then_some(()));
    info.await.unwrap();
    let info = bot.result("getWebhookInfo", json!({})).await;
    assert_eq!(
        (&info["url"], &info["max_connections"]),
        (&json!(hook.url()), &json!(7))
    );
    assert_eq!(info["pending_update_count"], 1);
    let answered = bot
        .call("deleteWebhook", json!({ "drop_pending_updates": true }))
        .await;
    assert_eq!(answered.why(), "Webhook was deleted");
    assert_eq!(bot.result("getUpdates", json!({})).await, json!([]));
    assert_eq!(bot.result("getWebhookInfo", json!({})).await["url"], "");
}

#[tokio::test]
async fn addresses_and_secrets_are_checked() {
    let bot = Bot::start().await;
    for (params, why) in [
        (
            json!({ "url": "http://example.org/" }),
            "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            json!({ "url": "https://example.org/", "secret_token": "a b" }),
            "Bad Request: secret token contains unallowed characters",
        ),
        (
            json!({ "url": "https://example.org/", "secret_token": "a".repeat(257) }),
            "Bad Request: secret token is too long",
        ),
    ] {
        bot.refused("setWebhook", params, 400, why).await;
    }
}
