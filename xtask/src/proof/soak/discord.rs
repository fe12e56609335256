//! Discord: one bot on the gateway.

use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_fakes::common::Fault;
use tidegate_fakes::discord::{DiscordFake, Settings, Snowflake, routes};

use super::network::{CALLS_IN_TROUBLE, Network, RETRY_AFTER, SLOW};
use super::plan::{GROUPS, PEOPLE, Place, Question};
use super::trouble::Trouble;

/// Decides about faults by chance, of which there are none.
const SEED: u64 = 1;

pub(super) struct Discord {
    fake: DiscordFake,
    people: Vec<Snowflake>,
    groups: Vec<Snowflake>,
}

impl Discord {
    pub(super) async fn start() -> Self {
        let fake = DiscordFake::start_with(Settings::loose(), SEED).await;
        let person = |number| fake.add_user(&format!("person{number}"));
        let people = (0..PEOPLE).map(person).collect();
        let guild = fake.add_guild("Soak");
        let group = |number| fake.add_text_channel(guild, &format!("group{number}"));
        let groups = (0..GROUPS).map(group).collect();
        Self {
            fake,
            people,
            groups,
        }
    }

    fn person(&self, number: usize) -> Option<Snowflake> {
        self.people.get(number).copied()
    }

    fn channel(&self, place: Place) -> Option<Snowflake> {
        match place {
            Place::Direct(person) => Some(self.fake.dm_channel(self.person(person)?)),
            Place::Group(group) => self.groups.get(group).copied(),
        }
    }
}

#[async_trait]
impl Network for Discord {
    fn id(&self) -> &'static str {
        "discord"
    }

    fn weight(&self) -> usize {
        11
    }

    fn config(&self) -> Value {
        json!({ "token": self.fake.token(), "apiRoot": self.fake.api_root() })
    }

    fn ask(&mut self, question: &Question) -> Result<Option<String>> {
        let channel = self.channel(question.place).context("no such place")?;
        let sender = self.person(question.sender).context("no such person")?;
        let message = self.fake.say(channel, sender, &question.word)?;
        Ok(Some(message.to_string()))
    }

    fn answers(&self, place: Place) -> Vec<String> {
        let channel = self.channel(place);
        let messages = channel.map(|channel| self.fake.answers(channel));
        let messages = messages.into_iter().flatten();
        messages.map(|message| message.content).collect()
    }

    async fn until(&self, patience: Duration, done: &mut (dyn FnMut() -> bool + Send)) -> bool {
        let seen = self.fake.wait_for(patience, |_| done().then_some(()));
        seen.await.is_ok()
    }

    fn prepare(&self, trouble: Trouble, questions: usize) {
        let sending = |fault| self.fake.faults().next(routes::SEND, fault);
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
            Trouble::CutInEvent => self.fake.cut_in_next_dispatch(),
            Trouble::Slow => {
                for _ in 0..CALLS_IN_TROUBLE {
                    sending(Fault::SlowHeaders(SLOW));
                }
            }
            Trouble::Reorder => self.fake.swap_next_dispatches(),
            Trouble::Duplicates => {
                let events = u32::try_from(questions).unwrap_or(u32::MAX);
                self.fake.duplicate_dispatches(events);
            }
            Trouble::Calm | Trouble::Reconnect => {}
        }
    }

    async fn strike(&mut self, trouble: Trouble) -> Result<()> {
        match trouble {
            Trouble::Reconnect => self.fake.cut_connections(),
            Trouble::Reorder => self.fake.swap_next_dispatches(),
            _ => {}
        }
        Ok(())
    }

    async fn relent(&mut self, trouble: Trouble, _ids: &[String]) -> Result<()> {
        if trouble == Trouble::Reconnect {
            self.fake.ask_to_reconnect();
        }
        Ok(())
    }
}
