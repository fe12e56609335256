//! Reading the arguments of a call.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tidegate_core::tool::ToolOutcome;

/// The arguments as a value; else what the model is told.
pub(super) fn read<T: DeserializeOwned>(fields: &Map<String, Value>) -> Result<T, ToolOutcome> {
    serde_json::from_value(Value::Object(fields.clone())).map_err(|error| {
        ToolOutcome::error(format!(
            "The arguments are wrong: {error}. Nothing was done."
        ))
    })
}
