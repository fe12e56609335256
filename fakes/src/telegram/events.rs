//! What people do, told to the bot as updates. Each function is one deed under the world's lock.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::answer::put;
use super::chat::{Chat, ChatKind};
use super::incoming::{Arrived, Incoming};
use super::markup::{Parsed, find};
use super::message::Content;
use super::methods::{EMOJI, data_of, replace_text};
use super::user::User;
use super::world::{Draft, Query, World};

/// What the bot is in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Membership {
    /// An ordinary member (in a private chat: not blocked).
    Member,
    /// With the rights to delete messages and to open topics.
    Administrator,
    /// Thrown out (in a private chat: blocked).
    Kicked,
}

impl Membership {
    fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Administrator => "administrator",
            Self::Kicked => "kicked",
        }
    }
}

/// Opens the chat of a person who writes, and remembers that the person is in it.
fn enter(world: &mut World, chat: i64, user: &User) {
    let is_private = ChatKind::of(chat) == ChatKind::Private;
    let title = if is_private {
        &user.first_name
    } else {
        "A group"
    };
    let opened = world.open(chat, title);
    if is_private {
        opened.username.clone_from(&user.username);
    }
    world.members.insert((chat, user.id), user.clone());
}

pub(super) fn send(
    world: &mut World,
    chat: i64,
    user: &User,
    incoming: &Incoming,
    album: Option<&str>,
) -> Arrived {
    enter(world, chat, user);
    let (text, entities) = incoming.words();
    let content = incoming.content(world);
    let mut draft = Draft::new(Parsed { text, entities }, content);
    draft.reply_to = incoming.reply_to;
    draft.thread = incoming.thread;
    draft.album = album.map(str::to_owned);
    let message_id = world.post(chat, user.clone(), draft);
    Arrived {
        message_id,
        update_id: tell_message(world, "message", chat, message_id),
    }
}

fn tell_message(world: &mut World, kind: &'static str, chat: i64, id: i64) -> Option<i64> {
    let message = world.chats.get(&chat)?.messages.get(&id)?;
    if !world.is_told_of(message) {
        return None;
    }
    let body = world.message_json(chat, id)?;
    world.tell(kind, body)
}

pub(super) fn edit(world: &mut World, chat: i64, id: i64, text: &str) -> Option<Arrived> {
    let at_ms = world.clock.now_ms();
    let message = world.chats.get_mut(&chat)?.messages.get_mut(&id)?;
    let parsed = Parsed {
        text: text.to_owned(),
        entities: find(text),
    };
    replace_text(message, parsed, at_ms);
    Some(Arrived {
        message_id: id,
        update_id: tell_message(world, "edited_message", chat, id),
    })
}

pub(super) fn react(
    world: &mut World,
    chat: i64,
    id: i64,
    user: &User,
    emoji: &[&str],
) -> Option<Arrived> {
    let date = world.clock.now_s();
    let message = world.chats.get_mut(&chat)?.messages.get_mut(&id)?;
    let of_user = |reactions: &[(i64, String)]| -> Vec<Value> {
        reactions
            .iter()
            .filter(|(who, _)| *who == user.id)
            .map(|(_, emoji)| json!({ "type": "emoji", "emoji": emoji }))
            .collect()
    };
    let old = of_user(&message.reactions);
    message.reactions.retain(|(who, _)| *who != user.id);
    let known = emoji.iter().filter(|emoji| EMOJI.contains(emoji));
    message
        .reactions
        .extend(known.map(|emoji| (user.id, (*emoji).to_owned())));
    let new = of_user(&message.reactions);
    let body = json!({
        "chat": world.chats.get(&chat)?.json(),
        "message_id": id,
        "user": user.json(),
        "date": date,
        "old_reaction": old,
        "new_reaction": new,
    });
    Some(Arrived {
        message_id: id,
        update_id: world.tell("message_reaction", body),
    })
}

