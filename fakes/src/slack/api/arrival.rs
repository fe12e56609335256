//! Reading a request: token and arguments, with the vendor's words for what cannot be read.

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use serde_json::Value;

use super::answer::Refusal;
use super::params::Params;
use crate::common::{form, multipart};

/// A request that was read.
#[derive(Debug, Default)]
pub(super) struct Arrival {
    /// From the header, else from query or form. JSON bodies carry no token.
    pub(super) token: Option<String>,
    pub(super) params: Params,
    pub(super) posted: bool,
    /// A remark on the content type.
    pub(super) warning: Option<&'static str>,
    /// The body cannot be read.
    pub(super) broken: Option<Refusal>,
}

impl Arrival {
    /// Reads it. `form_only` methods do not look into JSON bodies.
    pub(super) fn read(
        verb: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &Bytes,
        form_only: bool,
    ) -> Self {
        let mut arrival = Self {
            posted: verb == Method::POST,
            ..Self::default()
        };
        arrival.take_pairs(form(uri.query().unwrap_or_default().as_bytes()));
        arrival.broken = arrival.read_body(headers, body, form_only).err();
        let in_body = arrival.params.0.shift_remove("token");
        let in_body = in_body.and_then(|token| token.as_str().map(ToOwned::to_owned));
        arrival.token = bearer(headers).or(in_body);
        arrival
    }

    fn read_body(
        &mut self,
        headers: &HeaderMap,
        body: &Bytes,
        form_only: bool,
    ) -> Result<(), Refusal> {
        if body.is_empty() {
            return Ok(());
        }
        let kind = headers.get(header::CONTENT_TYPE);
        let kind = kind.ok_or("missing_post_type")?;
        let kind = kind.to_str().map_err(|_| "invalid_post_type")?;
        let (essence, more) = kind.split_once(';').unwrap_or((kind, ""));
        let has_charset = more.to_ascii_lowercase().contains("charset");
        match essence.trim().to_ascii_lowercase().as_str() {
            "application/json" => {
                self.warning = (!has_charset).then_some("missing_charset");
                self.take_json(body, form_only)
            }
            "application/x-www-form-urlencoded" => {
                self.warning = has_charset.then_some("superfluous_charset");
                self.take_pairs(form(body));
                Ok(())
            }
            "multipart/form-data" => {
                let parts = multipart(kind, body).map_err(|_| "invalid_form_data")?;
                self.take_pairs(parts.into_iter().map(|part| {
                    let value = String::from_utf8_lossy(&part.bytes).into_owned();
                    (part.name, value)
                }));
                Ok(())
            }
            _ => Err("invalid_post_type".into()),
        }
    }

    fn take_pairs(&mut self, pairs: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in pairs {
            self.params.put(name, Value::String(value));
        }
    }

    fn take_json(&mut self, body: &Bytes, form_only: bool) -> Result<(), Refusal> {
        let said: Value = serde_json::from_slice(body).map_err(|_| "invalid_json")?;
        let Value::Object(fields) = said else {
            return Err("json_not_object".into());
        };
        if !form_only {
            for (name, value) in fields {
                if name != "token" {
                    self.params.put(name, value);
                }
            }
        }
        Ok(())
    }
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?;
    Some(token.trim().to_owned())
}
