//! The workspace as a whole, and the few verbs that change it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::channel::{Channel, Kind};
use super::file::File;
use super::message::{Draft, Message};
use super::names;
use crate::common::FakeClock;

/// A person or bot.
#[derive(Debug, Clone)]
pub(in crate::slack) struct User {
    pub(in crate::slack) id: String,
    /// May change at any time and may be anybody's: nothing to decide by.
    pub(in crate::slack) display_name: String,
    pub(in crate::slack) is_bot: bool,
}

/// Everything that the vendor keeps.
#[derive(Debug)]
pub(in crate::slack) struct World {
    pub(in crate::slack) users: BTreeMap<String, User>,
    pub(in crate::slack) channels: BTreeMap<String, Channel>,
    pub(in crate::slack) files: BTreeMap<String, File>,
    /// Status lines by (channel, thread), with the time they were set.
    pub(in crate::slack) statuses: BTreeMap<(String, String), (String, i64)>,
    /// Where the server listens.
    pub(in crate::slack) root: String,
    /// Where the other host listens.
    pub(in crate::slack) off_host_root: String,
    clock: FakeClock,
    last_us: i64,
    serial: u64,
}

impl World {
    pub(in crate::slack) fn new(clock: FakeClock) -> Self {
        let mut world = Self {
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            files: BTreeMap::new(),
            statuses: BTreeMap::new(),
            root: String::new(),
            off_host_root: String::new(),
            clock,
            last_us: 0,
            serial: 0,
        };
        for (id, name, is_bot) in [
            (names::BOT_USER, "tidegate", true),
            (names::ALICE, "alice", false),
            (names::BOB, "bob", false),
        ] {
            world.add_user(id, name, is_bot);
        }
        let all = [names::BOT_USER, names::ALICE, names::BOB];
        let people = [names::ALICE, names::BOB];
        world.add_channel(Channel::new(names::GENERAL, "general", Kind::Public, &all));
        world.add_channel(Channel::new(
            names::ELSEWHERE,
            "elsewhere",
            Kind::Public,
            &people,
        ));
        let mut archived = Channel::new(names::ARCHIVED, "archived", Kind::Public, &all);
        archived.archived = true;
        world.add_channel(archived);
        world
    }

    pub(in crate::slack) fn add_user(&mut self, id: &str, display_name: &str, is_bot: bool) {
        let user = User {
            id: id.to_owned(),
            display_name: display_name.to_owned(),
            is_bot,
        };
        self.users.insert(id.to_owned(), user);
    }

    pub(in crate::slack) fn add_channel(&mut self, channel: Channel) {
        self.channels.insert(channel.id.clone(), channel);
    }

    /// The conversation between the bot and a person, opened if it was not. None for a stranger.
    pub(in crate::slack) fn im_with(&mut self, user: &str) -> Option<(String, bool)> {
        self.users.get(user)?;
        let open = self
            .channels
            .values()
            .find(|channel| channel.kind == Kind::Im && channel.members.contains(user));
        if let Some(channel) = open {
            return Some((channel.id.clone(), true));
        }
        let id = self.next_id("D0");
        self.add_channel(Channel::new(&id, "", Kind::Im, &[names::BOT_USER, user]));
        Some((id, false))
    }

    /// A new name that was never given before; counted, so that runs repeat exactly.
    pub(in crate::slack) fn next_id(&mut self, prefix: &str) -> String {
        self.serial += 1;
        format!("{prefix}{:08X}", self.serial)
    }

    /// A new envelope id or client message id.
    pub(in crate::slack) fn next_uuid(&mut self) -> String {
        self.serial += 1;
        format!("5ac70000-0000-4000-8000-{:012x}", self.serial)
    }

    /// The next `ts`: the clock in microseconds, never the same twice.
    pub(in crate::slack) fn next_ts(&mut self) -> String {
        let now_us = self.clock.now_ms().saturating_mul(1000);
        self.last_us = now_us.max(self.last_us + 1);
        format!(
            "{}.{:06}",
            self.last_us / 1_000_000,
            self.last_us % 1_000_000
        )
    }

    pub(in crate::slack) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Puts a message into a channel. None if there is no such channel.
    pub(in crate::slack) fn post(&mut self, channel: &str, draft: Draft) -> Option<Message> {
        let ts = self.next_ts();
        let by_bot = draft.user == names::BOT_USER;
        let client_msg_id = (!by_bot).then(|| self.next_uuid());
        let channel = self.channels.get_mut(channel)?;
        let parent = draft.thread_ts.as_ref().and_then(|ts| channel.find(ts));
        let message = Message {
            parent_user: parent.map(|parent| parent.user.clone()),
            ts,
            by_bot,
            client_msg_id,
            broadcast: draft.broadcast && draft.thread_ts.is_some(),
            user: draft.user,
            text: draft.text,
            thread_ts: draft.thread_ts,
            blocks: draft.blocks,
            attachments: draft.attachments,
            metadata: draft.metadata,
            edited_ts: None,
            reactions: Vec::new(),
            files: draft.files,
        };
        channel.messages.push(message.clone());
        if let (true, Some(thread)) = (by_bot, &message.thread_ts) {
            // A post ends the status line of its thread.
            let thread = (channel.id.clone(), thread.clone());
            self.statuses.remove(&thread);
        }
        Some(message)
    }
}

impl User {
    /// The user object of the Web API.
    pub(in crate::slack) fn to_json(&self) -> Value {
        json!({
            "id": self.id, "team_id": names::TEAM, "name": self.display_name, "deleted": false,
            "real_name": self.display_name, "tz": "Europe/Berlin", "tz_offset": 3600,
            "is_bot": self.is_bot, "is_app_user": self.is_bot, "is_restricted": false,
            "is_ultra_restricted": false, "updated": 1_700_000_000,
            "profile": {
                "display_name": self.display_name, "real_name": self.display_name,
                "display_name_normalized": self.display_name, "team": names::TEAM,
            },
        })
    }
}
