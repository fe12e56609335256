//! One call: a route, a body, an answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, USER_AGENT};
use reqwest::multipart::Form;
use reqwest::{RequestBuilder, Url};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tidegate_core::channel::OutboundMedia;
use tidegate_core::{Clock, Secret};
use tokio::time::sleep;

use super::answer::{No, TooMany, exhausted, server_ms};
use super::error::{CallError, Refusal};
use super::gate::Gate;
use super::route::Route;
use crate::call::{CALL_TIMEOUT, whole};
use crate::form::file_part;
use crate::http::HttpClient;
use crate::transfer::upload_time;

/// Largest answer that is read: 100 messages with everything that they can hold stay far below.
const ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// Longest wait for a limit that a call makes on its own; a longer one is told to the caller.
const PATIENCE: Duration = Duration::from_secs(5);
/// Discord wants a name that begins so.
const OUR_NAME: &str = concat!("DiscordBot (tidegate, ", env!("CARGO_PKG_VERSION"), ")");

/// One bot on one server.
pub(crate) struct Api {
    http: HttpClient,
    root: Url,
    token: Secret<String>,
    clock: Arc<dyn Clock>,
    gate: Gate,
    /// Discord took the token no more. Every further call with it counts against our address.
    dead: AtomicBool,
    /// How far Discord's clock is before ours, in milliseconds; `i64::MIN` if that is not known.
    ahead_ms: AtomicI64,
}

impl Api {
    pub(crate) fn new(
        http: HttpClient,
        root: Url,
        token: Secret<String>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            http,
            root,
            token,
            clock,
            gate: Gate::default(),
            dead: AtomicBool::new(false),
            ahead_ms: AtomicI64::new(i64::MIN),
        }
    }

    /// Calls without a body.
    pub(crate) async fn call<R: DeserializeOwned>(
        &self,
        route: &Route<'_>,
    ) -> Result<R, CallError> {
        self.run(route, self.request(route), CALL_TIMEOUT).await
    }

    /// The same, also with a token that was refused before: it may have been made valid again.
    pub(crate) async fn knock<R: DeserializeOwned>(
        &self,
        route: &Route<'_>,
    ) -> Result<R, CallError> {
        self.dead.store(false, Ordering::Relaxed);
        self.call(route).await
    }

    /// Calls without a body; what comes back is of no interest.
    pub(crate) async fn ask(&self, route: &Route<'_>) -> Result<(), CallError> {
        self.call::<IgnoredAny>(route).await.map(|_| ())
    }

    /// Calls with a body.
    pub(crate) async fn give<R: DeserializeOwned>(
        &self,
        route: &Route<'_>,
        body: &impl Serialize,
    ) -> Result<R, CallError> {
        let request = self.request(route).json(body);
        self.run(route, request, CALL_TIMEOUT).await
    }

    /// Calls with a body; what comes back is of no interest.
    pub(crate) async fn tell(
        &self,
        route: &Route<'_>,
        body: &impl Serialize,
    ) -> Result<(), CallError> {
        self.give::<IgnoredAny>(route, body).await.map(|_| ())
    }

    /// Calls with a body and a file.
    pub(crate) async fn upload<R: DeserializeOwned>(
        &self,
        route: &Route<'_>,
        body: &impl Serialize,
        file: &OutboundMedia,
    ) -> Result<R, CallError> {
        let (part, bytes) = file_part(file).await?;
        let json = serde_json::to_string(body).map_err(|e| CallError::NotSent(e.to_string()))?;
        let form = Form::new()
            .text("payload_json", json)
            .part("files[0]", part);
        let request = self.request(route).multipart(form);
        self.run(route, request, upload_time(bytes)).await
    }

    /// How far Discord's clock is before ours, in milliseconds, if an answer told.
    pub(crate) fn ahead_ms(&self) -> Option<i64> {
        Some(self.ahead_ms.load(Ordering::Relaxed)).filter(|known| *known != i64::MIN)
    }

    /// The root of the API.
    pub(crate) const fn root(&self) -> &Url {
        &self.root
    }

    fn request(&self, route: &Route<'_>) -> RequestBuilder {
        self.http
            .inner()
            .request(route.method(), route.url(&self.root))
            .header(AUTHORIZATION, format!("Bot {}", self.token.expose()))
            .header(USER_AGENT, OUR_NAME)
    }

    async fn run<R: DeserializeOwned>(
        &self,
        route: &Route<'_>,
        request: RequestBuilder,
        deadline: Duration,
    ) -> Result<R, CallError> {
        if self.dead.load(Ordering::Relaxed) {
            return Err(CallError::Refused(Refusal {
                status: 401,
                code: 0,
                words: "it was refused before".into(),
            }));
        }
        let limit = route.limit();
        self.pass(limit.as_deref()).await?;
        let response = request.timeout(deadline).send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        self.note(limit.as_deref(), &headers);
        let body = whole(response, ANSWER_BYTES).await?;
        match status {
            200..300 => {
                let json = if body.is_empty() {
                    b"null"
                } else {
                    body.as_slice()
                };
                serde_json::from_slice(json).map_err(|_| CallError::Foreign { status })
            }
            429 => Err(self.too_many(limit.as_deref(), &headers, &body)),
            _ => Err(self.refusal(limit.is_some(), status, &body)),
        }
    }

    /// Waits for a limit that is over soon.
    async fn pass(&self, limit: Option<&str>) -> Result<(), CallError> {
        while let Some(wait) = limit.and_then(|limit| self.gate.wait(limit)) {
            if wait.time > PATIENCE {
                return Err(CallError::limited(wait.time, wait.account));
            }
            sleep(wait.time).await;
        }
        Ok(())
    }

    /// Learns from the head of an answer.
    fn note(&self, limit: Option<&str>, headers: &HeaderMap) {
        if let (Some(limit), Some(time)) = (limit, exhausted(headers)) {
            self.gate.close(limit, time);
        }
        if let Some(server_ms) = server_ms(headers) {
            let ahead = i128::from(server_ms) - i128::from(self.clock.now_ms());
            let ahead = i64::try_from(ahead).unwrap_or(i64::MIN);
            self.ahead_ms.store(ahead, Ordering::Relaxed);
        }
    }

    fn too_many(&self, limit: Option<&str>, headers: &HeaderMap, body: &[u8]) -> CallError {
        let TooMany { wait, account } = TooMany::read(headers, body);
        match limit {
            _ if account => self.gate.close_all(wait),
            Some(limit) => self.gate.close(limit, wait),
            None => {}
        }
        CallError::limited(wait, account)
    }

    /// `with_token` if the call was about our token, not about that of an interaction.
    fn refusal(&self, with_token: bool, status: u16, body: &[u8]) -> CallError {
        if status == 401 && with_token {
            self.dead.store(true, Ordering::Relaxed);
        }
        match serde_json::from_slice::<No>(body) {
            Ok(no) => CallError::Refused(Refusal {
                status,
                code: no.code,
                words: no.words(self.token.expose()),
            }),
            // What stands before the API says these two for it.
            Err(_) if matches!(status, 401 | 413) => CallError::Refused(Refusal {
                status,
                code: 0,
                words: status.to_string(),
            }),
            Err(_) => CallError::Foreign { status },
        }
    }
}
