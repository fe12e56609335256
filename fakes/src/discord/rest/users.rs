//! The bot itself, its application, people, guilds.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Reply, id_in};
use super::error::{INVALID_RECIPIENT, UNKNOWN_GUILD, UNKNOWN_MEMBER, UNKNOWN_USER, required};
use super::routes::Route;
use crate::discord::snowflake::Snowflake;
use crate::discord::view::ChannelKind;
use crate::discord::world::{Channel, Guild, World, set};

/// The application's flags for privileged intents, as apps in few guilds have them ("limited").
const PRESENCE_LIMITED: u64 = 1 << 13;
const MEMBERS_LIMITED: u64 = 1 << 15;
const MESSAGE_CONTENT_LIMITED: u64 = 1 << 19;

impl World {
    pub(crate) fn me_json(&self) -> Value {
        let mut me = self.user_json(self.bot);
        for (key, value) in [
            ("mfa_enabled", json!(true)),
            ("verified", json!(true)),
            ("email", Value::Null),
            ("locale", json!("en-US")),
            ("flags", json!(0)),
        ] {
            set(&mut me, key, value);
        }
        me
    }

    pub(crate) fn application_flags(&self) -> u64 {
        let on = self.settings.privileged;
        let flag = |on: bool, flag: u64| if on { flag } else { 0 };
        flag(on.message_content, MESSAGE_CONTENT_LIMITED)
            | flag(on.guild_members, MEMBERS_LIMITED)
            | flag(on.guild_presences, PRESENCE_LIMITED)
    }

    pub(super) fn application(&self) -> Value {
        let bot = self.bot;
        let name = self.users.get(&bot).map_or("", |user| &user.name);
        let owner = json!({ "id": bot, "username": "owner", "discriminator": "0", "global_name": null, "avatar": null });
        json!({
            "id": bot, "name": name, "icon": null, "description": "", "summary": "", "type": null,
            "bot": self.user_json(bot), "bot_public": true, "bot_require_code_grant": false,
            "verify_key": "00".repeat(32), "flags": self.application_flags(), "hook": true,
            "owner": owner, "team": null, "redirect_uris": [], "interactions_endpoint_url": null,
            "role_connections_verification_url": null, "approximate_guild_count": self.guilds.len(),
        })
    }

    pub(super) fn gateway_url(&self) -> Value {
        json!({ "url": format!("ws://{}", self.host) })
    }

    pub(super) fn gateway_bot(&mut self) -> Value {
        let remaining = self.session_starts_left();
        json!({
            "url": format!("ws://{}", self.host), "shards": 1,
            "session_start_limit": {
                "total": self.settings.session_starts, "remaining": remaining,
                "reset_after": self.session_starts_reset_ms(),
                "max_concurrency": self.settings.max_concurrency,
            },
        })
    }

    pub(super) fn read_user(&self, route: &Route<'_>) -> Answer {
        let id = route.id(0);
        self.users.get(&id).ok_or(UNKNOWN_USER)?;
        Ok(Reply::Json(self.user_json(id)))
    }

    /// The channel with one person; the same one every time.
    pub(super) fn open_dm(&mut self, ask: &Ask) -> Answer {
        let peer = id_in(&ask.json, "recipient_id")?.ok_or_else(|| required("recipient_id"))?;
        let known = self.users.get(&peer).is_some_and(|user| !user.bot);
        if !known {
            return Err(INVALID_RECIPIENT.into());
        }
        let id = self.dm_with(peer);
        let channel = self.reach(id)?;
        Ok(Reply::Json(self.channel_json(channel)))
    }

    pub(crate) fn dm_with(&mut self, peer: Snowflake) -> Snowflake {
        let kind = ChannelKind::Dm { peer };
        if let Some(channel) = self.channels.values().find(|channel| channel.kind == kind) {
            return channel.id;
        }
        let id = self.make_id();
        self.channels.insert(id, Channel::new(id, kind, "", None));
        id
    }

    fn my_guild(&self, route: &Route<'_>) -> Result<&Guild, super::error::ApiError> {
        let guild = self.guilds.get(&route.id(0));
        let guild = guild.filter(|guild| guild.members.contains(&self.bot));
        guild.ok_or_else(|| UNKNOWN_GUILD.into())
    }

    pub(super) fn my_guilds(&self) -> Value {
        let mine = self
            .guilds
            .values()
            .filter(|guild| guild.members.contains(&self.bot));
        let mine: Vec<_> = mine.map(|guild| json!({
            "id": guild.id, "name": guild.name, "icon": null, "banner": null, "owner": false,
            "permissions": "0", "features": [],
        })).collect();
        json!(mine)
    }

    pub(super) fn read_guild(&self, route: &Route<'_>) -> Answer {
        let guild = self.my_guild(route)?;
        Ok(Reply::Json(self.guild_summary(guild)))
    }

    pub(super) fn guild_channels(&self, route: &Route<'_>) -> Answer {
        let guild = self.my_guild(route)?;
        let here = self.channels.values().filter(|channel| {
            channel.guild == Some(guild.id) && !channel.is_thread() && channel.visible
        });
        let here: Vec<_> = here.map(|channel| self.channel_json(channel)).collect();
        Ok(Reply::Json(json!(here)))
    }

    pub(super) fn member(&self, route: &Route<'_>) -> Answer {
        let guild = self.my_guild(route)?;
        let user = route.id(1);
        if !guild.members.contains(&user) {
            return Err(UNKNOWN_MEMBER.into());
        }
        Ok(Reply::Json(self.member_with_user_json(user)))
    }
}
