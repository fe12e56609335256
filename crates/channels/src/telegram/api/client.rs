//! One call: a method, its parameters, an answer. The token is a part of every address, so no
//! address leaves this file.

use std::time::Duration;

use reqwest::multipart::Form;
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_core::Secret;
use tidegate_core::channel::OutboundMedia;

use super::error::{CallError, Refusal};
use crate::call::{CALL_TIMEOUT, head, shown, whole};
use crate::form::file_part;
use crate::http::HttpClient;
use crate::transfer::upload_time;

/// Largest answer that is read: 100 updates with everything that they can quote stay far below.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// How long to wait when Telegram does not say. It never says whose limit it is; most are those of
/// one conversation.
const DEFAULT_WAIT: Duration = Duration::from_secs(1);

/// One bot on one server.
#[derive(Debug)]
pub(crate) struct Api {
    http: HttpClient,
    root: String,
    token: Secret<String>,
}

#[derive(Deserialize)]
struct Answer {
    ok: bool,
    result: Option<Box<RawValue>>,
    error_code: Option<u16>,
    description: Option<String>,
    parameters: Option<Parameters>,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Api {
    pub(crate) const fn new(http: HttpClient, root: String, token: Secret<String>) -> Self {
        Self { http, root, token }
    }

    /// Calls a method.
    pub(crate) async fn call<R: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
    ) -> Result<R, CallError> {
        self.call_within(method, params, CALL_TIMEOUT).await
    }

    /// Calls a method that may take longer, or must not take so long.
    pub(crate) async fn call_within<R: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
        deadline: Duration,
    ) -> Result<R, CallError> {
        self.run(self.post(method).json(params), deadline).await
    }

    /// Calls a method with a file, whose parameter has this name.
    pub(crate) async fn upload<R: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
        field: &'static str,
        file: &OutboundMedia,
    ) -> Result<R, CallError> {
        let (part, bytes) = file_part(file).await?;
        let form = form(params)?.part(field, part);
        let request = self.post(method).multipart(form);
        self.run(request, upload_time(bytes)).await
    }

    /// Begins to fetch a file. The path must be safe.
    pub(crate) async fn download(&self, path: &str) -> Result<Response, CallError> {
        let url = format!("{}/file/bot{}/{path}", self.root, self.token.expose());
        let response = head(self.http.inner().get(url)).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let body = whole(response, ANSWER_BYTES).await?;
        Err(self.refusal(status, &body))
    }

    fn post(&self, method: &str) -> RequestBuilder {
        let url = format!("{}/bot{}/{method}", self.root, self.token.expose());
        self.http.inner().post(url)
    }

    async fn run<R: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        deadline: Duration,
    ) -> Result<R, CallError> {
        let response = request.timeout(deadline).send().await?;
        let status = response.status().as_u16();
        let body = whole(response, ANSWER_BYTES).await?;
        match serde_json::from_slice::<Answer>(&body) {
            Ok(answer) if answer.ok => {
                let result = answer.result.as_deref().map_or("null", RawValue::get);
                serde_json::from_str(result).map_err(|_| CallError::Foreign { status })
            }
            _ => Err(self.refusal(status, &body)),
        }
    }

    fn refusal(&self, status: u16, body: &[u8]) -> CallError {
        let Ok(answer) = serde_json::from_slice::<Answer>(body) else {
            return CallError::Foreign { status };
        };
        let Some(code) = answer.error_code.filter(|_| !answer.ok) else {
            return CallError::Foreign { status };
        };
        let parameters = answer.parameters.unwrap_or_default();
        if code == 429 {
            let wait = parameters
                .retry_after
                .map_or(DEFAULT_WAIT, Duration::from_secs);
            return CallError::limited(wait, false);
        }
        CallError::Refused(Refusal {
            code,
            description: shown(&answer.description.unwrap_or_default(), self.token.expose()),
            migrate_to: parameters.migrate_to_chat_id,
        })
    }
}

/// Parameters as the fields of a form: strings as they are, everything else as JSON.
fn form(params: &impl Serialize) -> Result<Form, CallError> {
    let value = serde_json::to_value(params).map_err(|e| CallError::NotSent(e.to_string()))?;
    let Value::Object(fields) = value else {
        return Ok(Form::new());
    };
    Ok(fields
        .into_iter()
        .fold(Form::new(), |form, (name, value)| match value {
            Value::String(text) => form.text(name, text),
            other => form.text(name, other.to_string()),
        }))
}
