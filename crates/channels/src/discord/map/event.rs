//! One event.

use serde_json::Value;
use tidegate_core::channel::{Inbound, InboundEvent, InboundMessage, ReplyTo, Sender};

use super::marks::without_name;
use super::media::media;
use super::place::{peer, space};
use super::words::of_things;
use crate::discord::api::{
    Interaction, InteractionData, InteractionOption, Member, Message, ReactionChange, User,
};
use crate::discord::places::Place;
use crate::discord::snowflake::made_at_ms;

/// Characters of an answered message that are shown.
const REPLY_CHARS: usize = 500;
/// Types of messages that people write: plain, and an answer.
const WRITTEN: [u8; 2] = [0, 19];
/// Types of interactions: a command, a component.
const COMMAND: u8 = 2;
const COMPONENT: u8 = 3;
/// A command of the chat, and a button.
const CHAT_INPUT: u8 = 1;
const BUTTON: u8 = 2;
/// The reference hands a message on instead of answering it.
const HANDS_ON: u8 = 1;

/// What happened, as Discord tells it.
#[derive(Debug)]
pub(crate) enum Happening {
    /// MESSAGE_CREATE.
    Written(Box<Message>),
    /// MESSAGE_UPDATE.
    Changed(Box<Message>),
    /// MESSAGE_REACTION_ADD and MESSAGE_REACTION_REMOVE.
    Reacted {
        /// By whom, to what.
        change: Box<ReactionChange>,
        /// Taken back instead of given.
        removed: bool,
        /// The event's own name: Discord gives reactions none, but a resume repeats it.
        name: String,
    },
    /// INTERACTION_CREATE.
    Done(Box<Interaction>),
}

/// Where something happened, as far as the event tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Where<'a> {
    pub(crate) channel: &'a str,
    pub(crate) guild: Option<&'a str>,
    /// The type of the channel.
    pub(crate) kind: Option<u8>,
}

impl Happening {
    /// Where it happened; none if it is none of our business, so that nobody needs to ask.
    pub(crate) fn place(&self, me: &str) -> Option<Where<'_>> {
        match self {
            Self::Written(message) | Self::Changed(message) => {
                let author = message.author.as_ref()?;
                let written = message.kind.is_none_or(|kind| WRITTEN.contains(&kind));
                (written && author.id != me).then_some(Where {
                    channel: &message.channel_id,
                    guild: message.guild_id.as_deref(),
                    kind: message.channel_type,
                })
            }
            Self::Reacted { change, .. } => (change.user_id != me).then_some(Where {
                channel: &change.channel_id,
                guild: change.guild_id.as_deref(),
                kind: None,
            }),
            Self::Done(interaction) => Some(Where {
                channel: interaction.channel_id.as_deref()?,
                guild: interaction.guild_id.as_deref(),
                kind: interaction
                    .channel
                    .as_ref()
                    .and_then(|channel| channel.kind),
            }),
        }
    }
}

/// What it tells us; none, if it is of a kind that we do not know or there is nothing in it.
pub(crate) fn inbound(
    happening: &Happening,
    place: &Place,
    me: &str,
    now_ms: u64,
) -> Option<Inbound> {
    match happening {
        Happening::Written(message) => written(message, place, me, now_ms),
        Happening::Changed(message) => changed(message, place, me, now_ms),
        Happening::Reacted {
            change,
            removed,
            name,
        } => reacted(change, *removed, name, place, now_ms),
        Happening::Done(interaction) => done(interaction, place, now_ms),
    }
}

/// Everything but what happened.
fn told(
    provider_id: String,
    place: &Place,
    guild: Option<&str>,
    sender: Sender,
    at_ms: u64,
    event: InboundEvent,
) -> Inbound {
    let (peer, thread) = peer(place);
    Inbound {
        provider_id,
        peer,
        thread,
        space: space(place, guild),
        title: place.title.clone(),
        sender,
        at_ms,
        event,
    }
}

fn written(message: &Message, place: &Place, me: &str, now_ms: u64) -> Option<Inbound> {
    let event = InboundEvent::Message(read(message, me)?);
    Some(told(
        message.id.clone(),
        place,
        message.guild_id.as_deref(),
        author(message)?,
        made_at_ms(&message.id).unwrap_or(now_ms),
        event,
    ))
}

