//! Looking back: whether a message of ours is there already, and what we did to one.

use serde_json::{Value, json};
use tidegate_core::channel::{ChannelError, OutboundMedia};

use super::api::{CallError, History, Me, Metadata, Past, Span};
use super::channel::Slack;
use super::destination::Destination;

/// The kind of our marks on messages.
const EVENT_TYPE: &str = "tidegate_message";
/// The name of the part in such a mark.
const KEY: &str = "key";
/// Slack's clock may be so much behind ours.
const SKEW_MS: u64 = 60_000;
/// Messages of one page.
const PAGE: u32 = 200;
/// Pages that are looked through: what is sought is at most half an hour old.
const MOST_PAGES: usize = 10;

/// The mark of a part on its message.
pub(super) fn mark(key: &str) -> Metadata {
    Metadata {
        event_type: EVENT_TYPE.into(),
        event_payload: json!({ KEY: key }),
    }
}

fn is_marked(message: &Past, key: &str) -> bool {
    let mark = message.metadata.as_ref();
    let mark = mark.filter(|mark| mark.event_type == EVENT_TYPE);
    mark.and_then(|mark| mark.event_payload.get(KEY))
        .and_then(Value::as_str)
        == Some(key)
}

/// Files carry no marks: name and size must do.
fn shows(message: &Past, media: &OutboundMedia) -> bool {
    let mut files = message.files.iter();
    files.any(|file| file.name.as_deref() == Some(&*media.name) && file.size == Some(media.bytes))
}

/// By its own name, or by its file's: where a share cannot be looked up, that is the receipt.
fn is_known(message: &Past, known: &[String]) -> bool {
    let by_file = message.files.iter().any(|file| known.contains(&file.id));
    by_file || known.contains(&message.ts)
}

fn is_by(message: &Past, me: &Me) -> bool {
    let by_user = message.user.as_deref() == Some(&*me.user_id);
    by_user || (message.bot_id.is_some() && message.bot_id == me.bot_id)
}

impl Slack {
    /// The message with a part's mark, if it was sent since then.
    pub(super) async fn find_marked(
        &self,
        to: &Destination,
        key: &str,
        since_ms: u64,
    ) -> Result<Option<String>, ChannelError> {
        self.look_back(to, since_ms, |message| is_marked(message, key))
            .await
    }

    /// The message of ours with such a file, if it was sent since then and is none of the `known`
    /// ones.
    pub(super) async fn find_file(
        &self,
        to: &Destination,
        media: &OutboundMedia,
        since_ms: u64,
        known: &[String],
    ) -> Result<Option<String>, ChannelError> {
        let me = self.ourselves().await?;
        self.look_back(to, since_ms, |message| {
            is_by(message, &me) && !is_known(message, known) && shows(message, media)
        })
        .await
    }

    /// The message that shows this very file.
    pub(super) async fn find_file_by_id(
        &self,
        to: &Destination,
        file_id: &str,
        since_ms: u64,
    ) -> Result<Option<String>, ChannelError> {
        self.look_back(to, since_ms, |message| {
            message.files.iter().any(|file| file.id == file_id)
        })
        .await
    }

    async fn look_back(
        &self,
        to: &Destination,
        since_ms: u64,
        fits: impl Fn(&Past) -> bool + Send,
    ) -> Result<Option<String>, ChannelError> {
        let oldest_ms = since_ms.saturating_sub(SKEW_MS);
        let mut span = Span {
            oldest: Some(format!("{}.{:03}000", oldest_ms / 1000, oldest_ms % 1000)),
            ..span_of(to)
        };
        for _ in 0..MOST_PAGES {
            let page = self.page(&span).await?;
            if let Some(found) = page.messages.iter().find(|message| fits(message)) {
                return Ok(Some(found.ts.clone()));
            }
            let next = page.response_metadata.next_cursor;
            if next.is_empty() {
                return Ok(None);
            }
            span.cursor = Some(next);
        }
        // Not to be found is not the same as not there.
        Err(ChannelError::Unreachable(
            "too much was said since then to look through it".into(),
        ))
    }

    /// Our reactions to a message.
    pub(super) async fn our_reactions(
        &self,
        to: &Destination,
        ts: &str,
    ) -> Result<Vec<String>, ChannelError> {
        let me = self.ourselves().await?;
        let span = Span {
            oldest: Some(ts.to_owned()),
            latest: Some(ts.to_owned()),
            inclusive: true,
            ..span_of(to)
        };
        let page = self.page(&span).await?;
        let message = page.messages.into_iter().find(|message| message.ts == ts);
        let reactions = message.map(|message| message.reactions);
        Ok(reactions
            .unwrap_or_default()
            .into_iter()
            .filter(|reaction| reaction.users.contains(&me.user_id))
            .map(|reaction| reaction.name)
            .collect())
    }

    async fn page(&self, span: &Span<'_>) -> Result<History, ChannelError> {
        let method = match span.ts {
            Some(_) => "conversations.replies",
            None => "conversations.history",
        };
        let page = self.api.read(method, span).await;
        page.map_err(CallError::repeating)
    }
}

/// Everything in a conversation, or in a thread of it.
fn span_of(to: &Destination) -> Span<'_> {
    Span {
        channel: &to.channel,
        ts: to.thread.as_deref(),
        oldest: None,
        latest: None,
        inclusive: false,
        include_all_metadata: true,
        limit: PAGE,
        cursor: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(json: Value) -> Past {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_mark_is_known_again() {
        let marked = |kind: &str, payload: Value| {
            let mark = json!({"event_type": kind, "event_payload": payload});
            past(json!({"ts": "1.1", "metadata": mark}))
        };
        let ours = serde_json::to_value(mark("a")).unwrap();
        let ours = past(json!({"ts": "1.1", "metadata": ours}));
        assert!(is_marked(&ours, "a"));
        assert!(!is_marked(&ours, "b"));
        assert!(!is_marked(&marked("other", json!({KEY: "a"})), "a"));
        assert!(!is_marked(&marked(EVENT_TYPE, json!({KEY: 1})), "1"));
        assert!(!is_marked(&past(json!({"ts": "1.1"})), "a"));
    }
}
