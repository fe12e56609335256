//! The handshake: what gets in, what does not, and what is said to it.

mod devices;
mod first_frame;
mod generations;
mod rights;
mod secrets;

use serde_json::Value;

use crate::common::{Client, Edge};

/// What became of a `connect`.
#[derive(Debug)]
struct Outcome {
    answer: Value,
    /// Only of a refusal.
    close: Option<(u16, String)>,
}

impl Outcome {
    fn error(&self) -> &Value {
        assert_eq!(self.answer["ok"], false, "{}", self.answer);
        &self.answer["error"]
    }

    fn text(&self) -> &str {
        self.error()["message"].as_str().unwrap()
    }

    fn code(&self) -> &str {
        self.error()["details"]["code"].as_str().unwrap_or("none")
    }

    fn scopes(&self) -> Vec<&str> {
        assert_eq!(self.answer["ok"], true, "{}", self.answer);
        let scopes = self.answer["payload"]["auth"]["scopes"].as_array().unwrap();
        scopes.iter().map(|scope| scope.as_str().unwrap()).collect()
    }

    fn device_token(&self) -> Option<&str> {
        self.answer["payload"]["auth"]["deviceToken"].as_str()
    }
}

/// Connects on a new socket with these headers; `make` sees the challenge.
async fn connect(
    edge: &Edge,
    headers: &[(&str, &str)],
    make: impl FnOnce(&Value) -> Value,
) -> Outcome {
    let mut client = Client::open_with(edge.addr, headers).await;
    let params = make(&client.challenge);
    let answer = client.connect(&params).await;
    let mut close = None;
    if answer["ok"] == true {
        client.leave().await;
    } else {
        close = client.closed().await;
        assert!(close.is_some(), "no close frame after {answer}");
    }
    Outcome { answer, close }
}
