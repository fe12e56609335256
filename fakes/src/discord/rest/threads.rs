//! Threads from messages, threads of their own, posts of forums.

use serde_json::{Value, json};

use super::ask::{Answer, Ask, Reply};
use super::compose::Draft;
use super::error::{
    ApiError, MISSING_PERMISSIONS, TAG_REQUIRED, THREAD_ARCHIVED, THREAD_EXISTS, UNKNOWN_TAG,
    WRONG_CHANNEL_TYPE, invalid, required,
};
use super::fields::text;
use super::routes::Route;
use crate::discord::snowflake::Snowflake;
use crate::discord::view::ChannelKind;
use crate::discord::world::{Channel, Whom, World, set};

/// Characters of a thread's name (documented).
const NAME_CHARS: usize = 100;
/// Minutes of silence after which a thread is put away (documented choices).
const ARCHIVE_MINUTES: [u64; 4] = [60, 1440, 4320, 10080];
/// The flag of a message that has a thread.
const HAS_THREAD: u64 = 1 << 5;

fn check_common(json: &Value) -> Result<String, ApiError> {
    let minutes = json.get("auto_archive_duration").and_then(Value::as_u64);
    if minutes.is_some_and(|minutes| !ARCHIVE_MINUTES.contains(&minutes)) {
        let message = "Value must be one of {10080, 1440, 60, 4320}.";
        return Err(invalid(
            "auto_archive_duration",
            "BASE_TYPE_CHOICES",
            message,
        ));
    }
    text(json, "name", 1, NAME_CHARS).map(str::to_owned)
}

impl World {
    pub(super) fn thread_from_message(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let (channel, message) = self.reach_message(route.id(0), route.id(1))?;
        if channel.kind != ChannelKind::Text {
            return Err(WRONG_CHANNEL_TYPE.into());
        }
        if !channel.writable {
            return Err(MISSING_PERMISSIONS.into());
        }
        if message.thread.is_some() {
            return Err(THREAD_EXISTS.into());
        }
        let (channel, message, bot) = (channel.id, message.id, self.bot);
        let name = check_common(&ask.json)?;
        self.start_thread(channel, message, &name, bot);
        self.read_thread(message)
    }

    /// A thread under a message has the message's id. Everyone is told.
    pub(crate) fn start_thread(
        &mut self,
        channel: Snowflake,
        message: Snowflake,
        name: &str,
        owner: Snowflake,
    ) {
        let Some(place) = self.channels.get_mut(&channel) else {
            return;
        };
        let guild = place.guild;
        if let Some(message) = place.messages.get_mut(&message) {
            message.thread = Some(message.id);
            message.flags |= HAS_THREAD;
        }
        let mut thread = Channel::new(
            message,
            ChannelKind::Thread { parent: channel },
            name,
            guild,
        );
        thread.owner = Some(owner);
        self.channels.insert(message, thread);
        self.publish_channel("THREAD_CREATE", message);
        self.publish_message("MESSAGE_UPDATE", channel, message);
        self.place(message, owner, Draft::empty(), 21);
    }

    pub(super) fn thread(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let channel = self.reach(route.id(0))?;
        if !channel.writable {
            return Err(MISSING_PERMISSIONS.into());
        }
        let (parent, bot) = (channel.id, self.bot);
        match channel.kind {
            ChannelKind::Forum => self.forum_post(route, ask),
            ChannelKind::Text => {
                let name = check_common(&ask.json)?;
                if ask.json.get("type").and_then(Value::as_u64) != Some(11) {
                    let message = "The fake makes public threads (type 11) only.";
                    return Err(invalid("type", "FAKE_UNSUPPORTED", message));
                }
                let id = self.make_id();
                self.add_thread(id, parent, &name, bot, Vec::new());
                self.read_thread(id)
            }
            ChannelKind::Dm { .. } | ChannelKind::Thread { .. } => Err(WRONG_CHANNEL_TYPE.into()),
        }
    }

    fn forum_post(&mut self, route: &Route<'_>, ask: &Ask) -> Answer {
        let forum = self.reach(route.id(0))?;
        let (parent, bot) = (forum.id, self.bot);
        let name = check_common(&ask.json)?;
        let message = ask.json.get("message").ok_or_else(|| required("message"))?;
        let tags = applied_tags(forum, &ask.json)?;
        let draft = self.draft(parent, message, &ask.files, Whom::all())?;
        let id = self.post_in_forum(parent, &name, bot, tags, draft);
        let Reply::Json(mut json) = self.read_thread(id)? else {
            return Ok(Reply::NoContent);
        };
        let Reply::Json(message) = self.message_reply(id, id)? else {
            return Ok(Reply::NoContent);
        };
        set(&mut json, "message", message);
        Ok(Reply::Json(json))
    }

    /// A post and its first message, which has the post's id. Everyone is told.
    pub(crate) fn post_in_forum(
        &mut self,
        forum: Snowflake,
        name: &str,
        owner: Snowflake,
        tags: Vec<Snowflake>,
        draft: Draft,
    ) -> Snowflake {
        let id = self.make_id();
        self.add_thread(id, forum, name, owner, tags);
        let first = self.insert(id, owner, draft, 0);
        let place = self.channels.get_mut(&id);
        if let Some(place) = place
            && let Some(mut message) = place.messages.remove(&first)
        {
            message.id = id;
            place.messages.insert(id, message);
        }
        self.publish_message("MESSAGE_CREATE", id, id);
        id
    }

    fn add_thread(
        &mut self,
        id: Snowflake,
        parent: Snowflake,
        name: &str,
        owner: Snowflake,
        tags: Vec<Snowflake>,
    ) {
        let guild = self.channels.get(&parent).and_then(|parent| parent.guild);
        let mut thread = Channel::new(id, ChannelKind::Thread { parent }, name, guild);
        thread.owner = Some(owner);
        thread.applied_tags = tags;
        self.channels.insert(id, thread);
        self.publish_channel("THREAD_CREATE", id);
    }

    fn read_thread(&self, id: Snowflake) -> Answer {
        let thread = self.reach(id)?;
        let mut json = self.channel_json(thread);
        let member = json!({ "id": id, "user_id": self.bot, "join_timestamp": crate::discord::moment::iso(self.now_ms()), "flags": 0 });
        set(&mut json, "member", member);
        Ok(Reply::Json(json))
    }

    /// The bot reads every public thread anyway, so joining changes nothing that the fake shows.
    pub(super) fn join_thread(&self, route: &Route<'_>) -> Answer {
        let channel = self.reach(route.id(0))?;
        if !channel.is_thread() {
            return Err(WRONG_CHANNEL_TYPE.into());
        }
        if channel.archived {
            return Err(THREAD_ARCHIVED.into());
        }
        Ok(Reply::NoContent)
    }
}

fn applied_tags(forum: &Channel, json: &Value) -> Result<Vec<Snowflake>, ApiError> {
    let asked = json.get("applied_tags").and_then(Value::as_array);
    let asked = asked
        .into_iter()
        .flatten()
        .filter_map(|tag| Snowflake::parse(tag.as_str()?));
    let tags: Vec<_> = asked.collect();
    if tags
        .iter()
        .any(|id| forum.tags.iter().all(|tag| tag.id != *id))
    {
        return Err(UNKNOWN_TAG.into());
    }
    if forum.tag_required && tags.is_empty() {
        return Err(TAG_REQUIRED.into());
    }
    Ok(tags)
}
