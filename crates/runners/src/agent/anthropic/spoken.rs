//! The dialect as a whole: addresses, headers, models.

use reqwest::header::{HeaderMap, HeaderValue, InvalidHeaderValue};
use serde_json::Value;
use tidegate_core::runner::{ModelInfo, Turn};

use super::{request, stream};
use crate::agent::dialect::{Asked, Dialect, sensitive};
use crate::agent::settings::Api;

/// The version of the interface.
const VERSION: &str = "2023-06-01";

/// The dialect.
pub(crate) struct Anthropic;

impl Dialect for Anthropic {
    type Shape = request::Shape;
    type Reader = stream::Events;
    const API: Api = Api::Anthropic;
    const TURNS: &'static str = "/messages";
    const MODELS: &'static str = "/models?limit=1000";
    /// The vendor takes 5 MiB, and counts them in base64.
    const PICTURE_BYTES: u64 = 5 * 1024 * 1024 / 4 * 3;

    fn headers(key: Option<&str>) -> Result<HeaderMap, InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        headers.insert("anthropic-version", HeaderValue::from_static(VERSION));
        if let Some(key) = key {
            headers.insert("x-api-key", sensitive(key)?);
        }
        Ok(headers)
    }

    fn body(asked: &Asked<'_>, turn: &Turn, shape: Self::Shape) -> Value {
        request::body(asked, turn, shape)
    }

    fn smaller(shape: Self::Shape, refusal: &str) -> Option<Self::Shape> {
        request::smaller(shape, refusal)
    }

    fn reader() -> Self::Reader {
        stream::Events::default()
    }

    fn model(entry: &Value) -> Option<ModelInfo> {
        let id = entry.get("id")?.as_str()?.to_owned();
        let name = entry
            .get("display_name")
            .and_then(Value::as_str)
            .unwrap_or(&id)
            .to_owned();
        let context_window = entry.get("max_input_tokens").and_then(Value::as_u64);
        Some(ModelInfo {
            id,
            name,
            context_window,
            reasoning: None,
            input: vec!["text".into(), "image".into()],
        })
    }
}
