//! Arguments of a method, from a query, a form, a multipart body or JSON.

use serde_json::{Map, Value};

use super::answer::Refusal;

/// Arguments by name. What came in a form is text; JSON keeps its types.
#[derive(Debug, Clone, Default)]
pub(super) struct Params(pub(super) Map<String, Value>);

impl Params {
    pub(super) fn put(&mut self, name: String, value: Value) {
        self.0.insert(name, value);
    }

    /// An argument as text; empty counts as absent. A number in JSON is shown as JSON shows it,
    /// so a `ts` that was sent as a number does not name its message any more.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let text = match self.0.get(name)? {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// An argument that must be there.
    ///
    /// # Errors
    /// It is not.
    pub(super) fn required(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing(name))
    }

    /// A flag: `true` and `1` in every form.
    pub(super) fn flag(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true" || text == "1",
            Some(Value::Number(number)) => number.as_u64() == Some(1),
            _ => false,
        }
    }

    /// A whole number.
    ///
    /// # Errors
    /// It is there and is none.
    pub(super) fn count(&self, name: &str) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        let count = text
            .parse()
            .map_err(|_| Refusal::from("invalid_arguments"))?;
        Ok(Some(count))
    }

    /// An argument that is JSON, or text that holds JSON. Absent is null.
    ///
    /// # Errors
    /// The text holds no JSON; `error` is the word for that.
    pub(super) fn json(&self, name: &str, error: &str) -> Result<Value, Refusal> {
        match self.0.get(name) {
            None => Ok(Value::Null),
            Some(Value::String(text)) if text.is_empty() => Ok(Value::Null),
            Some(Value::String(text)) => {
                serde_json::from_str(text).map_err(|_| Refusal::from(error))
            }
            Some(value) => Ok(value.clone()),
        }
    }
}
