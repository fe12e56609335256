//! Things that are no files, as a line of words.

use crate::telegram::api::{Message, Poll};

/// The line for what else is in a message; none if there is nothing of the kind.
pub(super) fn of_things(message: &Message) -> Option<String> {
    if let Some(place) = &message.location {
        let point = format!("{}, {}", place.latitude, place.longitude);
        return Some(match &message.venue {
            Some(venue) => format!("Location: {}, {} ({point})", venue.title, venue.address),
            None => format!("Location: {point}"),
        });
    }
    if let Some(contact) = &message.contact {
        let last = contact.last_name.as_deref().unwrap_or_default();
        let name = format!("{} {last}", contact.first_name);
        return Some(format!(
            "Contact: {}, {}",
            name.trim(),
            contact.phone_number
        ));
    }
    if let Some(sticker) = &message.sticker {
        return sticker.emoji.clone();
    }
    message.poll.as_ref().map(poll)
}

fn poll(poll: &Poll) -> String {
    let options = poll
        .options
        .iter()
        .map(|option| format!("\n- {}", option.text));
    format!("Poll: {}{}", poll.question, options.collect::<String>())
}
