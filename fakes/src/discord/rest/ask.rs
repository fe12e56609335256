//! A call as it arrived, and an answer as it will leave.

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use serde_json::{Value, json};

use super::error::{ApiError, INVALID_JSON, invalid};
use crate::common::multipart;
use crate::discord::snowflake::Snowflake;
use crate::discord::world::set;

/// A call.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// Below the API root, decoded.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    /// Fields: the JSON body, or `payload_json`.
    pub(crate) json: Value,
    pub(crate) files: Vec<Upload>,
}

/// A file of a multipart body.
#[derive(Debug, Clone)]
pub(crate) struct Upload {
    /// The n of `files[n]`; attachments refer to it as their id.
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Json(Value),
    NoContent,
}

pub(crate) type Answer = Result<Reply, ApiError>;

impl Ask {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Reads the body by its type.
    pub(crate) fn read_body(&mut self, body: &Bytes) -> Result<(), ApiError> {
        let content_type = self.header("content-type").unwrap_or_default().to_owned();
        if content_type.starts_with("multipart/form-data") {
            return self.read_multipart(&content_type, body);
        }
        if body.is_empty() {
            return Ok(());
        }
        if !content_type.starts_with("application/json") {
            let message = "Expected \"Content-Type\" header to be one of {'application/json'}.";
            return Err(invalid("_misc", "CONTENT_TYPE_INVALID", message));
        }
        self.json = serde_json::from_slice(body).map_err(|_| INVALID_JSON)?;
        Ok(())
    }

    fn read_multipart(&mut self, content_type: &str, body: &Bytes) -> Result<(), ApiError> {
        let parts = multipart(content_type, body).map_err(|_| INVALID_JSON)?;
        for part in parts {
            match (&*part.name, part.file_name) {
                ("payload_json", _) => {
                    self.json = serde_json::from_slice(&part.bytes).map_err(|_| INVALID_JSON)?;
                }
                (name, Some(file_name)) => {
                    let key = name
                        .strip_prefix("files[")
                        .and_then(|rest| rest.strip_suffix(']'));
                    self.files.push(Upload {
                        key: key.unwrap_or(name).to_owned(),
                        name: file_name,
                        content_type: part.content_type,
                        bytes: part.bytes,
                    });
                }
                // The one field that the fake reads outside of payload_json.
                ("content", None) => {
                    let text = String::from_utf8_lossy(&part.bytes).into_owned();
                    if self.json.is_null() {
                        self.json = json!({});
                    }
                    set(&mut self.json, "content", Value::String(text));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A field that is an id.
pub(crate) fn id_in(json: &Value, key: &str) -> Result<Option<Snowflake>, ApiError> {
    match json.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            let id = Snowflake::parse(&text);
            id.map(Some)
                .ok_or_else(|| super::error::not_an_id(key, &text))
        }
    }
}
