//! Delivering a message or a poll outside any agent run.

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

/// Characters of a link to a file. A `data:` link holds the file itself: some 10 MiB of it, which
/// fit into a frame of protocol 4 with everything around them.
pub const LINK_CHARS: usize = 14 * 1024 * 1024;

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
    /// A picture or file to add: an `https` or `http` address, which the gateway fetches, or a
    /// `data:` address in base64 that holds it (`data:image/png;name=cat.png;base64,…`). What it
    /// is is told by its first bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = LINK_CHARS))]
    pub media_url: Option<String>,
    /// Several of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16), inner(length(max = LINK_CHARS)))]
    pub media_urls: Option<Vec<String>>,
    /// Accepted and not used: pictures that move are sent as what they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gif_playback: Option<bool>,
    /// The network, or `webchat`. Absent means `webchat` if `to` is a session here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub channel: Option<String>,
    /// Through which account; the network's default one if absent. WebChat has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub account_id: Option<String>,
    /// In which thread or topic of the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub thread_id: Option<String>,
    /// The session that keeps a copy; the one of the conversation if absent. WebChat's is `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub session_key: Option<String>,
}

/// Params of `poll`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PollParams {
    /// Where to: a peer on the channel.
    #[schemars(length(min = 1, max = 512))]
    pub to: String,
    /// What to ask.
    #[schemars(length(min = 1, max = 4096))]
    pub question: String,
    /// The answers to choose from.
    #[schemars(length(min = 2, max = 12), inner(length(min = 1, max = 512)))]
    pub options: Vec<String>,
    /// Same key and params: same answer, one poll.
    pub idempotency_key: IdempotencyKey,
    /// How many may be chosen; 1 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 12))]
    pub max_selections: Option<u32>,
    /// How long it is open, in hours; the network decides if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub duration_hours: Option<u32>,
    /// The network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub channel: Option<String>,
    /// Through which account; the network's default one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub account_id: Option<String>,
    /// In which thread or topic of the conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub thread_id: Option<String>,
}

/// Answer of `send` and `poll`. The conversation stands under the name that the family uses for
/// the network; see [`SendResult::in_conversation`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendResult {
    /// The idempotency key.
    pub run_id: RunId,
    /// The message's id on its channel; while it is `queued`, its name in the outbox. Of several
    /// parts, the last.
    pub message_id: String,
    /// The channel.
    pub channel: String,
    /// The conversation, where the family says chat; for WebChat the session key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_id: Option<String>,
    /// The conversation, where the family says channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<String>,
    /// The conversation, where the family says jid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_jid: Option<String>,
    /// The conversation, elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<String>,
    /// The account; absent for WebChat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The poll's id on its channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_id: Option<String>,
    /// True if the network does not have it yet: it is kept in the outbox and sent as soon as
    /// that is possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued: Option<bool>,
}

impl SendResult {
    /// What every answer has.
    pub fn new(key: IdempotencyKey, message_id: String, channel: impl Into<String>) -> Self {
        Self {
            run_id: RunId::new(key.into_string()),
            message_id,
            channel: channel.into(),
            chat_id: None,
            channel_id: None,
            to_jid: None,
            conversation_id: None,
            account_id: None,
            poll_id: None,
            queued: None,
        }
    }

    /// Puts a conversation under the name that the family uses for its channel.
    #[must_use]
    pub fn in_conversation(mut self, id: impl Into<String>) -> Self {
        let place = match self.channel.as_str() {
            "webchat" | "telegram" | "imessage" | "signal" | "googlechat" => &mut self.chat_id,
            "discord" | "slack" => &mut self.channel_id,
            "whatsapp" => &mut self.to_jid,
            _ => &mut self.conversation_id,
        };
        *place = Some(id.into());
        self
    }

    /// The conversation, under whichever name it stands.
    pub fn conversation(&self) -> Option<&str> {
        [
            &self.chat_id,
            &self.channel_id,
            &self.to_jid,
            &self.conversation_id,
        ]
        .into_iter()
        .find_map(Option::as_deref)
    }
}

methods! {
    /// Delivers one message to a conversation, outside any agent run.
    pub SendMessage = "send" {
        params: SendParams,
        result: SendResult,
        access: operator(Write),
        effect: keyed,
        since: 3,
        waits: true,
    }
    /// Asks a question with answers to choose from, in a conversation on a network that has polls.
    pub PollMessage = "poll" {
        params: PollParams,
        result: SendResult,
        access: operator(Admin),
        effect: keyed,
        since: 3,
        waits: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_stands_under_the_familys_name_for_its_network() {
        for (channel, name) in [
            ("webchat", "chatId"),
            ("telegram", "chatId"),
            ("discord", "channelId"),
            ("slack", "channelId"),
            ("whatsapp", "toJid"),
            ("pigeon", "conversationId"),
        ] {
            let key = IdempotencyKey::new("k");
            let result = SendResult::new(key, "m".into(), channel).in_conversation("c1");
            assert_eq!(result.conversation(), Some("c1"), "{channel}");
            let json = serde_json::to_value(&result).unwrap();
            let expected = serde_json::json!({
                "runId": "k", "messageId": "m", "channel": channel, name: "c1",
            });
            assert_eq!(json, expected);
        }
    }
}
