//! Messages of the bot: post, read, edit, delete.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Reply};
use super::attach::note_key;
use super::compose::{content, rows};
use super::error::{
    ApiError, CANNOT_SEND_TO_USER, EMPTY_MESSAGE, MISSING_ACCESS, MISSING_PERMISSIONS,
    NOT_A_TEXT_CHANNEL, NOT_ON_DM, NOT_THE_AUTHOR, THREAD_ARCHIVED, UNKNOWN_CHANNEL,
    UNKNOWN_MESSAGE, not_an_id,
};
use super::fields::{number_in, whom};
use super::routes::Route;
use crate::discord::gateway::{Event, Intent};
use crate::discord::snowflake::Snowflake;
use crate::discord::view::{ChannelKind, Edit, SeenMessage};
use crate::discord::world::{Channel, Mentions, Whom, World};

/// Messages of one page of history (documented): the most, and without a word.
const MOST_HISTORY: u64 = 100;
const USUAL_HISTORY: u64 = 50;

impl World {
    /// A channel that the bot may look into.
    pub(crate) fn reach(&self, id: Snowflake) -> Result<&Channel, ApiError> {
        let channel = self.channels.get(&id).ok_or(UNKNOWN_CHANNEL)?;
        let parent_hidden = match channel.kind {
            ChannelKind::Thread { parent } => self
                .channels
                .get(&parent)
                .is_some_and(|parent| !parent.visible),
            _ => false,
        };
        if !channel.visible || parent_hidden {
            return Err(MISSING_ACCESS.into());
        }
        Ok(channel)
    }

    /// A channel that the bot may write in.
    pub(crate) fn reach_to_write(&self, id: Snowflake) -> Result<&Channel, ApiError> {
        let channel = self.reach(id)?;
        match channel.kind {
            ChannelKind::Forum => return Err(NOT_A_TEXT_CHANNEL.into()),
            ChannelKind::Dm { peer } if self.users.get(&peer).is_some_and(|user| user.closed) => {
                return Err(CANNOT_SEND_TO_USER.into());
            }
            ChannelKind::Thread { .. } if channel.archived && channel.locked => {
                return Err(THREAD_ARCHIVED.into());
            }
            _ => {}
        }
        if channel.writable {
            Ok(channel)
        } else {
            Err(MISSING_PERMISSIONS.into())
        }
    }

    pub(crate) fn reach_message(
        &self,
        channel: Snowflake,
        id: Snowflake,
    ) -> Result<(&Channel, &SeenMessage), ApiError> {
        let channel = self.reach(channel)?;
        // What one person alone sees is no message of the channel.
        let message = channel
            .messages
            .get(&id)
            .filter(|message| message.flags & 64 == 0);
        Ok((channel, message.ok_or(UNKNOWN_MESSAGE)?))
    }

    /// The JSON of a message for the bot over REST: the portal decides what may be read.
    pub(crate) fn message_reply(&self, channel: Snowflake, id: Snowflake) -> Answer {
        let channel = self.channels.get(&channel).ok_or(UNKNOWN_CHANNEL)?;
        let message = channel.messages.get(&id).ok_or(UNKNOWN_MESSAGE)?;
        Ok(Reply::Json(self.readable(channel, message)))
    }

    fn readable(&self, channel: &Channel, message: &SeenMessage) -> Value {
        let mut json = self.message_json(channel, message);
        if !self.settings.privileged.message_content {
            self.seal(channel, message, &mut json);
        }
        json
    }

    pub(super) fn send(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let channel = self.reach_to_write(route.id(0))?.id;
        let draft = self.draft(channel, &ask.json, &ask.files, Whom::all())?;
        if let Some(nonce) = draft.nonce.as_ref().filter(|_| draft.enforce_nonce)
            && let Some((channel, id)) = self.sent_with(nonce)
        {
            return self.with_nonce(channel, id);
        }
        self.wake_thread(channel);
        let id = self.place(channel, self.bot, draft, 0);
        self.with_nonce(channel, id)
    }

    /// The message that the bot made with this nonce in the last minutes.
    fn sent_with(&self, nonce: &str) -> Option<(Snowflake, Snowflake)> {
        let (channel, id, at_ms) = self.nonces.get(nonce).copied()?;
        let window = u64::try_from(self.settings.nonce_window.as_millis()).unwrap_or(0);
        let fresh = self.now_ms().saturating_sub(at_ms) <= window;
        let exists = self.channels.get(&channel)?.messages.contains_key(&id);
        (fresh && exists).then_some((channel, id))
    }

    /// The answer to a post carries the nonce, which no later answer does.
    fn with_nonce(&self, channel: Snowflake, id: Snowflake) -> Answer {
        let place = self.channels.get(&channel).ok_or(UNKNOWN_CHANNEL)?;
        let message = place.messages.get(&id).ok_or(UNKNOWN_MESSAGE)?;
        let mut json = self.message_json(place, message);
        if let Some(nonce) = &message.nonce {
            crate::discord::world::set(&mut json, "nonce", json!(nonce));
        }
        Ok(Reply::Json(json))
    }

    /// Writing in an archived thread opens it again.
    pub(crate) fn wake_thread(&mut self, id: Snowflake) {
        let Some(channel) = self
            .channels
            .get_mut(&id)
            .filter(|channel| channel.archived)
        else {
            return;
        };
        channel.archived = false;
        self.publish_channel("THREAD_UPDATE", id);
    }

