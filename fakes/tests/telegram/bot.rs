//! A bot without manners: calls as they are, answers as they come.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::common::{DialError, Reply, Request, dial};
use tidegate_fakes::telegram::{Setup, TelegramFake, User};

/// The private chat with Ann, and her number.
pub(crate) const ANN: i64 = 1001;
/// A supergroup.
pub(crate) const CREW: i64 = -1_001_000_000_001;
/// Longer than anything here takes.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) fn ann() -> User {
    User::new(ANN, "Ann").named("ann_b")
}

pub(crate) struct Bot {
    pub(crate) fake: TelegramFake,
}

/// An answer of the server: its HTTP status and its envelope.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) envelope: Value,
}

impl Bot {
    pub(crate) async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub(crate) async fn start_with(setup: Setup) -> Self {
        let fake = TelegramFake::start_with(setup).await.unwrap();
        Self { fake }
    }

    /// One with Ann's chat open.
    pub(crate) async fn with_ann() -> Self {
        let bot = Self::start().await;
        bot.fake.say(ANN, &ann(), "/start");
        bot
    }

    pub(crate) fn url(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.fake.root(), self.fake.token())
    }

    pub(crate) async fn dial(
        &self,
        url: &str,
        content_type: &str,
        body: &[u8],
    ) -> Result<Reply, DialError> {
        dial(&Request {
            method: if body.is_empty() { "GET" } else { "POST" },
            url,
            headers: &[("Content-Type", content_type)],
            body,
            deadline: SOON,
        })
        .await
    }

    pub(crate) async fn try_call(
        &self,
        method: &str,
        params: Value,
    ) -> Result<Answered, DialError> {
        let url = self.url(method);
        let body = params.to_string();
        let reply = self.dial(&url, "application/json", body.as_bytes()).await?;
        Ok(Answered::read(&reply))
    }

    pub(crate) async fn call(&self, method: &str, params: Value) -> Answered {
        self.try_call(method, params).await.unwrap()
    }

    /// A call that must succeed.
    pub(crate) async fn result(&self, method: &str, params: Value) -> Value {
        let mut answered = self.call(method, params).await;
        assert_eq!(answered.envelope["ok"], true, "{answered:?}");
        answered.envelope["result"].take()
    }

    /// A call that must be refused with this status and description.
    pub(crate) async fn refused(&self, method: &str, params: Value, code: u16, why: &str) {
        let answered = self.call(method, params).await;
        assert_eq!(answered.envelope["description"], why);
        assert_eq!(
            (answered.status, &answered.envelope["ok"]),
            (code, &json!(false))
        );
        assert_eq!(answered.envelope["error_code"], code);
    }

    /// Sends a text and gives its number.
    pub(crate) async fn send(&self, chat: i64, text: &str) -> i64 {
        let params = json!({ "chat_id": chat, "text": text });
        let message = self.result("sendMessage", params).await;
        message["message_id"].as_i64().unwrap()
    }

    /// Sends a multipart body: plain fields, and files with name and bytes.
    pub(crate) async fn upload(
        &self,
        method: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answered {
        let mut body = Vec::new();
        let head = |body: &mut Vec<u8>, disposition: String| {
            body.extend(b"--seam\r\nContent-Disposition: form-data; ");
            body.extend(disposition.into_bytes());
            body.extend(b"\r\n\r\n");
        };
        for (name, value) in fields {
            head(&mut body, format!("name=\"{name}\""));
            body.extend(value.as_bytes());
            body.extend(b"\r\n");
        }
        for (name, file, bytes) in files {
            head(&mut body, format!("name=\"{name}\"; filename=\"{file}\""));
            body.extend(*bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--seam--\r\n");
        let kind = "multipart/form-data; boundary=seam";
        let reply = self.dial(&self.url(method), kind, &body).await.unwrap();
        Answered::read(&reply)
    }
}

impl Answered {
    pub(crate) fn read(reply: &Reply) -> Self {
        Self {
            status: reply.status,
            envelope: serde_json::from_slice(&reply.body).unwrap(),
        }
    }

    pub(crate) fn why(&self) -> &str {
        self.envelope["description"].as_str().unwrap()
    }
}
