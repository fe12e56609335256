//! One update, as events.

use tidegate_core::channel::{Inbound, InboundEvent, InboundMessage, ReplyTo};

use super::forward;
use super::marks::{Heard, hear};
use super::media::media;
use super::place::{Place, place, sender};
use super::words;
use crate::telegram::api::{CallbackQuery, Message, ReactionChange, ReactionType, Update, User};

/// Characters of an answered message that are shown.
const REPLY_CHARS: usize = 500;

/// What an update tells us; nothing, if it is of a kind or a place that we do not know.
pub(crate) fn inbound(update: &Update, me: &User, now_ms: u64) -> Vec<Inbound> {
    let id = update.update_id;
    if let Some(message) = update.message.as_ref().or(update.channel_post.as_ref()) {
        return one(arrived(id, message, me));
    }
    if let Some(message) = &update.edited_message {
        return one(edited(id, message, me));
    }
    if let Some(query) = &update.callback_query {
        return one(pressed(id, query, now_ms));
    }
    if let Some(change) = &update.message_reaction {
        return reacted(id, change);
    }
    Vec::new()
}

fn one(event: Option<Inbound>) -> Vec<Inbound> {
    event.into_iter().collect()
}

fn arrived(id: i64, message: &Message, me: &User) -> Option<Inbound> {
    let event = match message.migrate_to_chat_id {
        Some(to) => InboundEvent::Moved { to: to.to_string() },
        None => InboundEvent::Message(read(message, me)?),
    };
    told(id, message, message.date, me, event)
}

fn edited(id: i64, message: &Message, me: &User) -> Option<Inbound> {
    let text = heard(message, me)?.text;
    let event = InboundEvent::Edited {
        message_id: message.message_id.to_string(),
        text: Some(text).filter(|text| !text.is_empty())?,
        reply_to: reply(message, me),
    };
    told(
        id,
        message,
        message.edit_date.unwrap_or(message.date),
        me,
        event,
    )
}

fn told(id: i64, message: &Message, at_s: i64, me: &User, event: InboundEvent) -> Option<Inbound> {
    if message.from.as_ref().is_some_and(|from| from.id == me.id) {
        return None;
    }
    let Place { peer, title } = place(&message.chat)?;
    Some(Inbound {
        provider_id: id.to_string(),
        peer,
        thread: super::place::topic(message),
        space: None,
        sender: sender(message.from.as_ref(), message.sender_chat.as_ref())?,
        title,
        at_ms: ms(at_s),
        event,
    })
}

/// The message; none if there is nothing in it for us.
fn read(message: &Message, me: &User) -> Option<InboundMessage> {
    let heard = heard(message, me)?;
    let text = match words::of_things(message) {
        Some(line) if heard.text.is_empty() => line,
        Some(line) => format!("{}\n{line}", heard.text),
        None => heard.text,
    };
    let media: Vec<_> = media(message).into_iter().collect();
    if text.is_empty() && media.is_empty() && !heard.mentioned {
        return None;
    }
    Some(InboundMessage {
        message_id: message.message_id.to_string(),
        text: forward::marked(message, text),
        media,
        reply_to: reply(message, me),
        mentioned: heard.mentioned,
        album: message.media_group_id.clone(),
    })
}

/// The words and whether they are meant for us; none if they are a command for another bot.
fn heard(message: &Message, me: &User) -> Option<Heard> {
    match (&message.text, &message.caption) {
        (Some(text), _) => hear(text, &message.entities, me),
        (None, Some(caption)) => hear(caption, &message.caption_entities, me),
        (None, None) => Some(Heard::default()),
    }
}

fn reply(message: &Message, me: &User) -> Option<ReplyTo> {
    let answered = message.reply_to_message.as_deref()?;
    // In a topic everything "answers" the service message that began it.
    if answered.forum_topic_created.is_some() {
        return None;
    }
    let quoted = message.quote.as_ref().map(|quote| &quote.text);
    let words = quoted
        .or(answered.text.as_ref())
        .or(answered.caption.as_ref());
    Some(ReplyTo {
        message_id: answered.message_id.to_string(),
        ours: answered.from.as_ref().is_some_and(|from| from.id == me.id),
        text: words.map(|words| words.chars().take(REPLY_CHARS).collect()),
    })
}

fn pressed(id: i64, query: &CallbackQuery, now_ms: u64) -> Option<Inbound> {
    let message = query.message.as_ref()?;
    let Place { peer, title } = place(&message.chat)?;
    Some(Inbound {
        provider_id: id.to_string(),
        peer,
        thread: super::place::topic(message),
        space: None,
        sender: sender(Some(&query.from), None)?,
        title,
        // The network does not say when.
        at_ms: now_ms,
        event: InboundEvent::Pressed {
            message_id: message.message_id.to_string(),
            value: query.data.clone()?,
        },
    })
}

/// One event for each reaction that went or came. Telegram does not say in which topic.
fn reacted(id: i64, change: &ReactionChange) -> Vec<Inbound> {
    let (old, new) = (&change.old_reaction, &change.new_reaction);
    let gone = old.iter().filter(|r| !new.contains(r)).map(|r| (r, true));
    let come = new.iter().filter(|r| !old.contains(r)).map(|r| (r, false));
    let Some(Place { peer, title }) = place(&change.chat) else {
        return Vec::new();
    };
    let Some(sender) = sender(change.user.as_ref(), change.actor_chat.as_ref()) else {
        return Vec::new();
    };
    gone.chain(come)
        .filter_map(|(reaction, removed)| Some((written(reaction)?, removed)))
        .enumerate()
        .map(|(at, (emoji, removed))| Inbound {
            provider_id: match at {
                0 => id.to_string(),
                at => format!("{id}.{at}"),
            },
            peer: peer.clone(),
            thread: None,
            space: None,
            sender: sender.clone(),
            title: title.clone(),
            at_ms: ms(change.date),
            event: InboundEvent::Reacted {
                message_id: change.message_id.to_string(),
                emoji,
                removed,
            },
        })
        .collect()
}

fn written(reaction: &ReactionType) -> Option<String> {
    let custom = reaction.custom_emoji_id.as_ref();
    let custom = custom.map(|id| format!("custom:{id}"));
    reaction.emoji.clone().or(custom)
}

fn ms(seconds: i64) -> u64 {
    u64::try_from(seconds).unwrap_or(0).saturating_mul(1000)
}
