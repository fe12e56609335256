//! Polls of a message.

use serde_json::{Value, json};

use super::error::{ApiError, bad_length, invalid};
use super::fields::text;
use crate::discord::moment::iso;
use crate::discord::world::World;

/// Polls (documented): characters of question and answer, answers, hours.
const QUESTION_CHARS: usize = 300;
const ANSWER_CHARS: usize = 55;
const MOST_ANSWERS: usize = 10;
const MOST_HOURS: u64 = 768;

impl World {
    /// The checked poll of a body, as the vendor tells it back; null without.
    pub(super) fn poll(&self, json: &Value) -> Result<Value, ApiError> {
        let Some(poll) = json.get("poll").filter(|value| value.is_object()) else {
            return Ok(Value::Null);
        };
        let question = poll.get("question").unwrap_or(&Value::Null);
        text(question, "text", 1, QUESTION_CHARS)?;
        let answers = poll
            .get("answers")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        if answers.is_empty() || answers.len() > MOST_ANSWERS {
            return Err(bad_length("poll.answers", 1, MOST_ANSWERS));
        }
        let mut numbered = Vec::new();
        for (index, answer) in answers.iter().enumerate() {
            let media = answer.get("poll_media").unwrap_or(&Value::Null);
            text(media, "text", 1, ANSWER_CHARS)?;
            numbered.push(json!({ "answer_id": index + 1, "poll_media": media }));
        }
        let hours = poll.get("duration").and_then(Value::as_u64).unwrap_or(24);
        if !(1..=MOST_HOURS).contains(&hours) {
            let message = format!("Value must be less than or equal to {MOST_HOURS}.");
            return Err(invalid("poll.duration", "NUMBER_TYPE_MAX", &message));
        }
        Ok(json!({
            "question": question, "answers": numbered,
            "expiry": iso(self.now_ms() + hours * 3_600_000),
            "allow_multiselect": poll.get("allow_multiselect").and_then(Value::as_bool).unwrap_or(false),
            "layout_type": 1, "results": { "is_finalized": false, "answer_counts": [] },
        }))
    }
}
