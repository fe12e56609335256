//! Changing and removing messages.

use serde_json::Value;

use super::super::answer::{Answer, Refusal};
use super::super::chat::ChatKind;
use super::super::markup::Parsed;
use super::super::message::{Content, Former, Message};
use super::super::params::Params;
use super::super::world::World;
use super::buttons::of_edit;
use super::dispatch::done;
use super::text::{caption as read_caption, edited_text, json};

/// A bot may delete a message this long, by the vendor's page: 48 hours.
const DELETABLE_MS: i64 = 48 * 60 * 60 * 1000;

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply \
                            markup are exactly the same as a current content and reply markup of \
                            the message";

pub(super) fn text(world: &mut World, params: &Params) -> Answer {
    let parsed = edited_text(world, params)?;
    change(world, params, Some(parsed), |message| {
        if message.content == Content::Text {
            Ok(())
        } else {
            Err(Refusal::bad("there is no text in the message to edit"))
        }
    })
}

pub(super) fn caption(world: &mut World, params: &Params) -> Answer {
    let parsed = read_caption(world, params)?;
    change(world, params, Some(parsed), |message| {
        if message.has_caption() {
            Ok(())
        } else {
            Err(Refusal::bad("there is no caption in the message to edit"))
        }
    })
}

pub(super) fn buttons(world: &mut World, params: &Params) -> Answer {
    change(world, params, None, |_| Ok(()))
}

/// Changes text (if there is a new one) and buttons: an edit without buttons takes them away.
fn change(
    world: &mut World,
    params: &Params,
    parsed: Option<Parsed>,
    check: impl FnOnce(&Message) -> Result<(), Refusal>,
) -> Answer {
    let keyboard = of_edit(params)?;
    let chat = world.target(params)?;
    let id = message_id(params, "edit")?;
    let bot = world.bot.id;
    let message = find(world, chat, id, "edit")?;
    if message.from.id != bot {
        return Err(Refusal::bad("message can't be edited"));
    }
    check(message)?;
    let same_text = parsed
        .as_ref()
        .is_none_or(|parsed| parsed.text == message.text && parsed.entities == message.entities);
    if same_text && keyboard == message.buttons {
        return Err(Refusal::bad(NOT_MODIFIED));
    }
    world.count(chat, 1)?;
    let at_ms = world.clock.now_ms();
    let message = find(world, chat, id, "edit")?;
    if let Some(parsed) = parsed {
        replace_text(message, parsed, at_ms);
    }
    message.buttons = keyboard;
    world.grant_message(chat, id)
}

/// A new text; the old one is remembered.
pub(in crate::telegram) fn replace_text(message: &mut Message, parsed: Parsed, at_ms: i64) {
    let text = std::mem::replace(&mut message.text, parsed.text);
    message.former.push(Former {
        text,
        until_ms: at_ms,
    });
    message.entities = parsed.entities;
    message.edited_ms = Some(at_ms);
}

pub(super) fn delete(world: &mut World, params: &Params) -> Answer {
    let chat = world.target(params)?;
    let id = message_id(params, "delete")?;
    delete_one(world, chat, id)?;
    done()
}

/// Those that are not there are passed over, as on the real server.
pub(super) fn delete_several(world: &mut World, params: &Params) -> Answer {
    let chat = world.target(params)?;
    let ids = json(params, "message_ids")?;
    let ids = ids
        .as_ref()
        .and_then(Value::as_array)
        .ok_or_else(|| Refusal::bad("message identifiers are not specified"))?;
    if ids.len() > 100 {
        return Err(Refusal::bad("too many message identifiers specified"));
    }
    for id in ids.iter().filter_map(Value::as_i64) {
        if world.chat_mut(chat)?.messages.contains_key(&id) {
            delete_one(world, chat, id)?;
        }
    }
    done()
}

fn delete_one(world: &mut World, chat: i64, id: i64) -> Result<(), Refusal> {
    let (now_ms, bot) = (world.clock.now_ms(), world.bot.id);
    let rules = world.chat_mut(chat)?.bot_status == "administrator";
    let message = find(world, chat, id, "delete")?;
    let is_private = ChatKind::of(chat) == ChatKind::Private;
    if message.from.id != bot && !is_private && !rules {
        return Err(Refusal::bad("message can't be deleted"));
    }
    if now_ms - message.at_ms > DELETABLE_MS && !rules {
        return Err(Refusal::bad("message can't be deleted for everyone"));
    }
    world.chat_mut(chat)?.messages.remove(&id);
    Ok(())
}

/// The number of the message that something shall be done to.
pub(super) fn message_id(params: &Params, what: &str) -> Result<i64, Refusal> {
    params
        .number("message_id")
        .filter(|id| *id > 0)
        .ok_or_else(|| Refusal::bad(format!("message to {what} not found")))
}

/// That message.
pub(super) fn find<'a>(
    world: &'a mut World,
    chat: i64,
    id: i64,
    what: &str,
) -> Result<&'a mut Message, Refusal> {
    let messages = &mut world.chat_mut(chat)?.messages;
    messages
        .get_mut(&id)
        .ok_or_else(|| Refusal::bad(format!("message to {what} not found")))
}
