//! What people do to messages that stand.

use serde_json::json;

use super::talk::PeopleError;
use crate::discord::fake::DiscordFake;
use crate::discord::gateway::{Event, Intent};
use crate::discord::snowflake::Snowflake;
use crate::discord::view::{Edit, SeenMessage};
use crate::discord::world::{Emoji, Mentions, Whom, World, set};

impl DiscordFake {
    /// Changes the text of a message: MESSAGE_UPDATE with an edit time.
    ///
    /// # Errors
    /// There is no such message.
    pub fn edit(
        &self,
        channel: Snowflake,
        message: Snowflake,
        text: &str,
    ) -> Result<(), PeopleError> {
        self.shared.with(|world| {
            let now_ms = world.now_ms();
            let found = find(world, channel, message)?;
            let before = std::mem::replace(&mut found.content, text.to_owned());
            found.edits.push(Edit {
                at_ms: now_ms,
                before,
            });
            let mentions = Mentions::of(text, &Whom::all(), None);
            found.mentions = mentions.users;
            world.publish_message("MESSAGE_UPDATE", channel, message);
            Ok(())
        })
    }

    /// MESSAGE_UPDATE without an edit, as when the vendor has looked up a link in the text.
    ///
    /// # Errors
    /// There is no such message.
    pub fn unfurl(&self, channel: Snowflake, message: Snowflake) -> Result<(), PeopleError> {
        self.shared.with(|world| {
            find(world, channel, message)?;
            world.publish_message("MESSAGE_UPDATE", channel, message);
            Ok(())
        })
    }

    /// Deletes a message.
    ///
    /// # Errors
    /// There is no such message.
    pub fn delete(&self, channel: Snowflake, message: Snowflake) -> Result<(), PeopleError> {
        self.shared.with(|world| {
            find(world, channel, message)?;
            world.remove_message(channel, message);
            Ok(())
        })
    }

    /// Puts a reaction; a custom emoji as `name:id`.
    ///
    /// # Errors
    /// There is no such message or emoji.
    pub fn react(
        &self,
        channel: Snowflake,
        message: Snowflake,
        user: Snowflake,
        emoji: &str,
    ) -> Result<(), PeopleError> {
        self.shared.with(|world| {
            find(world, channel, message)?;
            let emoji = Emoji::read(world, emoji).ok_or(PeopleError::NoEmoji)?;
            world.put_reaction(channel, message, user, &emoji);
            Ok(())
        })
    }

    /// Takes a reaction back.
    ///
    /// # Errors
    /// There is no such message or emoji.
    pub fn unreact(
        &self,
        channel: Snowflake,
        message: Snowflake,
        user: Snowflake,
        emoji: &str,
    ) -> Result<(), PeopleError> {
        self.shared.with(|world| {
            find(world, channel, message)?;
            let emoji = Emoji::read(world, emoji).ok_or(PeopleError::NoEmoji)?;
            world.take_reaction(channel, message, user, &emoji);
            Ok(())
        })
    }

    /// A person types: TYPING_START.
    ///
    /// # Errors
    /// There is no such channel.
    pub fn type_as(&self, channel: Snowflake, user: Snowflake) -> Result<(), PeopleError> {
        self.shared.with(|world| {
            let place = world.channels.get(&channel).ok_or(PeopleError::NoChannel)?;
            let (dm, guild) = (place.is_dm(), place.guild);
            let mut data = json!({
                "channel_id": channel, "user_id": user, "timestamp": world.now_ms() / 1000,
            });
            if let Some(guild) = guild {
                set(&mut data, "guild_id", json!(guild));
                set(&mut data, "member", world.member_with_user_json(user));
            }
            world.publish(Event::new("TYPING_START", Intent::typing(dm), data));
            Ok(())
        })
    }
}

/// A message that stands.
pub(super) fn find(
    world: &mut World,
    channel: Snowflake,
    message: Snowflake,
) -> Result<&mut SeenMessage, PeopleError> {
    let channel = world
        .channels
        .get_mut(&channel)
        .ok_or(PeopleError::NoChannel)?;
    channel
        .messages
        .get_mut(&message)
        .ok_or(PeopleError::NoMessage)
}
