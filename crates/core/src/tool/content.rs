//! What a call brought: bounded, so that a model's context and a transcript hold it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Characters of all words of one result; of more the head and the tail are kept.
pub const RESULT_TEXT_CHARS: usize = 24_000;

/// Pictures of one result.
pub const RESULT_IMAGES: usize = 2;

/// Bytes of one picture in base64. A larger one is told of in words.
pub const RESULT_IMAGE_BYTES: usize = 2 * 1024 * 1024;

/// One part of what a call brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ToolContent {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A value; a model reads it as its JSON text.
    Json {
        /// The value.
        value: Value,
    },
    /// A picture.
    Image {
        /// Its type: `image/png` and its like.
        mime: String,
        /// Its bytes, in base64.
        data: String,
    },
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolOutcome {
    /// What it brought.
    pub content: Vec<ToolContent>,
    /// Whether it went wrong.
    pub is_error: bool,
    /// Facts for people and programs that the model is not told, for example an exit code.
    pub details: Option<Value>,
}

impl ToolOutcome {
    /// Words.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            content: vec![ToolContent::Text { text: text.into() }],
            is_error: false,
            details: None,
        }
    }

    /// A value.
    pub fn json(value: Value) -> Self {
        Self {
            content: vec![ToolContent::Json { value }],
            is_error: false,
            details: None,
        }
    }

    /// A sentence that says what went wrong and what to do instead.
    pub fn error(text: impl Into<String>) -> Self {
        Self {
            is_error: true,
            ..Self::text(text)
        }
    }

    /// With facts beside it.
    #[must_use]
    pub fn with_details(self, details: Value) -> Self {
        Self {
            details: Some(details),
            ..self
        }
    }

    /// Cut to what a transcript takes. What is left out is said.
    #[must_use]
    pub fn bounded(self) -> Self {
        let (mut chars, mut images) = (RESULT_TEXT_CHARS, RESULT_IMAGES);
        let cut = |content| bounded(content, &mut chars, &mut images);
        Self {
            content: self.content.into_iter().map(cut).collect(),
            ..self
        }
    }
}

/// One part within what is left of both bounds.
fn bounded(content: ToolContent, chars: &mut usize, images: &mut usize) -> ToolContent {
    let text = match content {
        ToolContent::Image { mime, data } => {
            if *images > 0 && data.len() <= RESULT_IMAGE_BYTES {
                *images -= 1;
                return ToolContent::Image { mime, data };
            }
            format!("[a picture that is too large to be shown: {mime}]")
        }
        ToolContent::Json { value } => {
            let text = value.to_string();
            let length = text.chars().count();
            if length <= *chars {
                *chars -= length;
                return ToolContent::Json { value };
            }
            text
        }
        ToolContent::Text { text } => text,
    };
    let text = head_and_tail(&text, *chars);
    *chars = chars.saturating_sub(text.chars().count());
    ToolContent::Text { text }
}

/// A text of at most `most` characters: its head and its tail, with a mark between them that says
/// how many are left out.
pub fn head_and_tail(text: &str, most: usize) -> String {
    let length = text.chars().count();
    if length <= most {
        return text.to_owned();
    }
    let mark = format!("\n[… {length} characters, shown are the first and the last …]\n");
    let room = most.saturating_sub(mark.chars().count());
    let head = room / 2;
    let tail = room - head;
    let first: String = text.chars().take(head).collect();
    let last: String = text.chars().skip(length - tail).collect();
    format!("{first}{mark}{last}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_text_keeps_both_ends() {
        let long = format!("begin{}end", "x".repeat(RESULT_TEXT_CHARS));
        let kept = head_and_tail(&long, 1000);
        assert_eq!(kept.chars().count(), 1000);
        assert!(kept.starts_with("begin") && kept.ends_with("end"), "{kept}");
        assert!(kept.contains("24008 characters"), "{kept}");
    }

    #[test]
    fn an_outcome_has_one_bound_for_all_its_words() {
        let big = "y".repeat(RESULT_TEXT_CHARS - 10);
        let picture = |bytes: usize| ToolContent::Image {
            mime: "image/png".into(),
            data: "A".repeat(bytes),
        };
        let outcome = ToolOutcome {
            content: vec![
                ToolContent::Text { text: big },
                ToolContent::Json {
                    value: json!({"a": "z".repeat(500)}),
                },
                picture(8),
                picture(RESULT_IMAGE_BYTES + 1),
                picture(8),
                picture(8),
            ],
            is_error: false,
            details: None,
        };
        let kept = outcome.bounded();
        let shown = kept
            .content
            .iter()
            .filter(|part| matches!(part, ToolContent::Image { .. }));
        assert_eq!(shown.count(), RESULT_IMAGES);
        assert!(matches!(&kept.content[1], ToolContent::Text { text } if text.len() < 100));
        assert!(matches!(&kept.content[3], ToolContent::Text { .. }));
    }

    proptest! {
        #[test]
        fn never_longer_than_asked_for_if_the_mark_fits(text in "\\PC{0,400}", most in 80usize..300) {
            let kept = head_and_tail(&text, most);
            prop_assert!(kept.chars().count() <= most);
            if text.chars().count() <= most {
                prop_assert_eq!(kept, text);
            }
        }
    }
}
