//! The vendor's JSON of what the world holds.

use serde_json::{Value, json};

use super::emoji::Emoji;
use super::place::{Channel, Guild, User};
use super::state::World;
use crate::discord::moment::iso;
use crate::discord::snowflake::Snowflake;
use crate::discord::view::{ChannelKind, SeenFile, SeenMessage};

/// All permissions: the bot's standing is told by `visible` and `writable`, not by bits.
const ALL_PERMISSIONS: &str = "9007199254740991";

impl World {
    pub(crate) fn user_json(&self, id: Snowflake) -> Value {
        self.users.get(&id).map_or(Value::Null, user)
    }

    /// A member without its user, as it stands in messages.
    pub(crate) fn member_json(id: Snowflake) -> Value {
        json!({
            "roles": [], "nick": null, "avatar": null, "banner": null,
            "joined_at": iso(id.made_at_ms()), "premium_since": null,
            "deaf": false, "mute": false, "flags": 0, "pending": false,
            "communication_disabled_until": null,
        })
    }

    pub(crate) fn member_with_user_json(&self, id: Snowflake) -> Value {
        let mut member = Self::member_json(id);
        set(&mut member, "user", self.user_json(id));
        member
    }

    pub(crate) fn channel_json(&self, channel: &Channel) -> Value {
        let last = channel.messages.keys().next_back();
        let mut json = json!({
            "id": channel.id, "type": channel.type_number(), "last_message_id": last, "flags": 0,
        });
        match channel.kind {
            ChannelKind::Dm { peer } => {
                set(&mut json, "recipients", json!([self.user_json(peer)]));
            }
            ChannelKind::Text | ChannelKind::Forum => self.add_guild_channel(&mut json, channel),
            ChannelKind::Thread { parent } => add_thread(&mut json, channel, parent),
        }
        json
    }

    fn add_guild_channel(&self, json: &mut Value, channel: &Channel) {
        let position = self.channels.range(..channel.id).count();
        for (key, value) in [
            ("guild_id", json!(channel.guild)),
            ("name", json!(channel.name)),
            ("position", json!(position)),
            ("permission_overwrites", json!([])),
            ("nsfw", json!(false)),
            ("topic", Value::Null),
            ("parent_id", Value::Null),
            ("rate_limit_per_user", json!(0)),
        ] {
            set(json, key, value);
        }
        if channel.kind == ChannelKind::Forum {
            let tags: Vec<_> = channel.tags.iter().map(|tag| {
                json!({ "id": tag.id, "name": tag.name, "moderated": false, "emoji_id": null, "emoji_name": null })
            }).collect();
            set(json, "available_tags", json!(tags));
            set(json, "default_reaction_emoji", Value::Null);
            set(
                json,
                "flags",
                json!(if channel.tag_required { 1 << 4 } else { 0 }),
            );
        }
    }

    /// All of a guild, as GUILD_CREATE tells it.
    pub(crate) fn guild_json(&self, guild: &Guild) -> Value {
        let of_guild = |threads: bool| -> Vec<Value> {
            let here = |channel: &&Channel| {
                channel.guild == Some(guild.id) && channel.visible && channel.is_thread() == threads
            };
            let channels = self.channels.values().filter(here);
            channels.map(|channel| self.channel_json(channel)).collect()
        };
        let members: Vec<_> = guild
            .members
            .iter()
            .map(|id| self.member_with_user_json(*id))
            .collect();
        let mut json = self.guild_summary(guild);
        for (key, value) in [
            ("joined_at", json!(iso(guild.id.made_at_ms()))),
            ("large", json!(false)),
            ("unavailable", json!(false)),
            ("member_count", json!(guild.members.len())),
            ("voice_states", json!([])),
            ("members", json!(members)),
            ("channels", json!(of_guild(false))),
            ("threads", json!(of_guild(true))),
            ("presences", json!([])),
            ("stage_instances", json!([])),
            ("guild_scheduled_events", json!([])),
            ("soundboard_sounds", json!([])),
        ] {
            set(&mut json, key, value);
        }
        json
    }

    /// A guild without what happens in it, as REST tells it.
    pub(crate) fn guild_summary(&self, guild: &Guild) -> Value {
        let owner = guild
            .members
            .iter()
            .find(|id| **id != self.bot)
            .unwrap_or(&self.bot);
        let emoji: Vec<_> = guild.emoji.iter().map(|(id, name)| {
            json!({ "id": id, "name": name, "roles": [], "require_colons": true, "managed": false, "animated": false, "available": true })
        }).collect();
        json!({
            "id": guild.id, "name": guild.name, "icon": null, "splash": null, "banner": null,
            "discovery_splash": null, "description": null, "owner_id": owner, "afk_channel_id": null,
            "afk_timeout": 300, "verification_level": 0, "default_message_notifications": 0,
            "explicit_content_filter": 0, "emojis": emoji, "stickers": [], "features": [],
            "mfa_level": 0, "application_id": null, "system_channel_id": null,
            "system_channel_flags": 0, "rules_channel_id": null, "vanity_url_code": null,
            "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": "en-US",
            "public_updates_channel_id": null, "nsfw_level": 0,
            "premium_progress_bar_enabled": false, "safety_alerts_channel_id": null,
            "roles": [{
                "id": guild.id, "name": "@everyone", "color": 0, "hoist": false, "icon": null,
                "position": 0, "permissions": ALL_PERMISSIONS, "managed": false,
                "mentionable": false, "flags": 0,
            }],
        })
    }

