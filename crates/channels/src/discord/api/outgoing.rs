//! What calls are given.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message of ours, new or changed. What is none is not told, and stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Outgoing<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<&'a str>,
    /// Messages with the same nonce are one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) enforce_nonce: bool,
    pub(crate) allowed_mentions: Mentions,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_reference: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) components: Option<Vec<Component<'a>>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) attachments: Vec<FileNote<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) poll: Option<NewPoll<'a>>,
}

/// Who may be notified by our words: nobody. The words are a model's, and strangers steer models.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Mentions {
    parse: [&'static str; 0],
}

/// The message that is answered.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Reference<'a> {
    pub(crate) message_id: &'a str,
    pub(crate) fail_if_not_exists: bool,
}

/// A row of buttons, or a button.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(crate) enum Component<'a> {
    /// A row.
    Row {
        /// 1.
        #[serde(rename = "type")]
        kind: u8,
        /// The buttons.
        components: Vec<Component<'a>>,
    },
    /// A button.
    Button {
        /// 2.
        #[serde(rename = "type")]
        kind: u8,
        /// How it looks.
        style: u8,
        /// What it says.
        label: String,
        /// What comes back.
        custom_id: &'a str,
    },
}

/// What is said about a file.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FileNote<'a> {
    /// The number in the name of its part.
    pub(crate) id: u8,
    pub(crate) filename: &'a str,
}

/// A poll of ours.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct NewPoll<'a> {
    pub(crate) question: Words<'a>,
    pub(crate) answers: Vec<Answers<'a>>,
    /// In hours.
    pub(crate) duration: u32,
    pub(crate) allow_multiselect: bool,
}

/// Words of a poll.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Words<'a> {
    pub(crate) text: &'a str,
}

/// One answer of a poll.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Answers<'a> {
    pub(crate) poll_media: Words<'a>,
}

/// The person to open a direct chat with.
#[derive(Debug, Serialize)]
pub(crate) struct OpenDirect<'a> {
    pub(crate) recipient_id: &'a str,
}

/// The first answer to an interaction.
#[derive(Debug, Serialize)]
pub(crate) struct Callback {
    #[serde(rename = "type")]
    pub(crate) kind: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<CallbackData>,
}

/// A message as an answer.
#[derive(Debug, Serialize)]
pub(crate) struct CallbackData {
    pub(crate) content: String,
    pub(crate) flags: u64,
    pub(crate) allowed_mentions: Mentions,
}

/// A slash command, as far as we tell of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AppCommand {
    #[serde(rename = "type", default)]
    pub(crate) kind: u8,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default, deserialize_with = "list")]
    pub(crate) options: Vec<AppOption>,
}

/// What may stand behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AppOption {
    #[serde(rename = "type", default)]
    pub(crate) kind: u8,
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) required: bool,
}

/// A list that may be null, of which only what we could have told ourselves is read.
fn list<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<AppOption>, D::Error> {
    let list = Option::<Vec<Value>>::deserialize(from)?.unwrap_or_default();
    let options = list
        .into_iter()
        .filter_map(|one| serde_json::from_value(one).ok());
    Ok(options.collect())
}
