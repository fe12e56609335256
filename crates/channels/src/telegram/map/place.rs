//! Where it happened, and who did it.

use tidegate_core::channel::{Peer, PeerKind, Sender};

use crate::telegram::api::{Chat, Message, User};
use crate::telegram::destination::GENERAL_TOPIC;

/// A conversation.
pub(super) struct Place {
    pub(super) peer: Peer,
    /// Its name, if it has one of its own.
    pub(super) title: Option<String>,
}

/// The conversation; none if its kind is missing or new (SECURITY T28).
pub(super) fn place(chat: &Chat) -> Option<Place> {
    let kind = match chat.kind.as_deref()? {
        "private" => PeerKind::Direct,
        "group" | "supergroup" => PeerKind::Group,
        "channel" => PeerKind::Channel,
        _ => return None,
    };
    Some(Place {
        peer: Peer {
            kind,
            id: chat.id.to_string(),
        },
        title: chat.title.clone(),
    })
}

/// The topic. A forum's general topic is told by nothing at all; outside of forums a thread is a
/// chain of replies, which is none.
pub(super) fn topic(message: &Message) -> Option<String> {
    let topic = message
        .message_thread_id
        .filter(|_| message.is_topic_message)
        .or(message.chat.is_forum.then_some(GENERAL_TOPIC));
    topic.map(|id| id.to_string())
}

/// Who did it. Whoever speaks in the name of a chat (a channel, or a group's nameless admin) has
/// that chat's id with a word before it, so that the id of a group never passes for a person's.
pub(super) fn sender(user: Option<&User>, chat: Option<&Chat>) -> Option<Sender> {
    if let Some(chat) = chat {
        return Some(Sender {
            id: format!("chat:{}", chat.id),
            name: chat.title.clone(),
            handle: chat.username.clone(),
            bot: false,
        });
    }
    let user = user?;
    let name = match &user.last_name {
        Some(last) => format!("{} {last}", user.first_name),
        None => user.first_name.clone(),
    };
    Some(Sender {
        id: user.id.to_string(),
        name: Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
        handle: user.username.clone(),
        bot: user.is_bot,
    })
}
