//! Forwarded messages: the words of somebody else, and never a command of whoever forwards them
//! (SECURITY T34).

use tidegate_core::text::attributed;

use crate::telegram::api::{ForwardOrigin, Message};

/// The words, marked as those of whoever wrote them first.
pub(super) fn marked(message: &Message, text: String) -> String {
    match &message.forward_origin {
        Some(origin) => attributed(&format!("forwarded from {}", author(origin)), &text),
        None => text,
    }
}

fn author(origin: &ForwardOrigin) -> &str {
    let person = origin.sender_user.as_ref().map(|user| &user.first_name);
    let chat = origin.sender_chat.as_ref().or(origin.chat.as_ref());
    person
        .or(origin.sender_user_name.as_ref())
        .or(chat.and_then(|chat| chat.title.as_ref()))
        .map_or("somebody", String::as_str)
}
