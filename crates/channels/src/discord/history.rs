//! Looking for what an earlier try may have made. Discord keeps no nonces, so it is known by its
//! words, its file and its time.

use tidegate_core::channel::ChannelError;

use super::api::{Message, Route};
use super::channel::Discord;
use super::compose::Draft;
use super::snowflake::made_at_ms;

/// Messages of a page; the vendor's most.
const PAGE: usize = 100;
const PAGE_TEXT: &str = "100";
/// Pages that are looked through: what was sent half an hour ago is not older in any channel in
/// which people can still read along.
const MOST_PAGES: usize = 10;
/// How far the two clocks may be apart when Discord told its own.
const KNOWN_SLACK_MS: i64 = 2_000;
/// How far they may be apart when it did not.
const UNKNOWN_SLACK_MS: i64 = 60_000;

impl Discord {
    /// The id of a message of ours like this draft, sent since then (Unix milliseconds, our clock),
    /// that is none of the `known` ones. Of several the oldest: the try came before what we said
    /// after it.
    ///
    /// # Errors
    /// Nobody knows: the history could not be read.
    pub(super) async fn find_sent(
        &self,
        channel: &str,
        draft: &Draft<'_>,
        since_ms: u64,
        known: &[String],
    ) -> Result<Option<String>, ChannelError> {
        let me = match self.me.known() {
            Some(me) => me,
            None => self.meet().await?,
        };
        let mut before: Option<String> = None;
        let mut oldest: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let page = self.page(channel, before.as_deref()).await?;
            let since_ms = self.on_their_clock(since_ms);
            let fresh = |message: &&Message| {
                made_at_ms(&message.id)
                    .and_then(|at| i64::try_from(at).ok())
                    .is_some_and(|at| at >= since_ms)
            };
            let ours = |message: &&Message| {
                let author = message.author.as_ref();
                author.is_some_and(|author| author.id == me.id)
                    && !known.contains(&message.id)
                    && is_like(message, draft)
            };
            if let Some(found) = page.iter().filter(fresh).rfind(ours) {
                oldest = Some(found.id.clone());
            }
            match page.last() {
                Some(last) if page.len() >= PAGE && fresh(&last) => {
                    before = Some(last.id.clone());
                }
                _ => return Ok(oldest),
            }
        }
        if oldest.is_some() {
            return Ok(oldest);
        }
        Err(ChannelError::Unknown(
            "too much was written since to look for it".into(),
        ))
    }

    /// One page, the newest first.
    async fn page(
        &self,
        channel: &str,
        before: Option<&str>,
    ) -> Result<Vec<Message>, ChannelError> {
        let path = ["channels", channel, "messages"];
        let mut query = vec![("limit", PAGE_TEXT)];
        query.extend(before.map(|before| ("before", before)));
        let page = self.api.call(&Route::get(&path).with(&query)).await;
        page.map_err(|error| match error.repeating() {
            ChannelError::Refused(why) => {
                ChannelError::Unknown(format!("it cannot be looked up: {why}"))
            }
            other => other,
        })
    }

    /// A moment of our clock on Discord's, as early as it can have been.
    fn on_their_clock(&self, at_ms: u64) -> i64 {
        let at_ms = i64::try_from(at_ms).unwrap_or(i64::MAX);
        match self.api.ahead_ms() {
            Some(ahead) => at_ms.saturating_add(ahead) - KNOWN_SLACK_MS,
            None => at_ms - UNKNOWN_SLACK_MS,
        }
    }
}

/// Whether a message says what the draft says.
fn is_like(message: &Message, draft: &Draft<'_>) -> bool {
    let asks = |question: &str| {
        let poll = message.poll.as_ref();
        poll.is_some_and(|poll| poll.question.text.trim() == question.trim())
    };
    let file = match (draft.file(), message.attachments.as_slice()) {
        (None, []) => true,
        (Some(media), [file]) => file.size == Some(media.bytes),
        _ => false,
    };
    file && message.content.trim() == draft.content.trim()
        && draft.poll().is_none_or(|poll| asks(&poll.question))
}
