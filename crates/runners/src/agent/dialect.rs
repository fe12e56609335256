//! What the dialects differ in: how a turn is asked and how its events are read.

use reqwest::header::{HeaderMap, HeaderValue, InvalidHeaderValue};
use serde_json::Value;
use tidegate_core::runner::{ModelInfo, Turn};
use tidegate_core::transcript::{StopReason, Usage};

use super::pictures::Pictures;
use super::settings::Api;

/// A dialect.
pub(crate) trait Dialect: Send + Sync + 'static {
    /// What a server may not understand and a request can do without.
    type Shape: Copy + Default + PartialEq + Send + Sync + 'static;
    /// Reads the events of one answer.
    type Reader: Reader;
    /// Its name.
    const API: Api;
    /// Where turns are posted, under the base address.
    const TURNS: &'static str;
    /// Where models are listed, under the base address.
    const MODELS: &'static str;
    /// Bytes of the largest picture that it takes.
    const PICTURE_BYTES: u64;

    /// The headers of every request.
    fn headers(key: Option<&str>) -> Result<HeaderMap, InvalidHeaderValue>;
    /// The body of a turn.
    fn body(asked: &Asked<'_>, turn: &Turn, shape: Self::Shape) -> Value;
    /// A smaller shape, if the server's refusal names something that can be left out.
    fn smaller(shape: Self::Shape, refusal: &str) -> Option<Self::Shape>;
    /// A new reader.
    fn reader() -> Self::Reader;
    /// Reads one entry of the list of models.
    fn model(entry: &Value) -> Option<ModelInfo>;
}

/// Of whom a turn is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The provider's name in the configuration.
    pub(crate) provider: &'a str,
    /// Whether it is the dialect's own provider and not a lookalike.
    pub(crate) original: bool,
    /// Limit of tokens of the answer.
    pub(crate) max_output_tokens: Option<u32>,
    /// Pictures that it is shown.
    pub(crate) pictures: &'a Pictures,
}

/// Reads the events of one answer, in order.
pub(crate) trait Reader: Send {
    /// What one event means.
    fn read(&mut self, name: &str, data: &str) -> Result<Vec<Delta>, Fault>;
    /// Why the answer ended, once the provider said so.
    fn stop(&self) -> Option<StopReason>;
    /// Whether nothing can follow.
    fn finished(&self) -> bool;
    /// Tokens, if the provider counted them.
    fn usage(&self) -> Option<Usage>;
}

/// What an event adds to an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delta {
    /// Words.
    Text(String),
    /// Thinking.
    Thinking(String),
    /// A piece of the proof of the thinking so far.
    Proof(String),
    /// What follows is a part of its own.
    NewPart,
    /// A piece of a call of a tool.
    Call(CallPiece),
    /// Nothing; the provider is alive.
    Alive,
}

/// A piece of a call: what is not empty is added to what there was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CallPiece {
    /// Which of the answer's calls, by the provider's number.
    pub(crate) at: u64,
    /// Its id.
    pub(crate) id: String,
    /// The tool.
    pub(crate) name: String,
    /// The arguments, as JSON text.
    pub(crate) arguments: String,
}

impl Delta {
    /// Without control characters: they mean nothing in an answer, and take six bytes each in
    /// every event.
    pub(crate) fn readable(self) -> Self {
        let clean = |text: String| {
            let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
            if text.contains(odd) {
                text.replace(odd, "")
            } else {
                text
            }
        };
        match self {
            Self::Text(text) => Self::Text(clean(text)),
            Self::Thinking(text) => Self::Thinking(clean(text)),
            other => other,
        }
    }

    /// Its bytes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(text) | Self::Thinking(text) | Self::Proof(text) => text.len(),
            Self::Call(call) => call.id.len() + call.name.len() + call.arguments.len(),
            Self::NewPart | Self::Alive => 0,
        }
    }
}

/// Why a stream cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The engine does not listen any more.
    Gone,
    /// An event or the answer is too large.
    TooLarge,
    /// An event is not what the dialect says.
    Unreadable,
    /// The stream ended before the answer did.
    BrokenOff,
    /// The provider will not answer this.
    Refused,
    /// The provider reports a failure.
    Reported {
        /// The HTTP status that it stands for.
        status: u16,
        /// The error, as JSON.
        body: String,
    },
}

/// A header value that is never printed.
pub(crate) fn sensitive(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The status that an error in a stream would have had as a response.
pub(crate) fn status_of(error: &Value) -> u16 {
    let number = |field: &str| {
        let value = error.get(field)?;
        value
            .as_u64()
            .or_else(|| value.as_str()?.parse().ok())
            .and_then(|number| u16::try_from(number).ok())
    };
    if let Some(status) = ["status", "code"]
        .iter()
        .find_map(|field| number(field))
        .filter(|n| (400..600).contains(n))
    {
        return status;
    }
    let word = |field: &str| error.get(field).and_then(Value::as_str).unwrap_or_default();
    [word("code"), word("type")]
        .into_iter()
        .find_map(|word| match word {
            "overloaded_error" => Some(529),
            "rate_limit_error" | "rate_limit_exceeded" | "insufficient_quota" => Some(429),
            "authentication_error" | "invalid_api_key" => Some(401),
            "permission_error" => Some(403),
            "not_found_error" | "model_not_found" => Some(404),
            "request_too_large" => Some(413),
            "invalid_request_error" | "context_length_exceeded" => Some(400),
            "timeout_error" => Some(504),
            _ => None,
        })
        .unwrap_or(500)
}

/// Whether a refusal says that a model takes no tools.
pub(crate) fn refuses_tools(refusal: &str) -> bool {
    let low = refusal.to_ascii_lowercase();
    let no = [
        "not support",
        "unsupported",
        "unknown",
        "unrecognized",
        "not permitted",
        "not available",
    ];
    low.contains("tool") && no.iter().any(|word| low.contains(word))
}
