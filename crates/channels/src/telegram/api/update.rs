//! What arrives.

use serde::Deserialize;

use super::message::{Chat, Message, User};

/// One thing that happened. Kinds that we do not know leave every field empty.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the vendor's names")]
pub(crate) struct Update {
    /// Rises; what is below the offset of a poll is forgotten by the server.
    pub(crate) update_id: i64,
    pub(crate) message: Option<Message>,
    pub(crate) edited_message: Option<Message>,
    pub(crate) channel_post: Option<Message>,
    pub(crate) callback_query: Option<CallbackQuery>,
    pub(crate) message_reaction: Option<ReactionChange>,
}

/// A button was pressed.
#[derive(Debug, Deserialize)]
pub(crate) struct CallbackQuery {
    pub(crate) id: String,
    pub(crate) from: User,
    /// The message with the button; only its chat and id are sure.
    pub(crate) message: Option<Message>,
    pub(crate) data: Option<String>,
}

/// Somebody's reactions to a message changed.
#[derive(Debug, Deserialize)]
pub(crate) struct ReactionChange {
    pub(crate) chat: Chat,
    pub(crate) message_id: i64,
    pub(crate) user: Option<User>,
    pub(crate) actor_chat: Option<Chat>,
    #[serde(default)]
    pub(crate) date: i64,
    #[serde(default)]
    pub(crate) old_reaction: Vec<ReactionType>,
    #[serde(default)]
    pub(crate) new_reaction: Vec<ReactionType>,
}

/// One reaction: `emoji` or `custom_emoji_id` is there, or neither for a paid one.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct ReactionType {
    pub(crate) emoji: Option<String>,
    pub(crate) custom_emoji_id: Option<String>,
}

/// How the webhook is.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct WebhookState {
    /// Where it points; empty if there is none.
    #[serde(default)]
    pub(crate) url: String,
    #[serde(default)]
    pub(crate) pending_update_count: u64,
    /// When a delivery last failed, in Unix seconds.
    pub(crate) last_error_date: Option<i64>,
    pub(crate) last_error_message: Option<String>,
}
