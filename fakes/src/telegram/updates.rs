//! The updates that wait for the bot: what it wants, what it has confirmed, what has grown too old.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Map, Value, json};
use tokio::time::Instant;

/// Updates that are not sent unless the bot names them.
const ONLY_IF_NAMED: &[&str] = &["message_reaction", "message_reaction_count", "chat_member"];

/// Confirmed updates that are kept to be delivered a second time.
const MOST_CONFIRMED: usize = 1_000;

/// The first update identifier; any positive number would do.
const FIRST_ID: i64 = 710_000_001;

/// One update.
#[derive(Debug, Clone)]
pub(super) struct Update {
    pub(super) id: i64,
    kind: &'static str,
    body: Value,
    until: Instant,
}

impl Update {
    pub(super) fn json(&self) -> Value {
        let mut update = Map::new();
        update.insert("update_id".to_owned(), json!(self.id));
        update.insert(self.kind.to_owned(), self.body.clone());
        Value::Object(update)
    }
}

/// In which order held updates are let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they happened.
    Kept,
    /// The last one first.
    Reversed,
}

/// The queue.
#[derive(Debug)]
pub(super) struct Updates {
    queue: VecDeque<Update>,
    replays: VecDeque<Update>,
    confirmed: VecDeque<Update>,
    held: Option<Vec<(&'static str, Value)>>,
    named: BTreeSet<String>,
    next_id: i64,
}

impl Default for Updates {
    fn default() -> Self {
        Self {
            queue: VecDeque::new(),
            replays: VecDeque::new(),
            confirmed: VecDeque::new(),
            held: None,
            named: BTreeSet::new(),
            next_id: FIRST_ID,
        }
    }
}

impl Updates {
    /// Adds an update if the bot wants its kind. No identifier while updates are held back.
    pub(super) fn add(&mut self, kind: &'static str, body: Value, until: Instant) -> Option<i64> {
        if !self.wants(kind) {
            return None;
        }
        if let Some(held) = &mut self.held {
            held.push((kind, body));
            return None;
        }
        let id = self.next_id;
        self.next_id += 1;
        self.queue.push_back(Update {
            id,
            kind,
            body,
            until,
        });
        Some(id)
    }

    fn wants(&self, kind: &str) -> bool {
        if self.named.is_empty() {
            !ONLY_IF_NAMED.contains(&kind)
        } else {
            self.named.contains(kind)
        }
    }

    /// Remembers what the bot wants; an empty list is the default again.
    pub(super) fn name(&mut self, kinds: BTreeSet<String>) {
        self.named = kinds;
    }

    /// The kinds that the bot named.
    pub(super) fn named(&self) -> &BTreeSet<String> {
        &self.named
    }

    /// Keeps back what comes from now on.
    pub(super) fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Lets go what was kept back.
    pub(super) fn release(&mut self, order: Order, until: Instant) {
        let mut held = self.held.take().unwrap_or_default();
        if order == Order::Reversed {
            held.reverse();
        }
        for (kind, body) in held {
            self.add(kind, body, until);
        }
    }

    /// Delivers an update once more, even if it was confirmed. False if it is not known any more.
    pub(super) fn replay(&mut self, id: i64) -> bool {
        let known = self.queue.iter().chain(&self.confirmed);
        let update = known.into_iter().find(|update| update.id == id).cloned();
        let found = update.is_some();
        self.replays.extend(update);
        found
    }

    /// Confirms everything before the offset and gives what follows. A negative offset forgets all
    /// but the last so many; one behind the end counts as none.
    pub(super) fn fetch(&mut self, offset: i64, limit: usize, now: Instant) -> Vec<Update> {
        self.queue.retain(|update| update.until > now);
        if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let gone = self.queue.len().saturating_sub(keep);
            self.confirm(gone);
        } else if offset <= self.next_id {
            let gone = self.queue.iter().take_while(|update| update.id < offset);
            self.confirm(gone.count());
        }
        let replays = self.replays.len().min(limit);
        let mut fetched: Vec<Update> = self.replays.drain(..replays).collect();
        fetched.extend(self.queue.iter().take(limit - replays).cloned());
        fetched
    }

    /// What a webhook gets next.
    pub(super) fn front(&mut self, now: Instant) -> Option<Update> {
        self.queue.retain(|update| update.until > now);
        self.replays.front().or(self.queue.front()).cloned()
    }

    /// A webhook took what [`Updates::front`] gave.
    pub(super) fn taken(&mut self, id: i64) {
        if self.replays.front().is_some_and(|update| update.id == id) {
            self.replays.pop_front();
        } else if self.queue.front().is_some_and(|update| update.id == id) {
            self.confirm(1);
        }
    }

    pub(super) fn clear(&mut self) {
        self.confirm(self.queue.len());
        self.replays.clear();
    }

    pub(super) fn pending(&self) -> usize {
        self.queue.len()
    }

    fn confirm(&mut self, count: usize) {
        self.confirmed.extend(self.queue.drain(..count));
        let over = self.confirmed.len().saturating_sub(MOST_CONFIRMED);
        self.confirmed.drain(..over);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_update_waits_until_it_is_too_old() {
        let (mut updates, start) = (Updates::default(), Instant::now());
        let after = |hours| start + Duration::from_hours(hours);
        updates.add("message", json!("yesterday"), after(24));
        updates.add("message", json!("today"), after(47));
        let texts = |updates: &mut Updates, hours| -> Vec<Value> {
            let fetched = updates.fetch(0, 100, after(hours));
            fetched.iter().map(|update| update.body.clone()).collect()
        };
        assert_eq!(texts(&mut updates, 23), ["yesterday", "today"]);
        assert_eq!(texts(&mut updates, 24), ["today"]);
        assert_eq!(texts(&mut updates, 47), [""; 0]);
    }
}
