//! Guilds, channels, people and their settings.

use serde_json::json;

use crate::discord::fake::DiscordFake;
use crate::discord::gateway::{Event, Intent};
use crate::discord::snowflake::Snowflake;
use crate::discord::view::ChannelKind;
use crate::discord::world::{Channel, Guild, Tag, World};

impl DiscordFake {
    /// Somebody with an account and a member of every guild.
    pub fn add_user(&self, name: &str) -> Snowflake {
        self.shared.with(|world| {
            let id = world.add_user(name, false);
            for guild in world.guilds.values_mut() {
                guild.members.insert(id);
            }
            id
        })
    }

    /// A guild with the bot and everybody else in it.
    pub fn add_guild(&self, name: &str) -> Snowflake {
        self.shared.with(|world| {
            let id = world.make_id();
            let guild = Guild {
                id,
                name: name.to_owned(),
                members: world.users.keys().copied().collect(),
                emoji: std::collections::BTreeMap::new(),
            };
            let data = world.guild_json(&guild);
            world.guilds.insert(id, guild);
            world.publish(Event::new("GUILD_CREATE", Intent::GUILDS, data));
            id
        })
    }

    /// A text channel.
    pub fn add_text_channel(&self, guild: Snowflake, name: &str) -> Snowflake {
        self.shared
            .with(|world| add_channel(world, guild, name, ChannelKind::Text, &[], false))
    }

    /// A forum with tags; `tag_required` if a post must carry one.
    pub fn add_forum(
        &self,
        guild: Snowflake,
        name: &str,
        tags: &[&str],
        tag_required: bool,
    ) -> Snowflake {
        self.shared
            .with(|world| add_channel(world, guild, name, ChannelKind::Forum, tags, tag_required))
    }

    /// The tags of a forum, in order.
    pub fn tags(&self, forum: Snowflake) -> Vec<Snowflake> {
        self.shared.peek(|world| {
            let forum = world.channels.get(&forum);
            forum
                .map(|forum| forum.tags.iter().map(|tag| tag.id).collect())
                .unwrap_or_default()
        })
    }

    /// A custom emoji of a guild.
    pub fn add_emoji(&self, guild: Snowflake, name: &str) -> Snowflake {
        self.shared.with(|world| {
            let id = world.make_id();
            if let Some(guild) = world.guilds.get_mut(&guild) {
                guild.emoji.insert(id, name.to_owned());
            }
            id
        })
    }

    /// The bot may look into the channel or may not ("Missing Access").
    pub fn set_visible(&self, channel: Snowflake, visible: bool) {
        self.change(channel, |channel| channel.visible = visible);
    }

    /// The bot may write in the channel or may not ("Missing Permissions").
    pub fn set_writable(&self, channel: Snowflake, writable: bool) {
        self.change(channel, |channel| channel.writable = writable);
    }

    /// A thread is put away, or opened again.
    pub fn set_archived(&self, thread: Snowflake, archived: bool, locked: bool) {
        self.change(thread, |thread| {
            thread.archived = archived;
            thread.locked = locked;
        });
        self.shared
            .with(|world| world.publish_channel("THREAD_UPDATE", thread));
    }

    /// A user takes no more direct messages from the bot ("Cannot send messages to this user").
    pub fn close_dms(&self, user: Snowflake) {
        self.shared.with(|world| {
            if let Some(user) = world.users.get_mut(&user) {
                user.closed = true;
            }
        });
    }

    /// A channel with everything in it is gone.
    pub fn delete_channel(&self, channel: Snowflake) {
        self.shared.with(|world| {
            let Some(gone) = world.channels.remove(&channel) else {
                return;
            };
            let data = json!({ "id": gone.id, "type": gone.type_number(), "guild_id": gone.guild });
            let name = if gone.is_thread() {
                "THREAD_DELETE"
            } else {
                "CHANNEL_DELETE"
            };
            world.publish(Event::new(name, Intent::GUILDS, data));
        });
    }

    fn change(&self, channel: Snowflake, change: impl FnOnce(&mut Channel)) {
        self.shared
            .with(|world| world.channels.get_mut(&channel).map(change));
    }
}

fn add_channel(
    world: &mut World,
    guild: Snowflake,
    name: &str,
    kind: ChannelKind,
    tags: &[&str],
    tag_required: bool,
) -> Snowflake {
    let id = world.make_id();
    let mut channel = Channel::new(id, kind, name, Some(guild));
    channel.tag_required = tag_required;
    channel.tags = tags
        .iter()
        .map(|name| Tag {
            id: world.make_id(),
            name: (*name).to_owned(),
        })
        .collect();
    world.channels.insert(id, channel);
    world.publish_channel("CHANNEL_CREATE", id);
    id
}
