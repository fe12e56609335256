//! Everything that the server knows. One lock around all of it: a fake need not be fast.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::answer::{Granted, Refusal};
use super::chat::{Chat, ChatKind};
use super::files::Files;
use super::limits::Limits;
use super::markup::{Entity, Parsed};
use super::message::{Content, Message};
use super::params::Params;
use super::rates::Rates;
use super::updates::Updates;
use super::user::User;
use super::webhook::Webhook;
use crate::common::FakeClock;

/// The state of the server.
#[derive(Debug)]
pub(super) struct World {
    pub(super) bot: User,
    pub(super) reads_all: bool,
    pub(super) is_revoked: bool,
    pub(super) clock: FakeClock,
    pub(super) limits: Limits,
    pub(super) rates: Rates,
    pub(super) chats: BTreeMap<i64, Chat>,
    pub(super) members: BTreeMap<(i64, i64), User>,
    pub(super) updates: Updates,
    pub(super) files: Files,
    pub(super) queries: HashMap<String, Query>,
    pub(super) commands: BTreeMap<String, Value>,
    pub(super) webhook: Option<Webhook>,
    pub(super) polling: Polling,
    next_number: u64,
}

/// A button that was pressed.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) asked: Instant,
    /// What the bot answered, once it did.
    pub(super) answer: Option<String>,
}

/// What is remembered of `getUpdates` from one call to the next.
#[derive(Debug, Default)]
pub(super) struct Polling {
    pub(super) waiting: Option<(u64, oneshot::Sender<&'static str>)>,
    pub(super) last: Option<(i64, Instant)>,
    pub(super) quiet_until: Option<Instant>,
}

/// A message before it is stored.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) text: String,
    pub(super) entities: Vec<Entity>,
    pub(super) content: Content,
    pub(super) buttons: Option<Value>,
    pub(super) reply_to: Option<i64>,
    pub(super) thread: Option<i64>,
    pub(super) album: Option<String>,
}

impl Draft {
    pub(super) fn new(parsed: Parsed, content: Content) -> Self {
        Self {
            text: parsed.text,
            entities: parsed.entities,
            content,
            buttons: None,
            reply_to: None,
            thread: None,
            album: None,
        }
    }
}

impl World {
    pub(super) fn new(bot: User, clock: FakeClock, limits: Limits) -> Self {
        Self {
            bot,
            reads_all: true,
            is_revoked: false,
            clock,
            limits,
            rates: Rates::default(),
            chats: BTreeMap::new(),
            members: BTreeMap::new(),
            updates: Updates::default(),
            files: Files::default(),
            queries: HashMap::new(),
            commands: BTreeMap::new(),
            webhook: None,
            polling: Polling::default(),
            next_number: 1,
        }
    }

    /// A number that was not used before: for albums, queries, polls and pollers.
    pub(super) fn number(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        number
    }

    /// The chat of a call, if the bot may write there.
    pub(super) fn target(&self, params: &Params) -> Result<i64, Refusal> {
        let chat = self.chat_of(params)?;
        chat.check_open()?;
        Ok(chat.id)
    }

    /// The chat of a call.
    pub(super) fn chat_of(&self, params: &Params) -> Result<&Chat, Refusal> {
        let name = params
            .text("chat_id")
            .ok_or_else(|| Refusal::bad("chat_id is empty"))?;
        self.find_chat(name)
            .ok_or_else(|| Refusal::bad("chat not found"))
    }

    pub(super) fn find_chat(&self, name: &str) -> Option<&Chat> {
        if let Some(username) = name.strip_prefix('@') {
            let mut chats = self.chats.values();
            return chats.find(|chat| chat.username.as_deref() == Some(username));
        }
        self.chats.get(&name.trim().parse().ok()?)
    }

    pub(super) fn chat_mut(&mut self, id: i64) -> Result<&mut Chat, Refusal> {
        let chat = self.chats.get_mut(&id);
        chat.ok_or_else(|| Refusal::bad("chat not found"))
    }

    /// The chat with this number, made if it is new.
    pub(super) fn open(&mut self, id: i64, title: &str) -> &mut Chat {
        self.chats.entry(id).or_insert_with(|| Chat::new(id, title))
    }

    /// Counts messages against the limits of rate.
    pub(super) fn count(&mut self, chat: i64, messages: usize) -> Result<(), Refusal> {
        self.rates
            .count(chat, messages, &self.limits, Instant::now())
            .map_err(Refusal::too_many)
    }

    /// Stores a message and gives its number. A chat that is not there is made.
    pub(super) fn post(&mut self, chat: i64, from: User, draft: Draft) -> i64 {
        let at_ms = self.clock.now_ms();
        let chat = self.open(chat, "A chat");
        let id = chat.take_message_id();
        let answered = draft.reply_to.and_then(|id| chat.messages.get(&id));
        // An answer stays in the topic of what it answers.
        let thread = draft
            .thread
            .or_else(|| answered.and_then(|answered| answered.thread));
        let message = Message {
            id,
            chat: chat.id,
            from,
            at_ms,
            edited_ms: None,
            thread,
            reply_to: draft.reply_to,
            text: draft.text,
            entities: draft.entities,
            content: draft.content,
            buttons: draft.buttons,
            album: draft.album,
            reactions: Vec::new(),
            former: Vec::new(),
        };
        chat.messages.insert(id, message);
        id
    }

    /// The vendor's object of a message.
    pub(super) fn message_json(&self, chat: i64, id: i64) -> Option<Value> {
        let chat = self.chats.get(&chat)?;
        Some(chat.message_json(chat.messages.get(&id)?))
    }

    /// A message as the answer of a method.
    pub(super) fn grant_message(&self, chat: i64, id: i64) -> Result<Granted, Refusal> {
        let message = self.message_json(chat, id);
        message
            .map(Granted::from)
            .ok_or_else(|| Refusal::bad("message not found"))
    }

    /// Queues an update, if the bot wants it.
    pub(super) fn tell(&mut self, kind: &'static str, body: Value) -> Option<i64> {
        let until = Instant::now() + self.limits.update_age;
        self.updates.add(kind, body, until)
    }

    /// Would the bot be told of this message? In groups with privacy on only of commands, of what
    /// names it and of what answers it.
    pub(super) fn is_told_of(&self, message: &Message) -> bool {
        let is_service = matches!(message.content, Content::Service { .. });
        if self.reads_all || is_service || ChatKind::of(message.chat) == ChatKind::Private {
            return true;
        }
        let answers_bot = self
            .chats
            .get(&message.chat)
            .zip(message.reply_to)
            .and_then(|(chat, id)| chat.messages.get(&id))
            .is_some_and(|answered| answered.from.id == self.bot.id);
        let names_bot = self.bot.username.as_ref().is_some_and(|username| {
            let at = format!("@{username}");
            message.text.contains(&at)
        });
        answers_bot || names_bot || message.text.starts_with('/')
    }

    /// Who the bot is, as `getMe` says it.
    pub(super) fn me(&self) -> Value {
        let mut me = self.bot.json();
        for (field, value) in [
            ("can_join_groups", true),
            ("can_read_all_group_messages", self.reads_all),
            ("supports_inline_queries", false),
            ("can_connect_to_business", false),
            ("has_main_web_app", false),
        ] {
            super::answer::put(&mut me, field, json!(value));
        }
        me
    }
}
