//! The arguments of a call, however they came: query, form, JSON or multipart. As on the real
//! server all become text, and what shall be an object is read from its JSON.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use serde_json::Value;

use super::answer::Refusal;
use crate::common::{Part, form, multipart};

/// The arguments of one call.
#[derive(Debug, Clone, Default)]
pub struct Params {
    fields: BTreeMap<String, String>,
    files: BTreeMap<String, Part>,
}

impl Params {
    /// Reads a query and a body.
    pub(super) fn read(query: &str, headers: &HeaderMap, body: &Bytes) -> Result<Self, Refusal> {
        let mut params = Self::default();
        params.fields.extend(form(query.as_bytes()));
        let content_type = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let kind = content_type
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        match kind.as_str() {
            _ if body.is_empty() => {}
            "application/json" => params.read_json(body)?,
            "multipart/form-data" => params.read_parts(content_type, body)?,
            "application/x-www-form-urlencoded" => params.fields.extend(form(body)),
            _ => return Err(Refusal::bad("unsupported content type")),
        }
        Ok(params)
    }

    /// The arguments in a JSON object, as a webhook's answer carries them.
    pub(super) fn from_json(body: &[u8]) -> Result<Self, Refusal> {
        let mut params = Self::default();
        params.read_json(body)?;
        Ok(params)
    }

    fn read_json(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
            return Err(Refusal::bad("can't parse JSON object"));
        };
        for (name, value) in fields {
            match value {
                Value::Null => {}
                Value::String(text) => {
                    self.fields.insert(name, text);
                }
                other => {
                    self.fields.insert(name, other.to_string());
                }
            }
        }
        Ok(())
    }

    fn read_parts(&mut self, content_type: &str, body: &Bytes) -> Result<(), Refusal> {
        let parts = multipart(content_type, body)
            .map_err(|error| Refusal::bad(format!("can't parse multipart body: {error}")))?;
        for part in parts {
            if part.file_name.is_some() {
                self.files.insert(part.name.clone(), part);
            } else {
                let text = String::from_utf8_lossy(&part.bytes).into_owned();
                self.fields.insert(part.name, text);
            }
        }
        Ok(())
    }

    /// An argument as text; an empty one counts as missing, as on the real server.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields
            .get(name)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// An argument as a whole number; what is none counts as missing.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// An argument as a number with a fraction.
    pub fn fraction(&self, name: &str) -> Option<f64> {
        self.text(name)?.trim().parse().ok()
    }

    /// True for the vendor's words for yes.
    pub fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| {
            ["true", "yes", "1"].contains(&text.trim().to_ascii_lowercase().as_str())
        })
    }

    /// An argument that is JSON.
    ///
    /// # Errors
    /// `None` inside the result means that there is no such argument; an error, that it is no JSON.
    pub fn json(&self, name: &str) -> Result<Option<Value>, serde_json::Error> {
        self.text(name).map(serde_json::from_str).transpose()
    }

    /// An uploaded file by the name of its field.
    pub fn file(&self, name: &str) -> Option<&Part> {
        self.files.get(name)
    }

    /// The names of all arguments, files included.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields
            .keys()
            .chain(self.files.keys())
            .map(String::as_str)
    }
}
