//! Messages of people.

use std::fmt;

use bytes::Bytes;

use super::touch::find;
use crate::discord::fake::DiscordFake;
use crate::discord::rest::{Draft, NewFile, Sent};
use crate::discord::snowflake::Snowflake;
use crate::discord::view::ChannelKind;
use crate::discord::world::Whom;

/// Why people could not do that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleError {
    /// There is no such channel, or it takes no messages.
    NoChannel,
    /// There is no such message.
    NoMessage,
    /// The emoji does not exist.
    NoEmoji,
    /// No command of this name is registered there.
    NoCommand,
    /// The message has no such button, or it is disabled.
    NoButton,
}

impl fmt::Display for PeopleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoChannel => "there is no such channel, or it takes no messages",
            Self::NoMessage => "there is no such message",
            Self::NoEmoji => "the emoji does not exist",
            Self::NoCommand => "no command of this name is registered there",
            Self::NoButton => "the message has no such button, or it is disabled",
        })
    }
}

impl std::error::Error for PeopleError {}

/// A file that a person sends.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The name.
    pub name: String,
    /// The type; the vendor tells none if it knows none.
    pub content_type: Option<String>,
    /// The bytes.
    pub bytes: Bytes,
}

/// A message that a person sends.
#[derive(Debug, Clone, Default)]
pub struct Post {
    /// The text; mentions as `<@id>`.
    pub text: String,
    /// The message that it answers.
    pub reply_to: Option<Snowflake>,
    /// With a reply: do not notify the author of the answered message.
    pub without_ping: bool,
    /// Files.
    pub files: Vec<Upload>,
}

impl Post {
    /// Only text.
    pub fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::default()
        }
    }

    fn draft(self) -> Draft {
        let files = self
            .files
            .into_iter()
            .enumerate()
            .map(|(index, file)| NewFile {
                upload: Sent {
                    key: index.to_string(),
                    name: file.name,
                    content_type: file.content_type,
                    bytes: file.bytes,
                },
                description: None,
            });
        Draft {
            content: self.text,
            files: files.collect(),
            whom: Whom {
                replied_user: !self.without_ping,
                ..Whom::all()
            },
            reply_to: self.reply_to,
            ..Draft::empty()
        }
    }
}

impl DiscordFake {
    /// Posts in a channel, thread or direct-message channel.
    ///
    /// # Errors
    /// There is no such channel, or it is a forum.
    pub fn post(
        &self,
        channel: Snowflake,
        user: Snowflake,
        post: Post,
    ) -> Result<Snowflake, PeopleError> {
        self.shared.with(|world| {
            let place = world.channels.get(&channel).ok_or(PeopleError::NoChannel)?;
            if place.kind == ChannelKind::Forum {
                return Err(PeopleError::NoChannel);
            }
            world.wake_thread(channel);
            Ok(world.place(channel, user, post.draft(), 0))
        })
    }

    /// Text in a channel or thread.
    ///
    /// # Errors
    /// There is no such channel, or it is a forum.
    pub fn say(
        &self,
        channel: Snowflake,
        user: Snowflake,
        text: &str,
    ) -> Result<Snowflake, PeopleError> {
        self.post(channel, user, Post::text(text))
    }

    /// Text that mentions the bot.
    ///
    /// # Errors
    /// There is no such channel, or it is a forum.
    pub fn mention(
        &self,
        channel: Snowflake,
        user: Snowflake,
        text: &str,
    ) -> Result<Snowflake, PeopleError> {
        self.say(channel, user, &format!("<@{}> {text}", self.bot()))
    }

    /// Text that answers a message and notifies its author.
    ///
    /// # Errors
    /// There is no such channel, or it is a forum.
    pub fn reply(
        &self,
        channel: Snowflake,
        user: Snowflake,
        to: Snowflake,
        text: &str,
    ) -> Result<Snowflake, PeopleError> {
        let post = Post {
            reply_to: Some(to),
            ..Post::text(text)
        };
        self.post(channel, user, post)
    }

    /// The channel between the bot and a user; opened if need be.
    pub fn dm_channel(&self, user: Snowflake) -> Snowflake {
        self.shared.with(|world| world.dm_with(user))
    }

    /// A direct message to the bot.
    ///
    /// # Errors
    /// Never for a user of this fake.
    pub fn dm(&self, user: Snowflake, text: &str) -> Result<Snowflake, PeopleError> {
        self.say(self.dm_channel(user), user, text)
    }

    /// A thread from a message of a text channel; it has the message's id.
    ///
    /// # Errors
    /// There is no such message.
    pub fn start_thread(
        &self,
        channel: Snowflake,
        message: Snowflake,
        user: Snowflake,
        name: &str,
    ) -> Result<Snowflake, PeopleError> {
        self.shared.with(|world| {
            find(world, channel, message)?;
            world.start_thread(channel, message, name, user);
            Ok(message)
        })
    }

    /// A post in a forum: a thread and its first message, both with the id that comes back.
    ///
    /// # Errors
    /// There is no such forum.
    pub fn forum_post(
        &self,
        forum: Snowflake,
        user: Snowflake,
        title: &str,
        tags: &[Snowflake],
        text: &str,
    ) -> Result<Snowflake, PeopleError> {
        self.shared.with(|world| {
            let place = world
                .channels
                .get(&forum)
                .filter(|place| place.kind == ChannelKind::Forum);
            place.ok_or(PeopleError::NoChannel)?;
            let draft = Post::text(text).draft();
            Ok(world.post_in_forum(forum, title, user, tags.to_vec(), draft))
        })
    }
}
