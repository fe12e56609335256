//! Telegram: one bot that polls.

use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use serde_json::{Value, json};
use tidegate_fakes::common::Fault;
use tidegate_fakes::telegram::{Order, TelegramFake, User};

use super::network::{CALLS_IN_TROUBLE, Network, RETRY_AFTER, SLOW};
use super::plan::{Place, Question};
use super::trouble::Trouble;

const SEND: &str = "sendMessage";
const POLL: &str = "getUpdates";
/// The number of the first person.
const FIRST_PERSON: i64 = 10_000;
/// The number of the first group; the others are below it.
const FIRST_GROUP: i64 = -1_000_000_010_000;

/// Bytes of a poll's answer before it breaks off: the headers and some of the body.
const CUT_AFTER_BYTES: usize = 200;

pub(super) struct Telegram {
    fake: TelegramFake,
}

impl Telegram {
    pub(super) async fn start() -> Result<Self> {
        let fake = TelegramFake::start().await?;
        Ok(Self { fake })
    }
}

fn chat(place: Place) -> i64 {
    match place {
        Place::Direct(person) => numbered(FIRST_PERSON, person),
        Place::Group(group) => -numbered(-FIRST_GROUP, group),
    }
}

fn numbered(first: i64, place: usize) -> i64 {
    first.saturating_add(i64::try_from(place).unwrap_or(i64::MAX))
}

#[async_trait]
impl Network for Telegram {
    fn id(&self) -> &'static str {
        "telegram"
    }

    fn weight(&self) -> usize {
        8
    }

    fn config(&self) -> Value {
        json!({ "botToken": self.fake.token(), "apiRoot": self.fake.root() })
    }

    fn ask(&mut self, question: &Question) -> Result<Option<String>> {
        let sender = User::new(numbered(FIRST_PERSON, question.sender), "Somebody");
        let arrived = self.fake.say(chat(question.place), &sender, &question.word);
        Ok(arrived.update_id.map(|id| id.to_string()))
    }

    fn answers(&self, place: Place) -> Vec<String> {
        let messages = self.fake.bot_messages(chat(place));
        messages.into_iter().map(|message| message.text).collect()
    }

    async fn until(&self, patience: Duration, done: &mut (dyn FnMut() -> bool + Send)) -> bool {
        let seen = self.fake.wait_for(patience, |_| done().then_some(()));
        seen.await.is_ok()
    }

    // One call of a wave at most leaves open whether its message is there: what is in doubt twice is
    // given up, by the book, and that is not what the soak is about.
    fn prepare(&self, trouble: Trouble, _questions: usize) {
        let sending = |fault| self.fake.fail_next(SEND, fault);
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
            Trouble::CutInEvent => {
                let after_bytes = CUT_AFTER_BYTES;
                self.fake
                    .fail_next(POLL, Fault::CutInAnswer { after_bytes });
            }
            Trouble::Slow => {
                for _ in 0..CALLS_IN_TROUBLE {
                    sending(Fault::SlowHeaders(SLOW));
                }
            }
            Trouble::Reorder => self.fake.hold_updates(),
            Trouble::Calm | Trouble::Duplicates | Trouble::Reconnect => {}
        }
    }

    async fn strike(&mut self, trouble: Trouble) -> Result<()> {
        if trouble == Trouble::Reconnect {
            self.fake.go_down().await;
        }
        Ok(())
    }

    async fn relent(&mut self, trouble: Trouble, ids: &[String]) -> Result<()> {
        match trouble {
            Trouble::Reconnect => self.fake.come_back().await?,
            Trouble::Reorder => self.fake.release_updates(Order::Reversed),
            Trouble::Duplicates => {
                for id in ids {
                    self.fake.redeliver(id.parse()?);
                }
            }
            _ => {}
        }
        Ok(())
    }
}