/// A button can be pressed only if it is there.
pub(super) fn press(
    world: &mut World,
    chat: i64,
    id: i64,
    user: &User,
    data: &str,
) -> Option<String> {
    let message = world.chats.get(&chat)?.messages.get(&id)?;
    if !data_of(message.buttons.as_ref()?).contains(&data) {
        return None;
    }
    let query_id = format!("42{:016}", world.number());
    let body = json!({
        "id": query_id,
        "from": user.json(),
        "message": world.message_json(chat, id)?,
        "chat_instance": format!("{}", chat.unsigned_abs()),
        "data": data,
    });
    world.tell("callback_query", body);
    let query = Query {
        asked: Instant::now(),
        answer: None,
    };
    world.queries.insert(query_id.clone(), query);
    Some(query_id)
}

/// A vote: the options by their place. Told only where the poll is not anonymous.
pub(super) fn vote(
    world: &mut World,
    chat: i64,
    id: i64,
    user: &User,
    options: &[usize],
) -> Option<Arrived> {
    let message = world.chats.get_mut(&chat)?.messages.get_mut(&id)?;
    let Content::Media { kind: "poll", body } = &mut message.content else {
        return None;
    };
    let total = body.get("total_voter_count").and_then(Value::as_u64);
    put(body, "total_voter_count", json!(total.unwrap_or(0) + 1));
    for option in options {
        let option = body.get_mut("options")?.get_mut(*option)?;
        let count = option.get("voter_count").and_then(Value::as_u64);
        put(option, "voter_count", json!(count.unwrap_or(0) + 1));
    }
    let poll = body.clone();
    let mut update_id = world.tell("poll", poll.clone());
    if poll.get("is_anonymous") == Some(&json!(false)) {
        let answer = json!({
            "poll_id": poll.get("id"),
            "user": user.json(),
            "option_ids": options,
        });
        update_id = world.tell("poll_answer", answer);
    }
    Some(Arrived {
        message_id: id,
        update_id,
    })
}

/// Changes what the bot is in a chat, and tells it.
pub(super) fn membership(world: &mut World, chat: i64, by: &User, new: Membership) -> Option<i64> {
    enter(world, chat, by);
    let date = world.clock.now_s();
    let bot = world.bot.json();
    let chat = world.chats.get_mut(&chat)?;
    let old = std::mem::replace(&mut chat.bot_status, new.word());
    chat.barred = (new == Membership::Kicked).then(|| match chat.kind() {
        ChatKind::Private => "bot was blocked by the user",
        ChatKind::Group => "bot was kicked from the group chat",
        ChatKind::Supergroup => "bot was kicked from the supergroup chat",
    });
    let body = json!({
        "chat": chat.json(),
        "from": by.json(),
        "date": date,
        "old_chat_member": { "user": bot, "status": old },
        "new_chat_member": { "user": bot, "status": new.word() },
    });
    world.tell("my_chat_member", body)
}

/// A group becomes a supergroup: a new chat, a service message in each, and the old one is closed.
pub(super) fn migrate(world: &mut World, from: i64, by: &User) -> Option<i64> {
    let title = world.chats.get(&from)?.title.clone();
    let to = from - 1_000_000_000_000;
    let mut new = Chat::new(to, &title);
    new.bot_status = world.chats.get(&from)?.bot_status;
    world.chats.insert(to, new);
    for (chat, kind, other) in [
        (from, "migrate_to_chat_id", to),
        (to, "migrate_from_chat_id", from),
    ] {
        let content = Content::Service {
            kind,
            body: json!(other),
        };
        let nothing = Parsed {
            text: String::new(),
            entities: Vec::new(),
        };
        let id = world.post(chat, by.clone(), Draft::new(nothing, content));
        tell_message(world, "message", chat, id);
    }
    world.chats.get_mut(&from)?.migrated_to = Some(to);
    Some(to)
}
