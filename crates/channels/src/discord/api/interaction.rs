//! A slash command that was typed, a button that was pressed.

use serde::Deserialize;
use serde_json::Value;

use super::message::{Member, User};
use super::place::ChannelObject;

/// What a person did; it wants an answer within three seconds.
#[derive(Debug, Deserialize)]
pub(crate) struct Interaction {
    pub(crate) id: String,
    /// Good for answers to this one alone.
    pub(crate) token: String,
    /// 2 a command, 3 a component of a message.
    #[serde(rename = "type")]
    pub(crate) kind: u8,
    pub(crate) data: Option<InteractionData>,
    pub(crate) guild_id: Option<String>,
    pub(crate) channel_id: Option<String>,
    pub(crate) channel: Option<ChannelObject>,
    /// Who, in a guild.
    pub(crate) member: Option<Member>,
    /// Who, elsewhere.
    pub(crate) user: Option<User>,
    pub(crate) message: Option<PressedMessage>,
}

/// The message with the button.
#[derive(Debug, Deserialize)]
pub(crate) struct PressedMessage {
    pub(crate) id: String,
}

/// The command or the button.
#[derive(Debug, Deserialize)]
pub(crate) struct InteractionData {
    /// The command's name.
    pub(crate) name: Option<String>,
    /// 1 a command of the chat; others hang on messages and people.
    #[serde(rename = "type")]
    pub(crate) kind: Option<u8>,
    #[serde(default)]
    pub(crate) options: Vec<InteractionOption>,
    /// The button's value.
    pub(crate) custom_id: Option<String>,
    /// 2 a button.
    pub(crate) component_type: Option<u8>,
}

/// What stood behind the command.
#[derive(Debug, Deserialize)]
pub(crate) struct InteractionOption {
    #[serde(default)]
    pub(crate) value: Value,
}

impl Interaction {
    /// Who did it.
    pub(crate) fn by(&self) -> Option<&User> {
        let member = self.member.as_ref();
        member
            .and_then(|member| member.user.as_ref())
            .or(self.user.as_ref())
    }
}
