//! What a chat is, who is in it, and its topics.

use serde_json::json;

use super::super::answer::{Answer, Granted, Refusal, put};
use super::super::chat::ChatKind;
use super::super::message::Content;
use super::super::params::Params;
use super::super::world::{Draft, World};
use super::send::no_text;

/// The colour that the vendor gives a topic by default.
const ICON_COLOR: u32 = 0x006f_b9f0;

pub(super) fn chat(world: &World, params: &Params) -> Answer {
    let chat = world.chat_of(params)?;
    if let Some(why) = chat.barred.filter(|_| chat.id < 0) {
        return Err(Refusal::forbidden(why));
    }
    let mut full = chat.json();
    put(&mut full, "accent_color_id", json!(0));
    put(&mut full, "max_reaction_count", json!(11));
    Ok(Granted::from(full))
}

pub(super) fn member(world: &World, params: &Params) -> Answer {
    let id = world.target(params)?;
    let user = params
        .number("user_id")
        .ok_or_else(|| Refusal::bad("invalid user_id specified"))?;
    let chat = world.chat_of(params)?;
    if user == world.bot.id {
        let status = chat.bot_status;
        return Ok(Granted::from(
            json!({ "status": status, "user": world.bot.json() }),
        ));
    }
    let member = world
        .members
        .get(&(id, user))
        .ok_or_else(|| Refusal::bad("member not found"))?;
    Ok(Granted::from(
        json!({ "status": "member", "user": member.json() }),
    ))
}

pub(super) fn create_topic(world: &mut World, params: &Params) -> Answer {
    let id = world.target(params)?;
    let name = params.text("name").unwrap_or_default().to_owned();
    if name.is_empty() || name.chars().count() > 128 {
        return Err(Refusal::bad("TOPIC_NAME_INVALID"));
    }
    let chat = world.chat_mut(id)?;
    if chat.kind() != ChatKind::Supergroup || !chat.is_forum {
        return Err(Refusal::bad("the chat is not a forum"));
    }
    if chat.bot_status != "administrator" {
        return Err(Refusal::bad("not enough rights to create a topic"));
    }
    let topic = open_topic(world, id, &name);
    Ok(Granted::from(json!({
        "message_thread_id": topic,
        "name": name,
        "icon_color": ICON_COLOR,
    })))
}

/// A topic has the number of the service message that opens it.
pub(in crate::telegram) fn open_topic(world: &mut World, chat: i64, name: &str) -> i64 {
    let content = Content::Service {
        kind: "forum_topic_created",
        body: json!({ "name": name, "icon_color": ICON_COLOR }),
    };
    let topic = world.post(chat, world.bot.clone(), Draft::new(no_text(), content));
    let chat = world.open(chat, name);
    chat.topics.insert(topic, name.to_owned());
    if let Some(message) = chat.messages.get_mut(&topic) {
        message.thread = Some(topic);
    }
    topic
}
