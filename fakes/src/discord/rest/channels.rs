//! Channels themselves: read, edit a thread, typing.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Reply};
use super::error::{MISSING_PERMISSIONS, WRONG_CHANNEL_TYPE};
use super::fields::text;
use super::routes::Route;
use crate::discord::gateway::{Event, Intent};
use crate::discord::snowflake::Snowflake;
use crate::discord::world::World;

/// Characters of a channel's name (documented).
const NAME_CHARS: usize = 100;

impl World {
    pub(super) fn read_channel(&self, route: &Route<'_>) -> Answer {
        let channel = self.reach(route.id(0))?;
        Ok(Reply::Json(self.channel_json(channel)))
    }

    /// Name, `archived` and `locked` of a thread of the bot's own; other channels are not ours.
    pub(super) fn edit_channel(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let channel = self.reach(route.id(0))?;
        if channel.is_dm() {
            return Err(WRONG_CHANNEL_TYPE.into());
        }
        if !channel.is_thread() || channel.owner != Some(self.bot) {
            return Err(MISSING_PERMISSIONS.into());
        }
        let mut changed = channel.clone();
        if ask.json.get("name").is_some() {
            text(&ask.json, "name", 1, NAME_CHARS)?.clone_into(&mut changed.name);
        }
        let flag = |key: &str, old: bool| ask.json.get(key).and_then(Value::as_bool).unwrap_or(old);
        changed.archived = flag("archived", changed.archived);
        changed.locked = flag("locked", changed.locked);
        let id = changed.id;
        let json = self.channel_json(&changed);
        self.channels.insert(id, changed);
        self.publish_channel("THREAD_UPDATE", id);
        Ok(Reply::Json(json))
    }

    pub(super) fn type_in(&mut self, route: &Route<'_>) -> Answer {
        let id = self.reach_to_write(route.id(0))?.id;
        let now_ms = self.now_ms();
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.typing.push(now_ms);
        }
        Ok(Reply::NoContent)
    }

    /// Tells everyone of a channel as it is now.
    pub(crate) fn publish_channel(&mut self, name: &'static str, id: Snowflake) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let mut data = self.channel_json(channel);
        if name == "THREAD_CREATE" {
            crate::discord::world::set(&mut data, "newly_created", json!(true));
        }
        self.publish(Event::new(name, Intent::GUILDS, data));
    }
}
