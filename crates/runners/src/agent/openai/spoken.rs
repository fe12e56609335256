//! The dialect as a whole: addresses, headers, models.

use reqwest::header::{AUTHORIZATION, HeaderMap, InvalidHeaderValue};
use serde_json::Value;
use tidegate_core::runner::{ModelInfo, Turn};

use super::{request, stream};
use crate::agent::dialect::{Asked, Dialect, sensitive};
use crate::agent::settings::Api;

/// The dialect.
pub(crate) struct OpenAi;

impl Dialect for OpenAi {
    type Shape = request::Shape;
    type Reader = stream::Chunks;
    const API: Api = Api::OpenAi;
    const TURNS: &'static str = "/chat/completions";
    const MODELS: &'static str = "/models";
    const PICTURE_BYTES: u64 = 5 * 1024 * 1024;

    fn headers(key: Option<&str>) -> Result<HeaderMap, InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            headers.insert(AUTHORIZATION, sensitive(&format!("Bearer {key}"))?);
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
        stream::Chunks::default()
    }

    fn model(entry: &Value) -> Option<ModelInfo> {
        let id = entry.get("id")?.as_str()?.to_owned();
        let name = entry
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or(&id)
            .to_owned();
        // OpenRouter, vLLM, Groq and llama.cpp each have a word for it; OpenAI says nothing.
        let places = [
            "/context_length",
            "/max_model_len",
            "/context_window",
            "/meta/n_ctx_train",
        ];
        let context_window = places
            .iter()
            .find_map(|place| entry.pointer(place)?.as_u64());
        let input = entry
            .pointer("/architecture/input_modalities")
            .and_then(Value::as_array)
            .map_or_else(
                || vec!["text".to_owned()],
                |kinds| {
                    kinds
                        .iter()
                        .filter_map(Value::as_str)
                        .map(str::to_owned)
                        .collect()
                },
            );
        Some(ModelInfo {
            id,
            name,
            context_window,
            reasoning: None,
            input,
        })
    }
}
