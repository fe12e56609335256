//! Reactions: one of a fixed set of emoji, and one only for a bot.

use serde_json::Value;

use super::super::answer::{Answer, Refusal};
use super::super::message::Content;
use super::super::params::Params;
use super::super::world::World;
use super::dispatch::done;
use super::edit::{find, message_id};
use super::text::json;

/// The emoji of the vendor's page, without variation selectors, exactly as it lists them.
pub(in crate::telegram) const EMOJI: &[&str] = &[
    "👍",
    "👎",
    "❤",
    "🔥",
    "🥰",
    "👏",
    "😁",
    "🤔",
    "🤯",
    "😱",
    "🤬",
    "😢",
    "🎉",
    "🤩",
    "🤮",
    "💩",
    "🙏",
    "👌",
    "🕊",
    "🤡",
    "🥱",
    "🥴",
    "😍",
    "🐳",
    "❤\u{200d}🔥",
    "🌚",
    "🌭",
    "💯",
    "🤣",
    "⚡",
    "🍌",
    "🏆",
    "💔",
    "🤨",
    "😐",
    "🍓",
    "🍾",
    "💋",
    "🖕",
    "😈",
    "😴",
    "😭",
    "🤓",
    "👻",
    "👨\u{200d}💻",
    "👀",
    "🎃",
    "🙈",
    "😇",
    "😨",
    "🤝",
    "✍",
    "🤗",
    "🫡",
    "🎅",
    "🎄",
    "☃",
    "💅",
    "🤪",
    "🗿",
    "🆒",
    "💘",
    "🙉",
    "🦄",
    "😘",
    "💊",
    "🙊",
    "😎",
    "👾",
    "🤷\u{200d}♂",
    "🤷",
    "🤷\u{200d}♀",
    "😡",
];

pub(super) fn set(world: &mut World, params: &Params) -> Answer {
    let emoji = wanted(params)?;
    let chat = world.target(params)?;
    let id = message_id(params, "react")?;
    let bot = world.bot.id;
    let message = find(world, chat, id, "react")?;
    if matches!(message.content, Content::Service { .. }) {
        return Err(Refusal::bad("REACTION_INVALID"));
    }
    message.reactions.retain(|(who, _)| *who != bot);
    message.reactions.extend(emoji.map(|emoji| (bot, emoji)));
    done()
}

/// The one reaction, or none, which takes the old one away.
fn wanted(params: &Params) -> Result<Option<String>, Refusal> {
    let reactions = match json(params, "reaction")? {
        None => return Ok(None),
        Some(Value::Array(reactions)) => reactions,
        Some(_) => return Err(Refusal::bad("expected an Array of ReactionType")),
    };
    if reactions.len() > 1 {
        return Err(Refusal::bad("REACTIONS_TOO_MANY"));
    }
    let Some(reaction) = reactions.first() else {
        return Ok(None);
    };
    let text = |name: &str| reaction.get(name).and_then(Value::as_str);
    match (text("type"), text("emoji")) {
        (Some("emoji"), Some(emoji)) if EMOJI.contains(&emoji) => Ok(Some(emoji.to_owned())),
        (Some("emoji" | "custom_emoji" | "paid"), _) => Err(Refusal::bad("REACTION_INVALID")),
        _ => Err(Refusal::bad("can't parse reaction type")),
    }
}
