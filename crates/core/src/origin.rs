//! Where a run came from: the chat network, the conversation and the person.

use serde::{Deserialize, Serialize};

use crate::channel::Target;

/// Where a run came from, and so where its answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The conversation.
    pub target: Target,
    /// The network's id of the message.
    pub message_id: String,
    /// The network's stable id of the person.
    pub sender_id: String,
    /// What the person is called, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<String>,
    /// What the conversation is called, for people; none for direct chats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The album that the message is a piece of: its pieces are one turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
}
