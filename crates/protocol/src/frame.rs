//! The three frames. An inbound request is read as a borrowed envelope first, so that its id is
//! known even if the rest is bad, and its params stay bytes until the caller is authorised.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::ErrorShape;

/// Longest id of a request, in bytes.
pub const ID_BYTES: usize = 256;

/// The envelope of a request (DECISIONS D2): exactly these keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestFrame<'a> {
    /// Always `req`.
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    /// Chosen by the client; repeated in the response.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The method's name.
    #[serde(borrow)]
    pub method: Cow<'a, str>,
    /// The params, unread.
    #[serde(borrow)]
    pub params: Option<&'a RawValue>,
    /// W3C trace context; accepted and not used.
    #[serde(borrow)]
    pub traceparent: Option<Cow<'a, str>>,
    /// Profile the client expects; accepted and not used.
    #[serde(rename = "expectedProfileId", borrow)]
    pub expected_profile_id: Option<Cow<'a, str>>,
}

impl<'a> RequestFrame<'a> {
    /// Reads an envelope. `None` if the text is JSON but no valid request, or no JSON at all;
    /// [`crate::schema::request_frame`] then tells what is wrong with it.
    pub fn parse(text: &'a str) -> Option<Self> {
        // serde would also read the struct from an array.
        if !text.trim_start().starts_with('{') {
            return None;
        }
        let frame: Self = serde_json::from_str(text).ok()?;
        let named = !frame.id.is_empty() && frame.id.len() <= ID_BYTES && !frame.method.is_empty();
        (frame.kind == "req" && named).then_some(frame)
    }
}

/// A response, for encoding.
#[derive(Debug, Serialize)]
pub struct ResponseFrame<'a, P: Serialize> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// The request's id.
    pub id: &'a str,
    /// Whether it worked.
    pub ok: bool,
    /// The result; a failed run carries both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<P>,
    /// The error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a ErrorShape>,
}

impl<'a, P: Serialize> ResponseFrame<'a, P> {
    /// A good answer.
    pub const fn ok(id: &'a str, payload: P) -> Self {
        Self {
            kind: "res",
            id,
            ok: true,
            payload: Some(payload),
            error: None,
        }
    }

    /// A failure, with what there is of a payload.
    pub const fn failed(id: &'a str, payload: Option<P>, error: &'a ErrorShape) -> Self {
        Self {
            kind: "res",
            id,
            ok: false,
            payload,
            error: Some(error),
        }
    }
}

/// Versions of the state that an event carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StateVersion {
    /// Counts changes of the presence list.
    pub presence: u64,
    /// Counts changes of the health summary.
    pub health: u64,
}

/// The shared part of an event frame: everything but `seq` and the closing brace. Each connection
/// appends its own tail with [`event_tail`].
///
/// # Errors
/// The payload cannot be written as JSON.
pub fn event_head<P: Serialize>(
    event: &str,
    payload: &P,
    state_version: Option<StateVersion>,
) -> Result<String, serde_json::Error> {
    let mut head = String::with_capacity(256);
    head.push_str("{\"type\":\"event\",\"event\":");
    head.push_str(&serde_json::to_string(event)?);
    head.push_str(",\"payload\":");
    head.push_str(&serde_json::to_string(payload)?);
    if let Some(version) = state_version {
        head.push_str(",\"stateVersion\":");
        head.push_str(&serde_json::to_string(&version)?);
    }
    Ok(head)
}

/// The end of an event frame; no `seq` for frames that are meant for one connection only.
pub fn event_tail(seq: Option<u64>) -> String {
    seq.map_or_else(|| "}".to_owned(), |seq| format!(",\"seq\":{seq}}}"))
}
