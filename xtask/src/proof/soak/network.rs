//! What the soak needs of a network: its imitation, people who ask, and trouble.

use std::time::Duration;

use anyhow::Result;
use async_trait::async_trait;
use serde_json::Value;

use super::discord::Discord;
use super::plan::{Place, Question};
use super::slack::Slack;
use super::telegram::Telegram;
use super::trouble::Trouble;

/// One network with one account of ours, its people and its groups.
#[async_trait]
pub(super) trait Network: Send + Sync {
    /// Its key in `channels`.
    fn id(&self) -> &'static str;

    /// Its part of the messages, as much as its vendor lets through in a second: 20, 28 and 5 were
    /// measured. So all networks are busy to the end.
    fn weight(&self) -> usize;

    /// The value of its key in `channels`.
    fn config(&self) -> Value;

    /// Somebody asks. Gives an id that `messages.trace` knows, where there is one yet.
    fn ask(&mut self, question: &Question) -> Result<Option<String>>;

    /// What the gateway has said in a conversation, oldest first.
    fn answers(&self, place: Place) -> Vec<String>;

    /// Waits until `done`, asked again after everything that happens on the network; false if it
    /// was not within `patience`.
    async fn until(&self, patience: Duration, done: &mut (dyn FnMut() -> bool + Send)) -> bool;

    /// Before a wave.
    fn prepare(&self, trouble: Trouble, questions: usize);

    /// In the middle of its questions.
    async fn strike(&mut self, trouble: Trouble) -> Result<()>;

    /// After its last question. `ids` are those of [`Network::ask`] in this wave.
    async fn relent(&mut self, trouble: Trouble, ids: &[String]) -> Result<()>;
}

/// Every network. A new one is a file and a line here.
pub(super) async fn start() -> Result<Vec<Box<dyn Network>>> {
    Ok(vec![
        Box::new(Telegram::start().await?),
        Box::new(Discord::start().await),
        Box::new(Slack::start().await?),
    ])
}

/// What a network tells who calls it too often to wait.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(1);
/// What a slow network takes for an answer: longer than everything else on the way, and shorter
/// than every deadline.
pub(super) const SLOW: Duration = Duration::from_millis(700);
/// Calls in a row that are refused, or slow.
pub(super) const CALLS_IN_TROUBLE: usize = 3;
