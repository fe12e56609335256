//! The long poll. An offset tells Telegram to forget everything below it, so it is only ever one
//! that the inbox has stored (SECURITY F01).

use std::time::Duration;

use serde_json::value::RawValue;
use tidegate_core::channel::{ChannelError, Inbox};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::api::{CallError, NoParams, Polling};
use super::capabilities::poll_slack;
use super::channel::Telegram;
use super::taking::{Arrived, KINDS};

/// Updates of one answer; the vendor's most.
const UPDATES_AT_ONCE: u32 = 100;
/// Least time from one poll without news to the next: a server that does not wait for news must not
/// be asked without end.
const LEAST_PAUSE: Duration = Duration::from_millis(500);

impl Telegram {
    /// Polls until `stop`. The first poll does not wait, so that the way in proves itself at once.
    pub(super) async fn poll(
        &self,
        inbox: &dyn Inbox,
        stop: &CancellationToken,
    ) -> Result<(), ChannelError> {
        let begun = async {
            let me = self.meet().await?;
            self.drop_webhook().await?;
            self.tell_commands().await;
            Ok::<_, ChannelError>(me)
        };
        let Some(me) = stop.run_until_cancelled(begun).await.transpose()? else {
            return Ok(());
        };
        let cursor = inbox.cursor(&me.id.to_string()).await?;
        let mut offset = cursor.and_then(|cursor| cursor.parse().ok());
        let mut wait = Duration::ZERO;
        while let Some(raw) = stop.run_until_cancelled(self.updates(offset, wait)).await {
            let arrived: Vec<_> = raw?.iter().map(|raw| Arrived::read(raw)).collect();
            inbox.proved();
            wait = self.settings.poll;
            if arrived.is_empty() {
                continue;
            }
            let next = offset_behind(&arrived)?;
            let cursor = Some(next.to_string());
            let presses = self.take_in(&me, inbox, &arrived, cursor).await?;
            offset = Some(next);
            stop.run_until_cancelled(self.answer_presses(&presses))
                .await;
        }
        Ok(())
    }

    /// A live webhook forbids polls. What waits for it is kept, and comes by the poll.
    async fn drop_webhook(&self) -> Result<(), ChannelError> {
        let gone = self.api.call::<bool>("deleteWebhook", &NoParams {}).await;
        gone.map(|_| ()).map_err(CallError::receiving)
    }

    /// Asks for news. Where we were ready to wait, an answer without any never comes at once.
    async fn updates(
        &self,
        offset: Option<i64>,
        wait: Duration,
    ) -> Result<Vec<Box<RawValue>>, ChannelError> {
        let until = Instant::now() + wait.min(LEAST_PAUSE);
        let polling = Polling {
            offset,
            timeout: wait.as_secs(),
            limit: UPDATES_AT_ONCE,
            allowed_updates: KINDS,
        };
        let deadline = wait.saturating_add(poll_slack(self.settings.poll));
        let updates: Vec<_> = self
            .api
            .call_within("getUpdates", &polling, deadline)
            .await
            .map_err(CallError::receiving)?;
        if updates.is_empty() {
            sleep_until(until).await;
        }
        Ok(updates)
    }
}

/// The offset behind these updates. It follows the server also downwards: after a week of silence
/// Telegram begins to count somewhere else.
fn offset_behind(arrived: &[Arrived]) -> Result<i64, ChannelError> {
    arrived
        .iter()
        .filter_map(|arrived| arrived.number)
        .max()
        .map(|last| last.saturating_add(1))
        .ok_or_else(|| ChannelError::Unreachable("updates came without their numbers".into()))
}
