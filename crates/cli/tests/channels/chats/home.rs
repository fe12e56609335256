//! What tests need of a network, and a daemon with one account on it.

use std::io;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_testkit::Daemon;

use crate::house;

/// How often the state of an account is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Who writes, each in a direct chat of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The owner, by the configuration.
    Owner,
    /// Somebody whom nobody let in.
    Stranger,
}

/// A message in a chat.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) by_bot: bool,
    pub(crate) text: String,
}

/// A fake of a network with these two people.
pub(crate) trait Chats: Sized + Send + Sync + 'static {
    /// Its key in the configuration.
    const CHANNEL: &'static str;
    /// A question of so many characters has an answer of several messages.
    const LONG_CHARS: usize;
    /// Whether a try of unknown end is looked up, so that nothing is ever there twice.
    const LOOKS_BACK: bool;

    fn open() -> impl Future<Output = io::Result<Self>> + Send;

    /// The account's part of the configuration, with nothing but how to get there.
    fn account(&self) -> Value;

    /// The stable id of a person.
    fn id(&self, who: Who) -> String;

    /// How the chat with a person is written where somebody sends there.
    fn address(&self, who: Who) -> String {
        self.id(who)
    }

    fn say(&self, who: Who, text: &str);

    /// What stands in a chat, oldest first.
    fn chat(&self, who: Who) -> Vec<Seen>;

    /// Whether the bot confirmed everything that it was told.
    fn is_confirmed(&self) -> bool;

    /// Waits until this is so; `false` if it never is.
    fn wait(
        &self,
        patience: Duration,
        is_so: impl Fn(&Self) -> bool + Send + Sync,
    ) -> impl Future<Output = bool> + Send;

    /// What the bot said in a chat.
    fn answers(&self, who: Who) -> Vec<String> {
        let by_bot = self.chat(who).into_iter().filter(|seen| seen.by_bot);
        by_bot.map(|seen| seen.text).collect()
    }

    /// How many messages of the bot in a chat hold these words.
    fn count(&self, who: Who, words: &str) -> usize {
        let answers = self.answers(who);
        answers.iter().filter(|text| text.contains(words)).count()
    }
}

/// The daemon and its network.
pub(crate) struct Home<C> {
    pub(crate) chats: C,
    pub(crate) daemon: Daemon,
}

impl<C: Chats> Home<C> {
    pub(crate) async fn open(variables: &[(&str, &str)]) -> io::Result<Self> {
        let chats = C::open().await?;
        let mut account = chats.account();
        account["allowFrom"] = json!([chats.id(Who::Owner)]);
        account["ownerAllowFrom"] = json!([chats.id(Who::Owner)]);
        account["streaming"] = false.into();
        let config = json!({
            "channels": { C::CHANNEL: account },
            "messages": { "queue": { "debounceMs": 20 } },
        });
        let binary = Path::new(env!("CARGO_BIN_EXE_tidegate"));
        let daemon = Daemon::start(binary, &config, variables).await?;
        Ok(Self { chats, daemon })
    }

    /// Waits until the account is live: nobody tells the bot later what was said before its first
    /// session was stored.
    pub(crate) async fn is_live(&self) -> Result<(), String> {
        let live = async {
            let mut again = tokio::time::interval(LOOK_EVERY);
            loop {
                again.tick().await;
                let status = self.call("channels.status", json!({})).await?;
                if status["channelAccounts"][C::CHANNEL][0]["state"] == "live" {
                    return Ok(());
                }
            }
        };
        let never = |_| Err("the account never was live".into());
        let seen = tokio::time::timeout(house::PATIENCE, live).await;
        seen.unwrap_or_else(never)
    }

    /// Calls a method as the owner.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Result<Value, String> {
        let answer = house::call(&self.daemon, method, params).await;
        answer.map_err(|error| error.to_string())
    }
}
