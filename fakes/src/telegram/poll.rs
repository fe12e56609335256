//! `getUpdates`: confirm, fetch, wait; and one poller at a time.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout_at};

use super::answer::{Answer, Granted, Refusal};
use super::params::Params;
use super::shared::Shared;
use super::updates::Update;
use super::world::World;

const OTHER_POLLER: &str = "Conflict: terminated by other getUpdates request; make sure that only \
                            one bot instance is running";
const OTHER_HOOK: &str = "Conflict: terminated by setWebhook request";
const HOOK_IS_LIVE: &str = "Conflict: can't use getUpdates method while webhook is active; use \
                            deleteWebhook to delete the webhook first";

/// A poll of the same offset so soon after the last gets one update only.
const HASTE: Duration = Duration::from_millis(500);

/// What one call asks for.
#[derive(Debug, Clone, Copy)]
struct Ask {
    offset: i64,
    limit: usize,
    until: Instant,
}

/// Carries the method out; long if it has to.
pub(super) async fn get_updates(shared: &Shared, params: &Params) -> Answer {
    let ask = match shared.change_quietly(|world| begin(world, params)) {
        Ok(ask) => ask,
        Err(why) => return conflict(shared, why).await,
    };
    let mut bell = shared.bell();
    if let Some(updates) = fetch(shared, ask) {
        return Ok(listed(&updates));
    }
    let (place, mut ended) = Place::take(shared);
    loop {
        bell.borrow_and_update();
        if let Some(updates) = fetch(shared, ask) {
            return Ok(listed(&updates));
        }
        tokio::select! {
            biased;
            why = &mut ended => match why {
                Ok(why) => return conflict(shared, why).await,
                Err(_) => return Ok(listed(&[])),
            },
            rung = timeout_at(ask.until, bell.changed()) => if rung.is_err() {
                drop(place);
                return Ok(listed(&[]));
            },
        }
    }
}

fn listed(updates: &[Update]) -> Granted {
    let list: Vec<Value> = updates.iter().map(Update::json).collect();
    Granted::from(json!(list))
}

/// Reads what is asked, and remembers what the bot wants to be told.
fn begin(world: &mut World, params: &Params) -> Result<Ask, &'static str> {
    if world.webhook.is_some() {
        return Err(HOOK_IS_LIVE);
    }
    name_kinds(world, params);
    let now = Instant::now();
    let offset = params.number("offset").unwrap_or(0);
    let limit = params.number("limit").unwrap_or(100).clamp(1, 100);
    let mut limit = usize::try_from(limit).unwrap_or(1);
    let wait = params.number("timeout").unwrap_or(0).max(0).unsigned_abs();
    let mut wait = Duration::from_secs(wait).min(world.limits.longest_poll);
    if let Some((last, at)) = world.polling.last
        && last == offset
    {
        let pause = world.limits.repeated_poll;
        if now < at + pause {
            wait = wait.max(pause);
            if now < at + HASTE {
                limit = 1;
            }
        }
    }
    world.polling.last = Some((offset, now));
    Ok(Ask {
        offset,
        limit,
        until: now + wait,
    })
}

/// Remembers `allowed_updates`, if the call names any.
pub(super) fn name_kinds(world: &mut World, params: &Params) {
    if let Ok(Some(Value::Array(kinds))) = params.json("allowed_updates") {
        let kinds: BTreeSet<String> = kinds
            .iter()
            .filter_map(|kind| kind.as_str().map(str::to_owned))
            .collect();
        world.updates.name(kinds);
    }
}

/// The updates, or none if the call has to wait for some.
fn fetch(shared: &Shared, ask: Ask) -> Option<Vec<Update>> {
    let now = Instant::now();
    let updates = shared.change_quietly(|world| world.updates.fetch(ask.offset, ask.limit, now));
    (!updates.is_empty() || now >= ask.until).then_some(updates)
}

/// Of several conflicts within a while the first is answered at once, the others after it.
async fn conflict(shared: &Shared, why: &'static str) -> Answer {
    let now = Instant::now();
    let pause = shared.change_quietly(|world| {
        let pause = world.limits.conflict_pause;
        if world.polling.quiet_until.is_some_and(|until| now < until) {
            return Some(pause);
        }
        world.polling.quiet_until = Some(now + pause);
        None
    });
    if let Some(pause) = pause {
        sleep(pause).await;
    }
    Err(Refusal::new(409, why))
}

/// Ends a waiting poll because a webhook was set.
pub(super) fn end_for_webhook(world: &mut World) {
    if let Some((_, end)) = world.polling.waiting.take() {
        // It may have gone away by itself.
        let _gone = end.send(OTHER_HOOK);
    }
}

/// The one place where a poll may wait. Whoever takes it ends the one that had it; it is free
/// again when this is dropped, also with a caller that hung up.
struct Place<'a> {
    shared: &'a Shared,
    number: u64,
}

impl<'a> Place<'a> {
    fn take(shared: &'a Shared) -> (Self, oneshot::Receiver<&'static str>) {
        let (end, ended) = oneshot::channel();
        let number = shared.change(|world| {
            let number = world.number();
            if let Some((_, former)) = world.polling.waiting.replace((number, end)) {
                // It may have gone away by itself.
                let _gone = former.send(OTHER_POLLER);
            }
            number
        });
        (Self { shared, number }, ended)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.shared.change(|world| {
            let waiting = &mut world.polling.waiting;
            waiting.take_if(|(number, _)| *number == self.number);
        });
    }
}
