//! Slash commands and buttons.

use serde::Deserialize;

/// A slash command.
#[derive(Debug, Deserialize)]
pub(crate) struct Command {
    pub(crate) team_id: Option<String>,
    pub(crate) channel_id: String,
    pub(crate) channel_name: Option<String>,
    pub(crate) user_id: String,
    pub(crate) user_name: Option<String>,
    /// With its slash.
    #[serde(rename = "command")]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) text: String,
    /// Its own id.
    pub(crate) trigger_id: String,
}

/// Something that was done to a message of ours.
#[derive(Debug, Deserialize)]
pub(crate) struct Interaction {
    /// `block_actions` for buttons.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) team: Option<Id>,
    pub(crate) user: Actor,
    pub(crate) channel: Option<Id>,
    pub(crate) container: Option<Container>,
    pub(crate) message: Option<Threaded>,
    #[serde(default)]
    pub(crate) trigger_id: String,
    #[serde(default)]
    pub(crate) actions: Vec<Action>,
}

/// Something by its id.
#[derive(Debug, Deserialize)]
pub(crate) struct Id {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
}

/// Who did it.
#[derive(Debug, Deserialize)]
pub(crate) struct Actor {
    pub(crate) id: String,
    pub(crate) username: Option<String>,
    pub(crate) name: Option<String>,
}

/// Where the button is.
#[derive(Debug, Deserialize)]
pub(crate) struct Container {
    pub(crate) message_ts: Option<String>,
    pub(crate) thread_ts: Option<String>,
}

/// The message with the button, as far as its thread.
#[derive(Debug, Deserialize)]
pub(crate) struct Threaded {
    pub(crate) thread_ts: Option<String>,
}

/// A button that was pressed.
#[derive(Debug, Deserialize)]
pub(crate) struct Action {
    #[serde(rename = "action_id", default)]
    pub(crate) id: String,
    pub(crate) value: Option<String>,
    #[serde(rename = "action_ts", default)]
    pub(crate) ts: String,
}
