//! Frames: requests as text, and what comes from the gateway, read loosely: what a newer one adds
//! is let go.

use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_protocol::frame::StateVersion;
use tidegate_protocol::{ErrorCode, ErrorShape};

use crate::error::{Error, ErrorKind, Phase, Refusal};
use crate::events::EventFrame;

/// A frame from the gateway.
#[derive(Deserialize)]
struct Inbound<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(default)]
    ok: bool,
    #[serde(borrow, default)]
    payload: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
    #[serde(borrow, default)]
    event: Option<Cow<'a, str>>,
    #[serde(default)]
    seq: Option<u64>,
    #[serde(rename = "stateVersion", default)]
    state_version: Option<StateVersion>,
}

/// A frame, sorted.
pub(crate) enum Frame {
    Answer {
        id: String,
        answer: Result<Box<RawValue>, Error>,
    },
    Event(EventFrame),
}

/// Reads a frame; `None` for anything that a newer gateway may say and we do not know.
pub(crate) fn read_frame(text: &str) -> Option<Frame> {
    let frame: Inbound<'_> = serde_json::from_str(text).ok()?;
    let payload = || {
        frame
            .payload
            .map_or_else(|| RawValue::NULL.to_owned(), ToOwned::to_owned)
    };
    match &*frame.kind {
        "res" => {
            let id = frame.id.as_deref()?.to_owned();
            let answer = if frame.ok {
                Ok(payload())
            } else {
                Err(refusal(&frame))
            };
            Some(Frame::Answer { id, answer })
        }
        "event" => Some(Frame::Event(EventFrame {
            name: frame.event.as_deref()?.to_owned(),
            payload: payload(),
            seq: frame.seq,
            state_version: frame.state_version,
        })),
        _ => None,
    }
}

fn refusal(frame: &Inbound<'_>) -> Error {
    let text = frame.error.map_or("null", RawValue::get);
    let shape = serde_json::from_str(text).unwrap_or_else(|_| foreign_error(text));
    let payload = frame
        .payload
        .and_then(|payload| serde_json::from_str(payload.get()).ok());
    let refusal = Refusal {
        shape,
        payload,
        close: None,
    };
    Error::new(Phase::Call, ErrorKind::Refused(Box::new(refusal)))
}

/// An error with a code of another generation: its words are kept.
fn foreign_error(text: &str) -> ErrorShape {
    #[derive(Deserialize, Default)]
    #[serde(default)]
    struct Foreign {
        code: String,
        message: String,
    }
    let foreign: Foreign = serde_json::from_str(text).unwrap_or_default();
    ErrorShape::new(
        ErrorCode::InvalidRequest,
        match (foreign.code.is_empty(), foreign.message.is_empty()) {
            (true, true) => "the gateway refused without saying why".to_owned(),
            (true, false) => foreign.message,
            (false, _) => format!("{} ({})", foreign.message, foreign.code),
        },
    )
}

/// Whether an answer is the first of two.
pub(crate) fn is_ack(payload: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Status<'a> {
        #[serde(borrow)]
        status: Cow<'a, str>,
    }
    serde_json::from_str::<Status<'_>>(payload.get()).is_ok_and(|found| found.status == "accepted")
}

/// A request as text. Without params the key is left out, as the family's clients do.
pub(crate) fn request(id: &str, method: &str, params: Option<&RawValue>) -> Result<String, Error> {
    #[derive(Serialize)]
    struct Request<'a> {
        #[serde(rename = "type")]
        kind: &'static str,
        id: &'a str,
        method: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        params: Option<&'a RawValue>,
    }
    serde_json::to_string(&Request {
        kind: "req",
        id,
        method,
        params,
    })
    .map_err(|why| Error::unreadable(Phase::Call, why))
}

/// Reads an answer.
pub(crate) fn read<T: DeserializeOwned>(payload: &RawValue) -> Result<T, Error> {
    serde_json::from_str(payload.get()).map_err(|why| Error::unreadable(Phase::Call, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_another_generation_keep_their_words() {
        let text = r#"{"type":"res","id":"1","ok":false,"error":{"code":"APPROVAL_NOT_FOUND","message":"no such approval"}}"#;
        let Some(Frame::Answer {
            answer: Err(error), ..
        }) = read_frame(text)
        else {
            panic!()
        };
        assert_eq!(error.to_string(), "no such approval (APPROVAL_NOT_FOUND)");
    }

    #[test]
    fn an_answer_without_payload_is_null_and_unknown_frames_are_let_go() {
        let Some(Frame::Answer {
            answer: Ok(payload),
            ..
        }) = read_frame(r#"{"type":"res","id":"1","ok":true}"#)
        else {
            panic!()
        };
        assert_eq!(payload.get(), "null");
        assert!(read_frame(r#"{"type":"news"}"#).is_none());
        assert!(read_frame("not json").is_none());
    }

    #[test]
    fn an_acknowledgement_is_known_by_its_status() {
        let raw = |text: &str| RawValue::from_string(text.to_owned()).unwrap();
        assert!(is_ack(&raw(r#"{"runId":"r","status":"accepted"}"#)));
        assert!(!is_ack(&raw(r#"{"runId":"r","status":"ok"}"#)));
        assert!(!is_ack(&raw("[1]")));
    }
}