    /// A message as REST tells it; the nonce is not kept, so it is not there.
    pub(crate) fn message_json(&self, channel: &Channel, message: &SeenMessage) -> Value {
        let mut json = self.bare_message(channel, message);
        if let Some(answered) = message.reply_to {
            let reference = json!({
                "type": 0, "message_id": answered, "channel_id": channel.id, "guild_id": channel.guild,
            });
            set(&mut json, "message_reference", reference);
            let target = channel.messages.get(&answered);
            let target = target.map_or(Value::Null, |target| self.bare_message(channel, target));
            set(&mut json, "referenced_message", target);
        }
        if let Some(thread) = message.thread.and_then(|id| self.channels.get(&id)) {
            set(&mut json, "thread", self.channel_json(thread));
        }
        if let Some(interaction) = self.answers.get(&message.id) {
            set(
                &mut json,
                "interaction_metadata",
                self.interaction_metadata(*interaction),
            );
            set(&mut json, "application_id", json!(self.bot));
            set(&mut json, "webhook_id", json!(self.bot));
        }
        json
    }

    fn bare_message(&self, channel: &Channel, message: &SeenMessage) -> Value {
        let mentions: Vec<_> = message
            .mentions
            .iter()
            .map(|id| self.user_json(*id))
            .collect();
        let files: Vec<_> = message
            .files
            .iter()
            .map(|file| self.file_json(channel.id, file))
            .collect();
        let edited = message.edits.last().map(|edit| iso(edit.at_ms));
        let mut json = json!({
            "id": message.id, "type": message.kind, "channel_id": channel.id,
            "author": self.user_json(message.author), "content": message.content,
            "timestamp": iso(message.at_ms), "edited_timestamp": edited, "tts": false,
            "mention_everyone": message.mention_everyone, "mentions": mentions,
            "mention_roles": [], "attachments": files, "embeds": [],
            "components": message.components, "pinned": false, "flags": message.flags,
        });
        if message.poll.is_object() {
            set(&mut json, "poll", message.poll.clone());
        }
        if !message.reactions.is_empty() {
            let reactions: Vec<_> = message
                .reactions
                .iter()
                .map(|reaction| {
                    json!({
                        "emoji": Emoji::json_of_key(&reaction.emoji),
                        "count": reaction.users.len(), "me": reaction.users.contains(&self.bot),
                        "count_details": { "normal": reaction.users.len(), "burst": 0 },
                        "burst_colors": [], "me_burst": false,
                    })
                })
                .collect();
            set(&mut json, "reactions", json!(reactions));
        }
        json
    }

    fn file_json(&self, channel: Snowflake, file: &SeenFile) -> Value {
        let url = self.file_url(channel, file.id, &file.name);
        let mut json = json!({
            "id": file.id, "filename": file.name, "size": file.bytes.len(), "url": url, "proxy_url": url,
        });
        if let Some(content_type) = &file.content_type {
            set(&mut json, "content_type", json!(content_type));
        }
        if let Some(description) = &file.description {
            set(&mut json, "description", json!(description));
        }
        json
    }

    /// What an app without the right to read content is given in its place.
    pub(crate) fn seal(&self, channel: &Channel, message: &SeenMessage, json: &mut Value) {
        let open =
            channel.is_dm() || message.author == self.bot || message.mentions.contains(&self.bot);
        if !open {
            blank(json);
        }
        let answered = message.reply_to.and_then(|id| channel.messages.get(&id));
        if let (Some(answered), Some(inner)) = (answered, json.get_mut("referenced_message")) {
            let open = channel.is_dm()
                || answered.author == self.bot
                || answered.mentions.contains(&self.bot);
            if !open && inner.is_object() {
                blank(inner);
            }
        }
    }
}

/// Empties what people have written.
fn blank(message: &mut Value) {
    set(message, "content", json!(""));
    for list in ["attachments", "embeds", "components"] {
        set(message, list, json!([]));
    }
    if let Value::Object(fields) = message {
        fields.remove("poll");
    }
}

fn add_thread(json: &mut Value, thread: &Channel, parent: Snowflake) {
    for (key, value) in [
        ("guild_id", json!(thread.guild)),
        ("parent_id", json!(parent)),
        ("owner_id", json!(thread.owner)),
        ("name", json!(thread.name)),
        ("rate_limit_per_user", json!(0)),
        ("message_count", json!(thread.messages.len())),
        ("total_message_sent", json!(thread.messages.len())),
        ("member_count", json!(1)),
        ("applied_tags", json!(thread.applied_tags)),
        (
            "thread_metadata",
            json!({
                "archived": thread.archived, "locked": thread.locked,
                "auto_archive_duration": 1440,
                "archive_timestamp": iso(thread.id.made_at_ms()),
                "create_timestamp": iso(thread.id.made_at_ms()),
            }),
        ),
    ] {
        set(json, key, value);
    }
}

fn user(user: &User) -> Value {
    json!({
        "id": user.id, "username": user.name, "discriminator": "0", "global_name": user.name,
        "avatar": null, "bot": user.bot, "public_flags": 0,
    })
}

/// Puts a field into an object.
pub(crate) fn set(json: &mut Value, key: &str, value: Value) {
    if let Value::Object(fields) = json {
        fields.insert(key.to_owned(), value);
    }
}
