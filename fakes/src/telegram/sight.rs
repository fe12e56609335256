//! What a test sees of the server.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::timeout;

use super::call::Call;
use super::chat::ChatAction;
use super::fake::TelegramFake;
use super::message::Message;
use crate::common::WaitError;

/// How long an action is shown, by the vendor's page.
const ACTION_MS: i64 = 5_000;

impl TelegramFake {
    /// What the bot answered to a pressed button; `None` as long as it has not.
    pub fn query_answer(&self, query_id: &str) -> Option<String> {
        self.shared
            .look(|world| world.queries.get(query_id)?.answer.clone())
    }

    /// Updates that the bot has not confirmed.
    pub fn pending_updates(&self) -> usize {
        self.shared.look(|world| world.updates.pending())
    }

    /// Is a poll waiting now?
    pub fn is_polled(&self) -> bool {
        self.shared.look(|world| world.polling.waiting.is_some())
    }

    /// Everything that reached the server, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.all()
    }

    /// The calls of one method.
    pub fn calls_of(&self, method: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|call| call.is(method));
        calls
    }

    /// How many calls of one method there were; cheap, for waits in long tests.
    pub fn count_calls(&self, method: &str) -> usize {
        let of_method = |calls: &[Call]| calls.iter().filter(|call| call.is(method)).count();
        self.shared.calls.look(of_method)
    }

    /// What stands in a chat now, oldest first; what was deleted is gone.
    pub fn messages(&self, chat: i64) -> Vec<Message> {
        self.shared.look(|world| {
            let chat = world.chats.get(&chat);
            chat.map(|chat| chat.messages.values().cloned().collect())
                .unwrap_or_default()
        })
    }

    /// What the bot itself has in a chat now.
    pub fn bot_messages(&self, chat: i64) -> Vec<Message> {
        let mut messages = self.messages(chat);
        let bot = self.bot().id;
        messages.retain(|message| message.from.id == bot);
        messages
    }

    /// How many messages the bot has in all chats now; cheap, for waits in long tests.
    pub fn count_bot_messages(&self) -> usize {
        self.shared.look(|world| {
            let messages = world.chats.values().flat_map(|chat| chat.messages.values());
            messages
                .filter(|message| message.from.id == world.bot.id)
                .count()
        })
    }

    /// The actions (`typing`, …) that the bot showed in a chat, oldest first.
    pub fn actions(&self, chat: i64) -> Vec<ChatAction> {
        self.shared.look(|world| {
            let chat = world.chats.get(&chat);
            chat.map(|chat| chat.actions.clone()).unwrap_or_default()
        })
    }

    /// The action that people see in a chat now: the last one, for 5 s or until the bot's next
    /// message, whichever is first.
    pub fn shown_action(&self, chat: i64) -> Option<String> {
        self.shared.look(|world| {
            let chat = world.chats.get(&chat)?;
            let last = chat.actions.last()?;
            let is_over = world.clock.now_ms() >= last.at_ms + ACTION_MS;
            let is_ended = chat
                .messages
                .values()
                .any(|message| message.from.id == world.bot.id && message.at_ms >= last.at_ms);
            (!is_over && !is_ended).then(|| last.action.clone())
        })
    }

    /// The bytes of a file that the server keeps.
    pub fn file(&self, file_id: &str) -> Option<Bytes> {
        self.shared
            .look(|world| Some(world.files.get(file_id)?.new.bytes.clone()))
    }

    /// Waits until something is true of the fake and gives what was found. Looked at now and after
    /// every call and every deed. Cancel safe.
    ///
    /// # Errors
    /// The deadline, in tokio's time, passed before that.
    pub async fn wait_for<R>(
        &self,
        deadline: Duration,
        mut look: impl FnMut(&Self) -> Option<R>,
    ) -> Result<R, WaitError> {
        let mut bell = self.shared.bell();
        let seen = async {
            loop {
                bell.borrow_and_update();
                if let Some(found) = look(self) {
                    return found;
                }
                if bell.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        timeout(deadline, seen)
            .await
            .map_err(|_| WaitError { waited: deadline })
    }
}
