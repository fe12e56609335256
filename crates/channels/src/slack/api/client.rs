//! One call: a method, its parameters, an answer. The token goes in a header and nowhere else.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tidegate_core::Secret;

use super::error::{CallError, Refusal};
use super::outgoing::{Me, NoParams, Ticket};
use crate::http::{BodyError, HttpClient, cause, never_sent, read_body};

/// Largest answer that is read: 200 messages with everything in them stay far below.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// Characters of Slack's words that are kept.
const WORDS: usize = 200;
/// How long a call may take.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// Slack warns of JSON without it.
const JSON: &str = "application/json; charset=utf-8";
/// The header that lists what the token may do.
const SCOPES: &str = "x-oauth-scopes";

/// One app in one workspace.
#[derive(Debug)]
pub(crate) struct Api {
    http: HttpClient,
    /// The address of the methods, without a slash at its end.
    root: Url,
    bot_token: Secret<String>,
}

#[derive(Deserialize)]
struct Verdict {
    ok: bool,
    error: Option<String>,
    needed: Option<String>,
}

impl Api {
    pub(crate) const fn new(http: HttpClient, root: Url, bot_token: Secret<String>) -> Self {
        Self {
            http,
            root,
            bot_token,
        }
    }

    pub(crate) const fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Where the methods are.
    pub(crate) const fn root(&self) -> &Url {
        &self.root
    }

    /// Whether an address that Slack named is at least as safe as the one that it was asked at.
    pub(crate) fn is_safe(&self, address: &str) -> bool {
        let safe = ["https://", "wss://"];
        self.root.scheme() == "http" || safe.iter().any(|scheme| address.starts_with(scheme))
    }

    /// The value that proves who we are, marked so that nobody prints it.
    pub(crate) fn bearer(&self) -> Result<HeaderValue, CallError> {
        bearer(&self.bot_token)
    }

    /// Calls a method that changes something: those read JSON.
    pub(crate) async fn write<R: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
    ) -> Result<R, CallError> {
        let body = serde_json::to_vec(params).map_err(|e| CallError::NotSent(e.to_string()))?;
        let request = self.post(method).header(CONTENT_TYPE, JSON).body(body);
        Ok(self.run(request, &self.bot_token).await?.0)
    }

    /// Calls a method that reads, or one of files: those take forms only.
    pub(crate) async fn read<R: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
    ) -> Result<R, CallError> {
        let request = self.post(method).form(params);
        Ok(self.run(request, &self.bot_token).await?.0)
    }

    /// Asks who we are.
    pub(crate) async fn who(&self) -> Result<Me, CallError> {
        let request = self.post("auth.test").form(&NoParams {});
        let (me, headers): (Me, _) = self.run(request, &self.bot_token).await?;
        let scopes = headers.get(SCOPES).and_then(|value| value.to_str().ok());
        let each = |scopes: &str| scopes.split(',').map(|one| one.trim().to_owned()).collect();
        Ok(Me {
            scopes: scopes.map(each),
            ..me
        })
    }

    /// Asks for the address of a socket, good for one use.
    pub(crate) async fn ticket(&self, app_token: &Secret<String>) -> Result<Ticket, CallError> {
        let request = self.post("apps.connections.open").form(&NoParams {});
        Ok(self.run(request, app_token).await?.0)
    }

    fn post(&self, method: &str) -> RequestBuilder {
        let url = format!("{}/{method}", self.root.as_str().trim_end_matches('/'));
        self.http.inner().post(url).timeout(CALL_TIMEOUT)
    }

    async fn run<R: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        token: &Secret<String>,
    ) -> Result<(R, HeaderMap), CallError> {
        let request = request.header(AUTHORIZATION, bearer(token)?);
        let mut response = request.send().await.map_err(|e| lost(&e))?;
        let headers = std::mem::take(response.headers_mut());
        let (status, body) = whole(response).await?;
        if status == 429 {
            let retry_after = seconds(&headers);
            return Err(CallError::Limited { retry_after });
        }
        let verdict: Verdict =
            serde_json::from_slice(&body).map_err(|_| CallError::Foreign { status })?;
        if verdict.ok {
            let answer =
                serde_json::from_slice(&body).map_err(|_| CallError::Foreign { status })?;
            return Ok((answer, headers));
        }
        let error = verdict.error.unwrap_or_default();
        if matches!(error.as_str(), "ratelimited" | "rate_limited") {
            let retry_after = seconds(&headers);
            return Err(CallError::Limited { retry_after });
        }
        Err(CallError::Refused(Refusal {
            error: clean(&error),
            needed: verdict.needed.as_deref().map(clean),
        }))
    }
}

fn bearer(token: &Secret<String>) -> Result<HeaderValue, CallError> {
    let value = HeaderValue::from_str(&format!("Bearer {}", token.expose()));
    let mut value = value.map_err(|_| CallError::NotSent("the token is not fit to send".into()))?;
    value.set_sensitive(true);
    Ok(value)
}

async fn whole(response: Response) -> Result<(u16, Vec<u8>), CallError> {
    let status = response.status().as_u16();
    match read_body(response, ANSWER_BYTES).await {
        Ok(body) => Ok((status, body)),
        Err(BodyError::Broken(e)) => Err(CallError::Lost(cause(&e))),
        Err(BodyError::TooLong) => Err(CallError::Foreign { status }),
    }
}

/// What it means that a request failed.
pub(crate) fn lost(error: &reqwest::Error) -> CallError {
    if never_sent(error) {
        CallError::NotSent(cause(error))
    } else {
        CallError::Lost(cause(error))
    }
}

fn seconds(headers: &HeaderMap) -> Option<u64> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// A server's words, fit to be shown: short and on one line.
fn clean(words: &str) -> String {
    let plain = words.chars().filter(|c| !c.is_control());
    plain.take(WORDS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safe_server_names_safe_addresses() {
        let at = |root: &str| {
            let http = HttpClient::new().unwrap();
            Api::new(http, Url::parse(root).unwrap(), Secret::new("x".into()))
        };
        let slack = at("https://slack.com/api");
        assert!(slack.is_safe("wss://wss-primary.slack.com/link"));
        assert!(slack.is_safe("https://files.slack.com/upload"));
        assert!(!slack.is_safe("ws://wss-primary.slack.com/link"));
        assert!(!slack.is_safe("http://files.slack.com/upload"));
        assert!(at("http://127.0.0.1:1/api").is_safe("ws://127.0.0.1:1/link"));
    }
}
