//! Reading what was said, a page at a time.

use serde_json::{Value, json};

use super::answer::Refusal;
use super::methods::Api;
use super::params::Params;
use crate::slack::json::put;
use crate::slack::world::{Channel, Message};

/// Which page.
pub(super) struct Page {
    from: usize,
    limit: usize,
}

impl Page {
    /// Reads `cursor` and `limit`.
    pub(super) fn read(params: &Params, usual: usize, most: usize) -> Result<Self, Refusal> {
        let limit = params.count("limit")?.filter(|limit| *limit > 0);
        let from = match params.text("cursor") {
            None => 0,
            Some(cursor) => {
                let place = cursor
                    .strip_prefix("next:")
                    .and_then(|place| place.parse().ok());
                place.ok_or("invalid_cursor")?
            }
        };
        Ok(Self {
            from,
            limit: limit.unwrap_or(usual).min(most),
        })
    }

    /// The entries of this page, and the cursor of the next; empty if there is none.
    pub(super) fn cut<T>(&self, entries: Vec<T>) -> (Vec<T>, String) {
        let end = self.from.saturating_add(self.limit);
        let next = if entries.len() > end {
            format!("next:{end}")
        } else {
            String::new()
        };
        let page = entries.into_iter().skip(self.from).take(self.limit);
        (page.collect(), next)
    }
}

/// `conversations.history`: what stands in the channel itself, newest first.
pub(super) fn history(api: &Api<'_>) -> Result<Value, Refusal> {
    let span = Span::read(api.params)?;
    let page = Page::read(api.params, 100, 999)?;
    let with_metadata = api.params.flag("include_all_metadata");
    let messages = channel(api, |channel| {
        let shown = channel.messages.iter().rev();
        let shown = shown.filter(|one| one.thread_ts.is_none() || one.broadcast);
        let shown = shown.filter(|one| span.holds(&one.ts));
        Ok(shown
            .map(|one| channel.listed(one, with_metadata))
            .collect())
    })?;
    Ok(answer(&page, messages))
}

/// `conversations.replies`: a parent and its thread, oldest first.
pub(super) fn replies(api: &Api<'_>) -> Result<Value, Refusal> {
    let ts = api.params.text("ts").ok_or("thread_not_found")?;
    let span = Span::read(api.params)?;
    let page = Page::read(api.params, 1000, 1000)?;
    let with_metadata = api.params.flag("include_all_metadata");
    let messages = channel(api, |channel| {
        let found = channel.find(&ts).ok_or("thread_not_found")?;
        // The ts of a reply shows the whole thread, too.
        let root = found.thread_ts.clone().unwrap_or_else(|| found.ts.clone());
        let parent = channel.find(&root).into_iter();
        let thread: Vec<&Message> = parent
            .chain(channel.replies(&root).filter(|one| span.holds(&one.ts)))
            .collect();
        let shown = thread.into_iter();
        Ok(shown
            .map(|one| channel.listed(one, with_metadata))
            .collect())
    })?;
    Ok(answer(&page, messages))
}

fn channel(
    api: &Api<'_>,
    look: impl FnOnce(&Channel) -> Result<Vec<Value>, Refusal>,
) -> Result<Vec<Value>, Refusal> {
    let id = api.params.text("channel").ok_or("channel_not_found")?;
    api.core.look(|world| {
        let channel = world.channels.get(&id).ok_or("channel_not_found")?;
        if !channel.has_bot() {
            return Err("not_in_channel".into());
        }
        look(channel)
    })
}

fn answer(page: &Page, messages: Vec<Value>) -> Value {
    let (messages, next) = page.cut(messages);
    let more = !next.is_empty();
    let mut answer = json!({"messages": messages, "has_more": more, "pin_count": 0});
    if more {
        put(
            &mut answer,
            "response_metadata",
            json!({"next_cursor": next}),
        );
    }
    answer
}

/// The time that is asked for. Both ends are left out unless `inclusive`.
struct Span {
    oldest: Option<Ts>,
    latest: Option<Ts>,
    inclusive: bool,
}

/// Seconds and microseconds.
type Ts = (u64, u32);

impl Span {
    fn read(params: &Params) -> Result<Self, Refusal> {
        let end = |name: &str, error: &str| match params.text(name) {
            None => Ok(None),
            Some(text) => parse(&text).map(Some).ok_or_else(|| Refusal::from(error)),
        };
        Ok(Self {
            oldest: end("oldest", "invalid_ts_oldest")?,
            latest: end("latest", "invalid_ts_latest")?,
            inclusive: params.flag("inclusive"),
        })
    }

    fn holds(&self, ts: &str) -> bool {
        let Some(ts) = parse(ts) else { return false };
        let after = |end: Ts| ts > end || (self.inclusive && ts == end);
        let before = |end: Ts| ts < end || (self.inclusive && ts == end);
        self.oldest.is_none_or(after) && self.latest.is_none_or(before)
    }
}

fn parse(ts: &str) -> Option<Ts> {
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    if micros.is_empty() || micros.len() > 6 {
        return None;
    }
    Some((seconds.parse().ok()?, format!("{micros:0<6}").parse().ok()?))
}