/// The message; none if there is nothing in it for us.
fn read(message: &Message, me: &str) -> Option<InboundMessage> {
    let mentioned = message.mentions.iter().any(|user| user.id == me);
    let mut lines = vec![without_name(&message.content, me)];
    lines.extend(of_things(message));
    lines.retain(|line| !line.is_empty());
    let (text, media) = (lines.join("\n"), media(message));
    if text.is_empty() && media.is_empty() && !mentioned {
        return None;
    }
    Some(InboundMessage {
        message_id: message.id.clone(),
        text,
        media,
        reply_to: reply(message, me),
        mentioned,
        album: None,
    })
}

fn reply(message: &Message, me: &str) -> Option<ReplyTo> {
    let reference = message.message_reference.as_ref()?;
    if reference.kind == HANDS_ON {
        return None;
    }
    let answered = message.referenced_message.as_deref();
    let author = answered.and_then(|answered| answered.author.as_ref());
    let words = answered.map(|answered| answered.content.as_str());
    Some(ReplyTo {
        message_id: reference.message_id.clone()?,
        ours: author.is_some_and(|author| author.id == me),
        text: words
            .filter(|words| !words.is_empty())
            .map(|words| words.chars().take(REPLY_CHARS).collect()),
    })
}

/// An update without a time of the change is a preview of a link, a pin, or a thread that began.
fn changed(message: &Message, place: &Place, me: &str, now_ms: u64) -> Option<Inbound> {
    let at = message.edited_timestamp.as_deref()?;
    let text = without_name(&message.content, me);
    let event = InboundEvent::Edited {
        message_id: message.id.clone(),
        text: Some(text).filter(|text| !text.is_empty())?,
        reply_to: reply(message, me),
    };
    Some(told(
        format!("{}.{at}", message.id),
        place,
        message.guild_id.as_deref(),
        author(message)?,
        now_ms,
        event,
    ))
}

fn reacted(
    change: &ReactionChange,
    removed: bool,
    name: &str,
    place: &Place,
    now_ms: u64,
) -> Option<Inbound> {
    let member = change.member.as_ref();
    let sender = match member.and_then(|member| member.user.as_ref()) {
        Some(user) if user.id == change.user_id => sender(user, member),
        _ => Sender {
            id: change.user_id.clone(),
            ..Sender::default()
        },
    };
    let event = InboundEvent::Reacted {
        message_id: change.message_id.clone(),
        emoji: change.emoji.written()?,
        removed,
    };
    let guild = change.guild_id.as_deref();
    let named = (!sender.id.is_empty()).then(|| name.to_owned())?;
    Some(told(named, place, guild, sender, now_ms, event))
}

fn done(interaction: &Interaction, place: &Place, now_ms: u64) -> Option<Inbound> {
    let by = interaction.by().filter(|user| !user.id.is_empty())?;
    let data = interaction.data.as_ref()?;
    let event = match interaction.kind {
        COMMAND => InboundEvent::Message(InboundMessage {
            message_id: interaction.id.clone(),
            text: typed(data)?,
            mentioned: true,
            ..InboundMessage::default()
        }),
        COMPONENT if data.component_type == Some(BUTTON) => InboundEvent::Pressed {
            message_id: interaction.message.as_ref()?.id.clone(),
            value: data.custom_id.clone()?,
        },
        _ => return None,
    };
    Some(told(
        interaction.id.clone(),
        place,
        interaction.guild_id.as_deref(),
        sender(by, interaction.member.as_ref()),
        made_at_ms(&interaction.id).unwrap_or(now_ms),
        event,
    ))
}

/// The command as if it had been written: `/model fast`.
fn typed(data: &InteractionData) -> Option<String> {
    if data.kind.is_some_and(|kind| kind != CHAT_INPUT) {
        return None;
    }
    let name = data.name.as_deref().filter(|name| !name.is_empty())?;
    let mut words = vec![format!("/{name}")];
    words.extend(data.options.iter().filter_map(value));
    Some(words.join(" "))
}

fn value(option: &InteractionOption) -> Option<String> {
    match &option.value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        _ => None,
    }
}

fn author(message: &Message) -> Option<Sender> {
    let author = message
        .author
        .as_ref()
        .filter(|author| !author.id.is_empty())?;
    let mut sender = sender(author, message.member.as_ref());
    sender.bot |= message.webhook_id.is_some();
    Some(sender)
}

fn sender(user: &User, member: Option<&Member>) -> Sender {
    let nick = member.and_then(|member| member.nick.clone());
    Sender {
        id: user.id.clone(),
        name: nick
            .or_else(|| user.global_name.clone())
            .or_else(|| user.username.clone()),
        handle: user.username.clone(),
        bot: user.bot,
    }
}
