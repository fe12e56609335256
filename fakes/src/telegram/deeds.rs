//! What a test lets people do, and how their updates travel.

use tokio::time::Instant;

use super::chat::ChatKind;
use super::events::{self, Membership};
use super::fake::TelegramFake;
use super::incoming::{Arrived, Incoming};
use super::methods::open_topic;
use super::updates::Order;
use super::user::User;

impl TelegramFake {
    /// Makes a group, or names it anew.
    pub fn group(&self, chat: i64, title: &str) {
        self.shared.change(|world| {
            title.clone_into(&mut world.open(chat, title).title);
        });
    }

    /// Makes a supergroup with topics, in which the bot has rights. It has the General topic only.
    pub fn forum(&self, chat: i64, title: &str) {
        self.shared.change(|world| {
            let forum = world.open(chat, title);
            forum.is_forum = ChatKind::of(chat) == ChatKind::Supergroup;
            forum.bot_status = "administrator";
        });
    }

    /// Opens a topic of a forum and gives its number.
    pub fn topic(&self, chat: i64, name: &str) -> i64 {
        self.shared.change(|world| open_topic(world, chat, name))
    }

    /// A person writes a text.
    pub fn say(&self, chat: i64, user: &User, text: &str) -> Arrived {
        self.send(chat, user, &Incoming::text(text))
    }

    /// A person sends anything.
    pub fn send(&self, chat: i64, user: &User, incoming: &Incoming) -> Arrived {
        self.shared
            .change(|world| events::send(world, chat, user, incoming, None))
    }

    /// A person sends an album: several messages, several updates, one `media_group_id`.
    pub fn album(&self, chat: i64, user: &User, items: &[Incoming]) -> Vec<Arrived> {
        self.shared.change(|world| {
            let album = world.number().to_string();
            items
                .iter()
                .map(|item| events::send(world, chat, user, item, Some(&album)))
                .collect()
        })
    }

    /// A person edits a text.
    pub fn edit(&self, chat: i64, message_id: i64, text: &str) -> Option<Arrived> {
        self.shared
            .change(|world| events::edit(world, chat, message_id, text))
    }

    /// A person reacts; no emoji takes the reactions back. The bot is told only if it named
    /// `message_reaction`.
    pub fn react(
        &self,
        chat: i64,
        message_id: i64,
        user: &User,
        emoji: &[&str],
    ) -> Option<Arrived> {
        self.shared
            .change(|world| events::react(world, chat, message_id, user, emoji))
    }

    /// A person presses the button with this data; gives the number of the query, or `None` if
    /// there is no such button.
    pub fn press(&self, chat: i64, message_id: i64, user: &User, data: &str) -> Option<String> {
        self.shared
            .change(|world| events::press(world, chat, message_id, user, data))
    }

    /// A person votes for options, by their places from 0.
    pub fn vote(
        &self,
        chat: i64,
        message_id: i64,
        user: &User,
        options: &[usize],
    ) -> Option<Arrived> {
        self.shared
            .change(|world| events::vote(world, chat, message_id, user, options))
    }

    /// Somebody makes the bot a member, an administrator, or throws it out (blocks it).
    pub fn membership(&self, chat: i64, by: &User, new: Membership) -> Option<i64> {
        self.shared
            .change(|world| events::membership(world, chat, by, new))
    }

    /// A group becomes a supergroup; gives the new number.
    pub fn migrate(&self, chat: i64, by: &User) -> Option<i64> {
        self.shared.change(|world| events::migrate(world, chat, by))
    }

    /// Delivers an update a second time, though it was confirmed. False if it is forgotten.
    pub fn redeliver(&self, update_id: i64) -> bool {
        self.shared.change(|world| world.updates.replay(update_id))
    }

    /// Keeps back all updates from now on.
    pub fn hold_updates(&self) {
        self.shared.change(|world| world.updates.hold());
    }

    /// Lets the updates go that were kept back; they get their numbers in this order.
    pub fn release_updates(&self, order: Order) {
        self.shared.change(|world| {
            let until = Instant::now() + world.limits.update_age;
            world.updates.release(order, until);
        });
    }
}
