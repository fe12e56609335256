//! Slack: envelopes that are sent again until they are acknowledged, and marks on our messages.

use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::common::FakeClock;
use tidegate_fakes::slack::names::ALICE;
use tidegate_fakes::slack::{Rules, SlackFake, Step};

use super::home::{Chats, Seen, Who};

const STRANGER: &str = "U0MALLORY1";
/// Faults by chance are not asked for; the fake wants a seed all the same.
const SEED: u64 = 7;

/// Quick, and patient with an app that is away.
fn rules() -> Rules {
    Rules {
        ack_within: Duration::from_secs(1),
        retry_after: vec![Duration::from_millis(200); 300],
        ping_every: Duration::from_secs(1),
        post_burst: 100_000,
        tiers: [100_000; 4],
        ..Rules::default()
    }
}

const fn person(who: Who) -> &'static str {
    match who {
        Who::Owner => ALICE,
        Who::Stranger => STRANGER,
    }
}

/// The network.
pub(crate) struct Slack {
    fake: SlackFake,
}

impl Chats for Slack {
    const CHANNEL: &'static str = "slack";
    const LONG_CHARS: usize = 5_000;
    const LOOKS_BACK: bool = true;

    async fn open() -> io::Result<Self> {
        let fake = SlackFake::start_with(rules(), FakeClock::system(), SEED).await?;
        fake.put_user(STRANGER, "Mallory");
        Ok(Self { fake })
    }

    fn account(&self) -> Value {
        json!({
            "botToken": self.fake.bot_token(), "appToken": self.fake.app_token(),
            "apiRoot": self.fake.api_root(),
        })
    }

    fn id(&self, who: Who) -> String {
        person(who).to_owned()
    }

    fn say(&self, who: Who, text: &str) {
        self.fake.dm(person(who), text).unwrap();
    }

    fn chat(&self, who: Who) -> Vec<Seen> {
        let Some(chat) = self.fake.im(person(who)) else {
            return Vec::new();
        };
        let messages = self.fake.messages(&chat).into_iter();
        let seen = messages.map(|message| Seen {
            by_bot: message.by_bot,
            text: message.text,
        });
        seen.collect()
    }

    fn is_confirmed(&self) -> bool {
        let (mut sent, mut acked) = (BTreeSet::new(), BTreeSet::new());
        for step in self.fake.steps() {
            match step {
                Step::Sent { item, .. } | Step::Nobody { item, .. } => sent.insert(item),
                Step::Acked { item, .. } => acked.insert(item),
                _ => continue,
            };
        }
        sent.is_subset(&acked)
    }

    async fn wait(&self, patience: Duration, is_so: impl Fn(&Self) -> bool + Send + Sync) -> bool {
        let seen = self.fake.wait_for(patience, |_| is_so(self).then_some(()));
        seen.await.is_ok()
    }
}
