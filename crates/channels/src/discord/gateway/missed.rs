//! What was written while there was no session: Discord keeps a session for a few minutes only, and
//! the gateway may be away for longer. Where somebody who is admitted spoke before, the history is
//! read from there on.

use tidegate_core::channel::{ChannelError, Inbound, Inbox};

use super::listen::Ear;
use crate::discord::api::{CallError, Message, Route};
use crate::discord::channel::Discord;
use crate::discord::map::{Happening, inbound};
use crate::discord::snowflake::made_at_ms;

/// What is older than this is not answered any more, as nothing older is sent (SECURITY F02).
const MOST_AGE_MS: i64 = 30 * 60 * 1000;
/// Messages of one channel; the vendor's most for one call.
const MOST_MESSAGES: &str = "100";

impl Discord {
    /// Reads up on what was missed, once, and gives it to the inbox.
    ///
    /// # Errors
    /// Discord could not be asked. The next socket tries again.
    pub(super) async fn catch_up(
        &self,
        ear: &mut Ear,
        inbox: &dyn Inbox,
    ) -> Result<(), ChannelError> {
        if !ear.at.behind {
            return Ok(());
        }
        let mut events = Vec::new();
        for (channel, last) in ear.at.trail.iter() {
            let missed = self.missed_in(&ear.me.id, channel, last).await;
            events.extend(missed.map_err(CallError::receiving)?);
        }
        // Ids rise with time, also within one millisecond.
        events.sort_by_key(|event| event.provider_id.parse::<u64>().ok());
        ear.at.behind = false;
        let cursor = Some(ear.at.write());
        inbox.accept(&ear.me.id, events, cursor).await?;
        ear.stored.clone_from(&ear.at);
        Ok(())
    }

    /// What was written in a channel after a message.
    async fn missed_in(
        &self,
        me: &str,
        channel: &str,
        last: &str,
    ) -> Result<Vec<Inbound>, CallError> {
        let Some(place) = self.place_of(channel, None, None).await? else {
            return Ok(Vec::new());
        };
        let path = ["channels", channel, "messages"];
        let query = [("after", last), ("limit", MOST_MESSAGES)];
        let page = self.api.call(&Route::get(&path).with(&query)).await;
        let page: Vec<Message> = match page {
            // The bot may not read it any more.
            Err(CallError::Refused(no)) if matches!(no.status, 403 | 404) => return Ok(Vec::new()),
            page => page?,
        };
        let now_ms = self.clock.now_ms();
        let ahead_ms = self.api.ahead_ms().unwrap_or(0);
        let since_ms = i64::try_from(now_ms).unwrap_or(i64::MAX) + ahead_ms - MOST_AGE_MS;
        let is_fresh = |message: &Message| {
            let at_ms = made_at_ms(&message.id).and_then(|at| i64::try_from(at).ok());
            at_ms.is_some_and(|at_ms| at_ms >= since_ms)
        };
        // The newest comes first.
        let messages = page.into_iter().rev().filter(is_fresh);
        let events = messages.filter_map(|message| {
            let written = Happening::Written(Box::new(message));
            written.place(me)?;
            inbound(&written, &place, me, now_ms)
        });
        Ok(events.collect())
    }
}
