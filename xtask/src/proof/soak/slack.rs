//! Slack: one app on Socket Mode.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_fakes::common::{FakeClock, Fault};
use tidegate_fakes::slack::{Reason, Rules, SlackFake};

use super::network::{CALLS_IN_TROUBLE, Network, RETRY_AFTER, SLOW};
use super::plan::{GROUPS, PEOPLE, Place, Question};
use super::trouble::Trouble;

const SEND: &str = "chat.postMessage";
/// Posts and calls that nobody reaches by accident.
const LOOSE: u32 = 1_000_000;
/// Decides about faults by chance, of which there are none.
const SEED: u64 = 1;

pub(super) struct Slack {
    fake: SlackFake,
    /// The channels of direct chats, by person, once they are open.
    direct: BTreeMap<usize, String>,
}

/// The vendor without limits of rate, and with patience: what is not acknowledged comes again as
/// often as the vendor sends it, but not after minutes.
fn rules() -> Rules {
    Rules {
        ack_within: Duration::from_secs(2),
        retry_after: [0, 2, 8].map(Duration::from_secs).to_vec(),
        post_burst: LOOSE,
        post_every: Duration::from_millis(1),
        tiers: [LOOSE; 4],
        ..Rules::default()
    }
}

impl Slack {
    pub(super) async fn start() -> Result<Self> {
        let fake = SlackFake::start_with(rules(), FakeClock::system(), SEED).await?;
        let people: Vec<_> = (0..PEOPLE).map(person).collect();
        for id in &people {
            fake.put_user(id, "somebody");
        }
        let people: Vec<_> = people.iter().map(String::as_str).collect();
        for number in 0..GROUPS {
            fake.put_private_channel(&group(number), &format!("group{number}"), &people);
        }
        Ok(Self {
            fake,
            direct: BTreeMap::new(),
        })
    }
}

fn person(number: usize) -> String {
    format!("U0SOAK{number:04}")
}

fn group(number: usize) -> String {
    format!("C0SOAK{number:04}")
}

#[async_trait]
impl Network for Slack {
    fn id(&self) -> &'static str {
        "slack"
    }

    fn weight(&self) -> usize {
        2
    }

    fn config(&self) -> Value {
        json!({
            "botToken": self.fake.bot_token(),
            "appToken": self.fake.app_token(),
            "apiRoot": self.fake.api_root(),
        })
    }

    fn ask(&mut self, question: &Question) -> Result<Option<String>> {
        let (sender, word) = (person(question.sender), &question.word);
        let ts = match question.place {
            Place::Direct(number) => {
                let (channel, ts) = self.fake.dm(&sender, word)?;
                self.direct.insert(number, channel);
                ts
            }
            Place::Group(number) => self.fake.channel_message(&group(number), &sender, word)?,
        };
        Ok(Some(ts))
    }

    fn answers(&self, place: Place) -> Vec<String> {
        let channel = match place {
            Place::Direct(number) => self.direct.get(&number).cloned(),
            Place::Group(number) => Some(group(number)),
        };
        let messages = channel.map(|channel| self.fake.messages(&channel));
        let messages = messages.into_iter().flatten();
        let by_bot = messages.filter(|message| message.by_bot);
        by_bot.map(|message| message.text).collect()
    }

    async fn until(&self, patience: Duration, done: &mut (dyn FnMut() -> bool + Send)) -> bool {
        let seen = self.fake.wait_for(patience, |_| done().then_some(()));
        seen.await.is_ok()
    }

    fn prepare(&self, trouble: Trouble, questions: usize) {
        let sending = |fault| self.fake.faults().next(SEND, fault);
        match trouble {
            Trouble::TooMany => {
                for _ in 0..CALLS_IN_TROUBLE {
                    sending(Fault::TooMany {
                        retry_after: RETRY_AFTER,
                    });
                }
            }
            Trouble::ServerError => sending(Fault::Status(502)),
            Trouble::CutAfterStoring => sending(Fault::CutAfterStoring),
            Trouble::CutBeforeStoring => sending(Fault::CutBeforeStoring),
            Trouble::CutInEvent => self.fake.cut_next_frame(),
            Trouble::Slow => {
                for _ in 0..CALLS_IN_TROUBLE {
                    sending(Fault::SlowHeaders(SLOW));
                }
            }
            Trouble::Reorder => self.fake.reverse_next(questions),
            Trouble::Duplicates => self.fake.duplicate_next(questions),
            // A new socket is there before the old one goes; then both are cut.
            Trouble::Reconnect => self.fake.disconnect(Reason::RefreshRequested),
            Trouble::Calm => {}
        }
    }

    async fn strike(&mut self, trouble: Trouble) -> Result<()> {
        if trouble == Trouble::Reconnect {
            self.fake.cut_sockets();
        }
        Ok(())
    }

    async fn relent(&mut self, _trouble: Trouble, _ids: &[String]) -> Result<()> {
        Ok(())
    }
}
