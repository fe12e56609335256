//! Answers to pressed buttons.

use tokio::time::Instant;

use super::super::answer::{Answer, Refusal};
use super::super::markup::units;
use super::super::params::Params;
use super::super::world::World;
use super::dispatch::done;

/// UTF-16 units of the text of an answer, by the vendor's page.
const MOST_UNITS: usize = 200;

pub(super) fn answer(world: &mut World, params: &Params) -> Answer {
    let text = params.text("text").unwrap_or_default();
    if units(text) > MOST_UNITS {
        return Err(Refusal::bad("MESSAGE_TOO_LONG"));
    }
    let age = world.limits.callback_age;
    let id = params.text("callback_query_id").unwrap_or_default();
    let query = world
        .queries
        .get_mut(id)
        .filter(|query| Instant::now() < query.asked + age)
        .ok_or_else(|| {
            Refusal::bad("query is too old and response timeout expired or query ID is invalid")
        })?;
    query.answer = Some(text.to_owned());
    done()
}
