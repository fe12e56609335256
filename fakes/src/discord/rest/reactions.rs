//! Reactions of the bot and of people.

use serde_json::{Value, json};

use super::ask::{Answer, Reply};
use super::error::{ApiError, THREAD_ARCHIVED, TOO_MANY_REACTIONS, UNKNOWN_EMOJI};
use super::routes::Route;
use crate::discord::gateway::{Event, Intent};
use crate::discord::snowflake::Snowflake;
use crate::discord::view::SeenReaction;
use crate::discord::world::{Emoji, World, set};

/// Different emoji under one message (documented by error 30010).
const MOST_EMOJI: usize = 20;

impl World {
    fn emoji(&self, text: &str) -> Result<Emoji, ApiError> {
        Emoji::read(self, text).ok_or_else(|| UNKNOWN_EMOJI.into())
    }

    pub(super) fn react(&mut self, route: &Route<'_>) -> Answer {
        let (channel, message) = self.reach_message(route.id(0), route.id(1))?;
        let [_, _, emoji] = route.args;
        let emoji = self.emoji(emoji)?;
        if channel.archived {
            return Err(THREAD_ARCHIVED.into());
        }
        let new = message
            .reactions
            .iter()
            .all(|reaction| reaction.emoji != emoji.key());
        if new && message.reactions.len() >= MOST_EMOJI {
            return Err(TOO_MANY_REACTIONS.into());
        }
        let (channel, message) = (channel.id, message.id);
        self.put_reaction(channel, message, self.bot, &emoji);
        Ok(Reply::NoContent)
    }

    pub(super) fn unreact(&mut self, route: &Route<'_>) -> Answer {
        let (channel, message) = self.reach_message(route.id(0), route.id(1))?;
        let [_, _, emoji] = route.args;
        let emoji = self.emoji(emoji)?;
        let (channel, message) = (channel.id, message.id);
        self.take_reaction(channel, message, self.bot, &emoji);
        Ok(Reply::NoContent)
    }

    pub(super) fn list_reactions(&self, route: &Route<'_>) -> Answer {
        let (_, message) = self.reach_message(route.id(0), route.id(1))?;
        let [_, _, emoji] = route.args;
        let key = self.emoji(emoji)?.key();
        let found = message
            .reactions
            .iter()
            .find(|reaction| reaction.emoji == key);
        let users = found
            .map(|reaction| reaction.users.as_slice())
            .unwrap_or_default();
        let users: Vec<_> = users.iter().map(|id| self.user_json(*id)).collect();
        Ok(Reply::Json(json!(users)))
    }

    /// Puts a reaction and tells everyone; a second time changes nothing.
    pub(crate) fn put_reaction(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        user: Snowflake,
        emoji: &Emoji,
    ) {
        let key = emoji.key();
        let message = self
            .channels
            .get_mut(&channel)
            .and_then(|channel| channel.messages.get_mut(&id));
        let Some(message) = message else {
            return;
        };
        let author = message.author;
        match message
            .reactions
            .iter_mut()
            .find(|reaction| reaction.emoji == key)
        {
            Some(reaction) if reaction.users.contains(&user) => return,
            Some(reaction) => reaction.users.push(user),
            None => message.reactions.push(SeenReaction {
                emoji: key,
                users: vec![user],
            }),
        }
        let mut data = self.reaction_json(channel, id, user, emoji);
        set(&mut data, "message_author_id", json!(author));
        if self
            .channels
            .get(&channel)
            .is_some_and(|channel| !channel.is_dm())
        {
            set(&mut data, "member", self.member_with_user_json(user));
        }
        self.publish_reaction("MESSAGE_REACTION_ADD", channel, data);
    }

    /// Takes a reaction back and tells everyone, if it was there.
    pub(crate) fn take_reaction(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        user: Snowflake,
        emoji: &Emoji,
    ) {
        let key = emoji.key();
        let message = self
            .channels
            .get_mut(&channel)
            .and_then(|channel| channel.messages.get_mut(&id));
        let Some(message) = message else {
            return;
        };
        let Some(reaction) = message
            .reactions
            .iter_mut()
            .find(|reaction| reaction.emoji == key)
        else {
            return;
        };
        let before = reaction.users.len();
        reaction.users.retain(|other| *other != user);
        if reaction.users.len() == before {
            return;
        }
        message
            .reactions
            .retain(|reaction| !reaction.users.is_empty());
        let data = self.reaction_json(channel, id, user, emoji);
        self.publish_reaction("MESSAGE_REACTION_REMOVE", channel, data);
    }

    fn reaction_json(
        &self,
        channel: Snowflake,
        id: Snowflake,
        user: Snowflake,
        emoji: &Emoji,
    ) -> Value {
        let mut data = json!({
            "user_id": user, "channel_id": channel, "message_id": id,
            "emoji": emoji.json(), "burst": false, "type": 0,
        });
        if let Some(guild) = self
            .channels
            .get(&channel)
            .and_then(|channel| channel.guild)
        {
            set(&mut data, "guild_id", json!(guild));
        }
        data
    }

    fn publish_reaction(&mut self, name: &'static str, channel: Snowflake, data: Value) {
        let dm = self
            .channels
            .get(&channel)
            .is_some_and(crate::discord::world::Channel::is_dm);
        self.publish(Event::new(name, Intent::reactions(dm), data));
    }
}
