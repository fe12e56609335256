//! One call: a method, its parameters, an answer. The token goes in a header and nowhere else.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Url};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tidegate_core::Secret;

use super::error::{CallError, Refusal};
use super::outgoing::{Me, NoParams, Ticket};
use crate::call::{CALL_TIMEOUT, shown, whole};
use crate::http::HttpClient;

/// Largest answer that is read: 200 messages with everything in them stay far below.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// How long to wait when Slack does not say.
const DEFAULT_WAIT: Duration = Duration::from_secs(1);
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
        let mut response = request.send().await?;
        let headers = std::mem::take(response.headers_mut());
        let status = response.status().as_u16();
        let body = whole(response, ANSWER_BYTES).await?;
        if status == 429 {
            return Err(CallError::limited(wait(&headers), false));
        }
        let verdict: Verdict =
            serde_json::from_slice(&body).map_err(|_| CallError::Foreign { status })?;
        if verdict.ok {
            let answer =
                serde_json::from_slice(&body).map_err(|_| CallError::Foreign { status })?;
            return Ok((answer, headers));
        }
        let error = verdict.error.unwrap_or_default();
        let clean = |words: &str| shown(words, token.expose());
        if matches!(error.as_str(), "ratelimited" | "rate_limited") {
            return Err(CallError::limited(wait(&headers), false));
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

fn wait(headers: &HeaderMap) -> Duration {
    let seconds = |value: &HeaderValue| value.to_str().ok()?.trim().parse().ok();
    let told = headers.get(RETRY_AFTER).and_then(seconds);
    told.map_or(DEFAULT_WAIT, Duration::from_secs)
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
