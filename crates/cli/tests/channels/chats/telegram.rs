//! Telegram: a long poll, and nothing to look a doubtful send up with.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::telegram::{Setup, TelegramFake, User};

use super::home::{Chats, Seen, Who};
use crate::house::{OWNER, STRANGER};

const fn number(who: Who) -> i64 {
    match who {
        Who::Owner => OWNER,
        Who::Stranger => STRANGER,
    }
}

/// The network.
pub(crate) type Telegram = TelegramFake;

impl Chats for TelegramFake {
    const CHANNEL: &'static str = "telegram";
    const LONG_CHARS: usize = 5_000;
    const LOOKS_BACK: bool = false;

    async fn open() -> io::Result<Self> {
        Self::start_with(Setup::default()).await
    }

    fn account(&self) -> Value {
        json!({ "botToken": self.token(), "apiRoot": self.root() })
    }

    fn id(&self, who: Who) -> String {
        number(who).to_string()
    }

    fn say(&self, who: Who, text: &str) {
        let who = number(who);
        Self::say(self, who, &User::new(who, "Somebody"), text);
    }

    fn chat(&self, who: Who) -> Vec<Seen> {
        let messages = self.messages(number(who)).into_iter();
        let bot = self.bot_messages(number(who));
        messages
            .map(|message| Seen {
                by_bot: bot.iter().any(|by_bot| by_bot.id == message.id),
                text: message.text,
            })
            .collect()
    }

    /// Updates wait for whoever comes.
    fn is_confirmed(&self) -> bool {
        self.pending_updates() == 0
    }

    async fn wait(&self, patience: Duration, is_so: impl Fn(&Self) -> bool + Send + Sync) -> bool {
        let seen = self.wait_for(patience, |fake| is_so(fake).then_some(()));
        seen.await.is_ok()
    }
}
