//! Discord: a socket whose session may be over after a crash, and a history to look back in.

use std::io;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::discord::{DiscordFake, Settings, Snowflake};

use super::home::{Chats, Seen, Who};

/// Faults by chance are not asked for; the fake wants a seed all the same.
const SEED: u64 = 7;

/// The network and its people.
pub(crate) struct Discord {
    fake: DiscordFake,
    owner: Person,
    stranger: Person,
}

/// Somebody, and where they talk with the bot.
#[derive(Clone, Copy)]
struct Person {
    id: Snowflake,
    chat: Snowflake,
}

impl Discord {
    const fn person(&self, who: Who) -> Person {
        match who {
            Who::Owner => self.owner,
            Who::Stranger => self.stranger,
        }
    }
}

impl Chats for Discord {
    const CHANNEL: &'static str = "discord";
    const LONG_CHARS: usize = 1_990;
    const LOOKS_BACK: bool = true;

    async fn open() -> io::Result<Self> {
        let rules = Settings {
            heartbeat: Duration::from_secs(1),
            ..Settings::loose()
        };
        let fake = DiscordFake::start_with(rules, SEED).await;
        let person = |name| {
            let id = fake.add_user(name);
            let chat = fake.dm_channel(id);
            Person { id, chat }
        };
        let (owner, stranger) = (person("owner"), person("stranger"));
        Ok(Self {
            fake,
            owner,
            stranger,
        })
    }

    fn account(&self) -> Value {
        json!({ "token": self.fake.token(), "apiRoot": self.fake.api_root() })
    }

    fn id(&self, who: Who) -> String {
        self.person(who).id.to_string()
    }

    /// An id alone is a channel.
    fn address(&self, who: Who) -> String {
        format!("user:{}", self.id(who))
    }

    fn say(&self, who: Who, text: &str) {
        self.fake.dm(self.person(who).id, text).unwrap();
    }

    fn chat(&self, who: Who) -> Vec<Seen> {
        let bot = self.fake.bot();
        let messages = self.fake.messages(self.person(who).chat);
        let seen = messages.into_iter().map(|message| Seen {
            by_bot: message.author == bot,
            text: message.content,
        });
        seen.collect()
    }

    /// There is nothing to confirm: what a session missed is read up.
    fn is_confirmed(&self) -> bool {
        true
    }

    async fn wait(&self, patience: Duration, is_so: impl Fn(&Self) -> bool + Send + Sync) -> bool {
        let seen = self.fake.wait_for(patience, |_| is_so(self).then_some(()));
        seen.await.is_ok()
    }
}