    pub(super) fn edit(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let (channel, message) = self.reach_message(route.id(0), route.id(1))?;
        if message.author != self.bot {
            return Err(NOT_THE_AUTHOR.into());
        }
        if channel.archived {
            return Err(THREAD_ARCHIVED.into());
        }
        let (channel, id) = (channel.id, message.id);
        self.amend(channel, id, ask, &Whom::all())?;
        self.publish_message("MESSAGE_UPDATE", channel, id);
        self.message_reply(channel, id)
    }

    /// Changes a message as a body says; what the body does not name stays.
    pub(super) fn amend(
        &mut self,
        channel: Snowflake,
        id: Snowflake,
        ask: &Ask,
        without: &Whom,
    ) -> Result<(), ApiError> {
        let text = content(&ask.json)?;
        let whom = whom(&ask.json, without.clone())?;
        let new_rows = ask
            .json
            .get("components")
            .map(|_| rows(&ask.json))
            .transpose()?;
        let old = self
            .channels
            .get(&channel)
            .and_then(|channel| channel.messages.get(&id));
        let mut message = old.ok_or(UNKNOWN_MESSAGE)?.clone();
        if let Some(notes) = ask.json.get("attachments").and_then(Value::as_array) {
            message.files.retain(|file| {
                notes
                    .iter()
                    .any(|note| note_key(note) == file.id.to_string())
            });
        }
        if !ask.files.is_empty() {
            let draft = self.draft(channel, &ask.json, &ask.files, without.clone())?;
            for file in draft.files {
                let file = self.store(channel, file);
                message.files.push(file);
            }
        }
        if let Some(text) = text {
            let mentions = Mentions::of(&text, &whom, None);
            let before = std::mem::replace(&mut message.content, text);
            message.mentions = mentions.users;
            message.mention_everyone = mentions.everyone;
            message.edits.push(Edit {
                at_ms: self.now_ms(),
                before,
            });
        }
        if let Some(rows) = new_rows {
            message.components = rows;
        }
        let empty = message.content.is_empty()
            && message.files.is_empty()
            && message.poll.is_null()
            && message.components.as_array().is_none_or(Vec::is_empty);
        if empty {
            return Err(EMPTY_MESSAGE.into());
        }
        if let Some(channel) = self.channels.get_mut(&channel) {
            channel.messages.insert(id, message);
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, route: &Route<'_>) -> Answer {
        let (channel, message) = self.reach_message(route.id(0), route.id(1))?;
        if message.author != self.bot {
            let refusal = if channel.is_dm() {
                NOT_ON_DM
            } else {
                MISSING_PERMISSIONS
            };
            return Err(refusal.into());
        }
        let (channel, id) = (channel.id, message.id);
        self.remove_message(channel, id);
        Ok(Reply::NoContent)
    }

    /// Takes a message away and tells everyone.
    pub(crate) fn remove_message(&mut self, channel: Snowflake, id: Snowflake) {
        let Some(place) = self.channels.get_mut(&channel) else {
            return;
        };
        place.messages.remove(&id);
        let mut data = json!({ "id": id, "channel_id": channel });
        if let Some(guild) = place.guild {
            crate::discord::world::set(&mut data, "guild_id", json!(guild));
        }
        let intent = Intent::messages(place.is_dm());
        self.publish(Event::new("MESSAGE_DELETE", intent, data));
    }

    pub(super) fn read_message(&self, route: &Route<'_>) -> Answer {
        let (channel, message) = self.reach_message(route.id(0), route.id(1))?;
        Ok(Reply::Json(self.readable(channel, message)))
    }

    /// Newest first. `after` gives those right after the id, `around` half before and half after.
    pub(super) fn history(&self, route: &Route<'_>, ask: &Ask) -> Answer {
        let channel = self.reach(route.id(0))?;
        if channel.kind == ChannelKind::Forum {
            return Err(NOT_A_TEXT_CHANNEL.into());
        }
        let limit = ask.query("limit").map_or(Ok(USUAL_HISTORY), |text| {
            number_in(text, "limit", 1, MOST_HISTORY)
        })?;
        let limit = usize::try_from(limit).unwrap_or(0);
        let point = |key: &str| {
            let text = ask.query(key);
            text.map(|text| Snowflake::parse(text).ok_or_else(|| not_an_id(key, text)))
                .transpose()
        };
        let (around, before, after) = (point("around")?, point("before")?, point("after")?);
        let visible = || {
            channel
                .messages
                .values()
                .filter(|message| message.flags & 64 == 0)
        };
        let mut page: Vec<&SeenMessage> = if let Some(middle) = around {
            let older = visible()
                .rev()
                .filter(|message| message.id <= middle)
                .take(limit / 2 + 1);
            let newer = visible()
                .filter(|message| message.id > middle)
                .take(limit - (limit / 2 + 1).min(limit));
            older.chain(newer).collect()
        } else if let Some(after) = after {
            visible()
                .filter(|message| message.id > after)
                .take(limit)
                .collect()
        } else {
            let newest = visible()
                .rev()
                .filter(|message| before.is_none_or(|before| message.id < before));
            newest.take(limit).collect()
        };
        page.sort_by_key(|message| std::cmp::Reverse(message.id));
        page.truncate(limit);
        let page: Vec<_> = page
            .iter()
            .map(|message| self.readable(channel, message))
            .collect();
        Ok(Reply::Json(json!(page)))
    }
}
