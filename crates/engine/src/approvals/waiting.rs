//! Questions that wait in this process: room for them, and the sign that one was decided.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_protocol::AgentId;
use tokio::sync::Notify;

use super::bounds::{OPEN_MAX, OPEN_MAX_OF_AGENT, SHOWN_MAX_BYTES_OPEN};

/// Everybody who waits, by the id of the question.
#[derive(Default)]
pub(super) struct Waiting(Mutex<BTreeMap<String, Place>>);

struct Place {
    agent: Option<AgentId>,
    shown_bytes: usize,
    decided: Arc<Notify>,
}

/// One who waits; it leaves when this is gone.
pub(super) struct Seat {
    waiting: Arc<Waiting>,
    id: String,
    pub(super) decided: Arc<Notify>,
}

/// Why there is no seat.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoSeat {
    /// Too many wait.
    Full,
    /// Another question has this name.
    Taken,
}

impl Waiting {
    fn places(&self) -> MutexGuard<'_, BTreeMap<String, Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sit(
        self: &Arc<Self>,
        id: String,
        agent: Option<AgentId>,
        shown_bytes: usize,
    ) -> Result<Seat, NoSeat> {
        let mut places = self.places();
        if places.contains_key(&id) {
            return Err(NoSeat::Taken);
        }
        let of_agent = places.values().filter(|place| place.agent == agent).count();
        let bytes: usize = places.values().map(|place| place.shown_bytes).sum();
        if places.len() >= OPEN_MAX
            || of_agent >= OPEN_MAX_OF_AGENT
            || bytes + shown_bytes > SHOWN_MAX_BYTES_OPEN
        {
            return Err(NoSeat::Full);
        }
        let decided = Arc::<Notify>::default();
        let place = Place {
            agent,
            shown_bytes,
            decided: Arc::clone(&decided),
        };
        places.insert(id.clone(), place);
        Ok(Seat {
            waiting: Arc::clone(self),
            id,
            decided,
        })
    }

    /// The question has ended: whoever waits for it looks.
    pub(super) fn wake(&self, id: &str) {
        if let Some(place) = self.places().get(id) {
            place.decided.notify_one();
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.waiting.places().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sit(waiting: &Arc<Waiting>, id: usize, agent: &str, bytes: usize) -> Result<Seat, NoSeat> {
        waiting.sit(id.to_string(), Some(AgentId::new(agent)), bytes)
    }

    #[test]
    fn an_agent_has_few_seats_and_all_have_some_more() {
        let waiting = Arc::<Waiting>::default();
        let mut seats = Vec::new();
        for id in 0..OPEN_MAX {
            let agent = format!("agent-{}", id / OPEN_MAX_OF_AGENT);
            seats.push(sit(&waiting, id, &agent, 1).unwrap());
            let of_agent = id % OPEN_MAX_OF_AGENT + 1;
            let next = sit(&waiting, 1_000, &agent, 1).map(drop);
            let expected = if of_agent == OPEN_MAX_OF_AGENT || id + 1 == OPEN_MAX {
                Err(NoSeat::Full)
            } else {
                Ok(())
            };
            assert_eq!(next, expected, "{id}");
        }
        let other = sit(&waiting, 1_000, "other", 1).map(drop);
        assert_eq!(other, Err(NoSeat::Full), "all seats are taken");
        seats.pop();
        assert!(sit(&waiting, 1_000, "other", 1).is_ok(), "one is free");
    }

    #[test]
    fn all_texts_together_are_bounded_and_a_name_is_there_once() {
        let waiting = Arc::<Waiting>::default();
        let first = sit(&waiting, 1, "a", SHOWN_MAX_BYTES_OPEN - 1).unwrap();
        assert_eq!(sit(&waiting, 2, "b", 2).map(drop), Err(NoSeat::Full));
        assert_eq!(sit(&waiting, 2, "b", 1).map(drop), Ok(()));
        assert_eq!(sit(&waiting, 1, "b", 0).map(drop), Err(NoSeat::Taken));
        drop(first);
        assert_eq!(sit(&waiting, 1, "b", 2).map(drop), Ok(()));
    }
}
