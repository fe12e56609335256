//! Messages, changes and reactions.

use tidegate_core::channel::{Inbound, InboundEvent, InboundMessage, ReplyTo};

use super::media::media;
use super::place::{author, is_here, is_ours, ms, person, place, place_by_id, space, thread};
use super::words::{hear, plain};
use crate::slack::api::{Attachment, Callback, Event, Me, Message, Reaction};
use crate::slack::emoji::sign_of;
use crate::slack::known::Known;

/// What is not a message of somebody's own has a subtype, but for these.
const WRITTEN: &[&str] = &[
    "file_share",
    "thread_broadcast",
    "bot_message",
    "me_message",
];

pub(super) fn happened(callback: &Callback, me: &Me, known: &Known) -> Option<Inbound> {
    if !is_for_us(callback, me) {
        return None;
    }
    let told = match &callback.event {
        Event::Message(change) if change.subtype.as_deref() == Some("message_changed") => {
            changed(&callback.event_id, change, me, known)
        }
        Event::Message(message) | Event::AppMention(message) => wrote(message, me, known),
        Event::ReactionAdded(reaction) => reacted(&callback.event_id, reaction, false, me, known),
        Event::ReactionRemoved(reaction) => reacted(&callback.event_id, reaction, true, me, known),
        Event::Other => None,
    }?;
    Some(Inbound {
        space: space(callback.team_id.as_deref()),
        ..told
    })
}

/// An app can be in several workspaces; Slack says for whom of them it tells this.
fn is_for_us(callback: &Callback, me: &Me) -> bool {
    let users = callback.authorizations.iter();
    let mut users = users.filter_map(|one| one.user_id.as_ref()).peekable();
    if users.peek().is_none() {
        return is_here(callback.team_id.as_deref(), me);
    }
    users.any(|user| *user == me.user_id)
}

/// A message. It has the same id as a mention, so the inbox takes the two of them for one.
fn wrote(message: &Message, me: &Me, known: &Known) -> Option<Inbound> {
    let subtype = message.subtype.as_deref();
    if subtype.is_some_and(|subtype| !WRITTEN.contains(&subtype)) || is_ours(message, me) {
        return None;
    }
    let peer = place(message, known)?;
    let heard = hear(&message.text, me, known);
    let text = with_shared(&heard.text, message, me, known);
    let media: Vec<_> = message.files.iter().filter_map(media).collect();
    if message.ts.is_empty() || (text.is_empty() && media.is_empty() && !heard.mentioned) {
        return None;
    }
    Some(Inbound {
        provider_id: format!("{}:{}", peer.id, message.ts),
        thread: thread(message),
        space: None,
        sender: author(message, known)?,
        title: known.name_of(&peer.id),
        at_ms: ms(&message.ts),
        event: InboundEvent::Message(InboundMessage {
            message_id: message.ts.clone(),
            text,
            media,
            reply_to: answered(message, me),
            mentioned: heard.mentioned,
            album: None,
        }),
        peer,
    })
}

/// The words, with those of messages that were passed on. Where there are no words at all, as bots
/// often write none, all that hangs below the message is read.
fn with_shared(text: &str, message: &Message, me: &Me, known: &Known) -> String {
    let wanted = |one: &&Attachment| one.is_share || text.is_empty();
    let shared = message.attachments.iter().filter(wanted);
    let shared = shared.filter_map(|one| one.text.as_ref().or(one.fallback.as_ref()));
    let shared = shared.map(|words| plain(words, me, known));
    let all = std::iter::once(text.to_owned()).chain(shared);
    let all: Vec<_> = all.filter(|words| !words.is_empty()).collect();
    all.join("\n")
}

/// What is said in a thread answers the message that it hangs on.
fn answered(message: &Message, me: &Me) -> Option<ReplyTo> {
    Some(ReplyTo {
        message_id: thread(message)?,
        ours: message.parent_user_id.as_deref() == Some(&*me.user_id),
        text: None,
    })
}

/// A message has other words. Slack tells as much when it adds the preview of a link.
fn changed(id: &str, change: &Message, me: &Me, known: &Known) -> Option<Inbound> {
    let after = change.after.as_deref()?;
    let before = change.before.as_deref();
    let subtype = after.subtype.as_deref();
    if before.is_some_and(|before| before.text == after.text)
        || subtype.is_some_and(|subtype| !WRITTEN.contains(&subtype))
        || is_ours(after, me)
    {
        return None;
    }
    let text = hear(&after.text, me, known).text;
    let peer = place(change, known)?;
    Some(Inbound {
        provider_id: id.to_owned(),
        thread: thread(after),
        space: None,
        sender: author(after, known)?,
        title: known.name_of(&peer.id),
        at_ms: ms(&change.ts),
        event: InboundEvent::Edited {
            message_id: after.ts.clone(),
            text: Some(text).filter(|text| !text.is_empty())?,
            reply_to: answered(after, me),
        },
        peer,
    })
}

/// A reaction. Slack does not say in which thread.
fn reacted(
    id: &str,
    reaction: &Reaction,
    removed: bool,
    me: &Me,
    known: &Known,
) -> Option<Inbound> {
    if reaction.user == me.user_id {
        return None;
    }
    let peer = place_by_id(reaction.item.channel.as_deref()?, known)?;
    Some(Inbound {
        provider_id: id.to_owned(),
        thread: None,
        space: None,
        sender: person(&reaction.user, None, known)?,
        title: known.name_of(&peer.id),
        at_ms: ms(&reaction.event_ts),
        event: InboundEvent::Reacted {
            message_id: reaction.item.ts.clone()?,
            emoji: sign_of(&reaction.name),
            removed,
        },
        peer,
    })
}
