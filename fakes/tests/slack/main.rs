//! The rules of the fake Slack, one file for each of its faces. That they are the vendor's is for
//! `slack_js.rs` to show.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod files;
mod reading;
mod sockets;
mod web;
mod webhook;
mod writing;

use std::time::Duration;

use serde_json::Value;
use tidegate_fakes::common::{DialError, Reply, Request, dial};
use tidegate_fakes::slack::SlackFake;

/// For anything on loopback that is not meant to wait.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// One request with these headers.
pub(crate) async fn ask(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Reply, DialError> {
    let request = Request {
        method,
        url,
        headers,
        body,
        deadline: SOON,
    };
    dial(&request).await
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// The body of an answer.
pub(crate) fn read(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

/// Calls a method with JSON and the bot's token.
pub(crate) async fn call(fake: &SlackFake, method: &str, args: Value) -> Value {
    read(&call_raw(fake, method, args).await.unwrap())
}

pub(crate) async fn call_raw(
    fake: &SlackFake,
    method: &str,
    args: Value,
) -> Result<Reply, DialError> {
    let url = format!("{}{method}", fake.api_root());
    let token = bearer(fake.bot_token());
    let headers = [
        ("Authorization", &*token),
        ("Content-Type", "application/json; charset=utf-8"),
    ];
    ask("POST", &url, &headers, args.to_string().as_bytes()).await
}

/// Calls a method with a form and the bot's token.
pub(crate) async fn call_form(fake: &SlackFake, method: &str, form: &str) -> Value {
    let url = format!("{}{method}", fake.api_root());
    let token = bearer(fake.bot_token());
    let headers = [
        ("Authorization", &*token),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    read(&ask("POST", &url, &headers, form.as_bytes()).await.unwrap())
}
