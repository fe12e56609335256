//! One call: a method, its parameters, an answer. The token is a part of every address, so no
//! address leaves this file.

use std::path::Path;
use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_core::Secret;
use tokio::fs::File;

use super::error::{CallError, Refusal};
use crate::http::{BodyError, HttpClient, cause, never_sent, read_body};

/// Largest answer that is read: 100 updates with everything that they can quote stay far below.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// Characters of Telegram's words that are kept.
const WORDS: usize = 300;
/// How long a call may take.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// Slowest upload that is waited for.
const UPLOAD_BYTES_PER_SECOND: u64 = 64 * 1024;
const ANY_TYPE: &str = "application/octet-stream";

/// One bot on one server.
#[derive(Debug)]
pub(crate) struct Api {
    http: HttpClient,
    root: String,
    token: Secret<String>,
}

/// A file that goes with a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attachment<'a> {
    /// The parameter's name.
    pub(crate) field: &'static str,
    /// Where it lies.
    pub(crate) path: &'a Path,
    /// Its name for the receiver.
    pub(crate) name: &'a str,
    /// Its type.
    pub(crate) mime: &'a str,
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

    /// Calls a method with a file. The file is read while it is sent.
    pub(crate) async fn upload<R: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
        file: &Attachment<'_>,
    ) -> Result<R, CallError> {
        let (part, bytes) = part(file).await?;
        let form = form(params)?.part(file.field, part);
        let deadline = CALL_TIMEOUT + Duration::from_secs(bytes / UPLOAD_BYTES_PER_SECOND);
        self.run(self.post(method).multipart(form), deadline).await
    }

    /// Begins to fetch a file. The path must be safe.
    pub(crate) async fn download(&self, path: &str) -> Result<Response, CallError> {
        let url = format!("{}/file/bot{}/{path}", self.root, self.token.expose());
        let head = tokio::time::timeout(CALL_TIMEOUT, self.http.inner().get(url).send());
        let response = head
            .await
            .map_err(|_| CallError::Lost("no answer in time".into()))?
            .map_err(|e| lost(&e))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        match read_body(response, ANSWER_BYTES).await {
            Ok(body) => Err(self.refusal(status, &body)),
            Err(_) => Err(CallError::Foreign { status }),
        }
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
        let sent = request.timeout(deadline).send().await;
        let response = sent.map_err(|e| lost(&e))?;
        let status = response.status().as_u16();
        let body = read_body(response, ANSWER_BYTES)
            .await
            .map_err(|e| match e {
                BodyError::Broken(e) => CallError::Lost(cause(&e)),
                BodyError::TooLong => CallError::Foreign { status },
            })?;
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
        CallError::Refused(Refusal {
            code,
            description: self.clean(&answer.description.unwrap_or_default()),
            retry_after: parameters.retry_after,
            migrate_to: parameters.migrate_to_chat_id,
        })
    }

    /// A server's words, fit to be shown: short, on one line, and never with the token.
    fn clean(&self, words: &str) -> String {
        words
            .replace(self.token.expose(), "<token>")
            .chars()
            .filter(|c| !c.is_control())
            .take(WORDS)
            .collect()
    }
}

fn lost(error: &reqwest::Error) -> CallError {
    if never_sent(error) {
        CallError::NotSent(cause(error))
    } else {
        CallError::Lost(cause(error))
    }
}

async fn part(file: &Attachment<'_>) -> Result<(Part, u64), CallError> {
    let gone = |e: std::io::Error| CallError::NoFile(format!("the file cannot be read: {e}"));
    let open = File::open(file.path).await.map_err(gone)?;
    let bytes = open.metadata().await.map_err(gone)?.len();
    // A line break in a name would begin another header of the form.
    let name: String = file.name.chars().filter(|c| !c.is_control()).collect();
    let is_type = Part::text("").mime_str(file.mime).is_ok();
    let part = Part::stream_with_length(open, bytes)
        .file_name(name)
        .mime_str(if is_type { file.mime } else { ANY_TYPE })
        .map_err(|e| CallError::NoFile(cause(&e)))?;
    Ok((part, bytes))
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
