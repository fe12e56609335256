//! Delivering a message outside any agent run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{IdempotencyKey, RunId};
use crate::macros::methods;

/// The channel of a peer that is no session here, when none is named (V3 3.2).
pub const DEFAULT_CHANNEL: &str = "whatsapp";

/// Names of channels that clients of the family use, beside `webchat` and `last`. Naming one is
/// no error; January's CLI names [`DEFAULT_CHANNEL`] in every `agent` request. Delivering to one
/// that is not connected is.
pub const FAMILY_CHANNELS: [&str; 7] = [
    "telegram",
    "whatsapp",
    "discord",
    "googlechat",
    "slack",
    "signal",
    "imessage",
];

/// Params of `send`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendParams {
    /// Where to: a peer on the channel, or a session key for WebChat.
    #[schemars(length(min = 1, max = 512))]
    pub to: String,
    /// What to say.
    #[schemars(length(min = 1, max = 131_072))]
    pub message: String,
    /// Same key and params: same answer, one delivery.
    pub idempotency_key: IdempotencyKey,
    /// A picture or file to add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub media_url: Option<String>,
    /// Several of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16))]
    pub media_urls: Option<Vec<String>>,
    /// Accepted and not used by WebChat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gif_playback: Option<bool>,
    /// The channel: `webchat`. Absent means `webchat` if `to` is a session here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub channel: Option<String>,
    /// Accepted and not used: WebChat has one account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub account_id: Option<String>,
    /// Accepted and not used: the target is the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub session_key: Option<String>,
}

/// Answer of `send`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendResult {
    /// The idempotency key.
    pub run_id: RunId,
    /// The message's id on its channel.
    pub message_id: String,
    /// The channel.
    pub channel: String,
    /// The conversation on the channel: for WebChat the session key.
    pub chat_id: String,
}

methods! {
    /// Delivers one message to a conversation, outside any agent run.
    pub SendMessage = "send" {
        params: SendParams,
        result: SendResult,
        access: operator(Write),
        effect: keyed,
        since: 3,
    }
}
