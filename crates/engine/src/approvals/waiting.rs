//! Questions that wait in this process: room for them, and the sign that one has ended.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::approval::{Asker, ID_BEGINNING, Question};
use tidegate_protocol::AgentId;
use tokio_util::sync::CancellationToken;

use super::bounds::{
    OPEN_MAX, OPEN_MAX_OF_CLIENTS, OPEN_MAX_OF_ONE, SHOWN_MAX_BYTES_OF_CLIENTS,
    SHOWN_MAX_BYTES_OPEN,
};

/// Everybody who waits, by the id of the question.
#[derive(Default)]
pub(super) struct Waiting(Mutex<BTreeMap<String, Place>>);

struct Place {
    whose: Whose,
    shown_bytes: usize,
    ended: CancellationToken,
}

/// Who asked. Clients sit apart: however many of them ask, an agent finds its seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Whose {
    /// A run of this agent.
    Agent(Option<AgentId>),
    /// A client: the storage key of its principal.
    Client(String),
}

impl Whose {
    pub(super) fn of(question: &Question) -> Self {
        match &question.asker {
            Asker::Run => Self::Agent(question.agent.clone()),
            Asker::Client { principal, .. } => Self::Client(principal.clone()),
        }
    }

    const fn is_client(&self) -> bool {
        matches!(self, Self::Client(_))
    }

    /// Seats of all of its kind, and the bytes of their texts.
    const fn room(&self) -> (usize, usize) {
        match self {
            Self::Agent(_) => (OPEN_MAX, SHOWN_MAX_BYTES_OPEN),
            Self::Client(_) => (OPEN_MAX_OF_CLIENTS, SHOWN_MAX_BYTES_OF_CLIENTS),
        }
    }
}

/// One who waits; it leaves when this is gone.
pub(super) struct Seat {
    waiting: Arc<Waiting>,
    id: String,
    /// Cancelled when somebody decided, and when nobody waits here any more.
    pub(super) ended: CancellationToken,
}

/// Why there is no seat.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoSeat {
    /// Too many wait.
    Full,
    /// Another question has this name, or a name that a person could mean by a part of this one.
    Taken,
}

impl Waiting {
    fn places(&self) -> MutexGuard<'_, BTreeMap<String, Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sit(
        self: &Arc<Self>,
        id: String,
        whose: Whose,
        shown_bytes: usize,
    ) -> Result<Seat, NoSeat> {
        let mut places = self.places();
        let taken = |(other, place): (&String, &Place)| {
            *other == id || (place.whose != whose && confusable(other, &id))
        };
        if places.iter().any(taken) {
            return Err(NoSeat::Taken);
        }
        let same_kind = |place: &&Place| place.whose.is_client() == whose.is_client();
        let alike: Vec<&Place> = places.values().filter(same_kind).collect();
        let own = alike.iter().filter(|place| place.whose == whose).count();
        let bytes: usize = alike.iter().map(|place| place.shown_bytes).sum();
        let (most, most_bytes) = whose.room();
        if alike.len() >= most || own >= OPEN_MAX_OF_ONE || bytes + shown_bytes > most_bytes {
            return Err(NoSeat::Full);
        }
        let ended = CancellationToken::new();
        let place = Place {
            whose,
            shown_bytes,
            ended: ended.clone(),
        };
        places.insert(id.clone(), place);
        Ok(Seat {
            waiting: Arc::clone(self),
            id,
            ended,
        })
    }

    /// The question was decided: whoever waits for it looks.
    pub(super) fn wake(&self, id: &str) {
        if let Some(place) = self.places().get(id) {
            place.ended.cancel();
        }
    }

    /// The sign that the question has ended; none if nobody sits here for it.
    pub(super) fn ended(&self, id: &str) -> Option<CancellationToken> {
        self.places().get(id).map(|place| place.ended.clone())
    }
}

/// Whether one id is a beginning by which a person may name the other: a client chooses its ids, and
/// must not have the decision about somebody else's question.
fn confusable(one: &str, other: &str) -> bool {
    let long_enough = one.len().min(other.len()) >= ID_BEGINNING;
    long_enough && (one.starts_with(other) || other.starts_with(one))
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.waiting.places().remove(&self.id);
        self.ended.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sit(waiting: &Arc<Waiting>, id: usize, agent: &str, bytes: usize) -> Result<Seat, NoSeat> {
        let whose = Whose::Agent(Some(AgentId::new(agent)));
        waiting.sit(id.to_string(), whose, bytes)
    }

    #[test]
    fn an_agent_has_few_seats_and_all_have_some_more() {
        let waiting = Arc::<Waiting>::default();
        let mut seats = Vec::new();
        for id in 0..OPEN_MAX {
            let agent = format!("agent-{}", id / OPEN_MAX_OF_ONE);
            seats.push(sit(&waiting, id, &agent, 1).unwrap());
            let of_agent = id % OPEN_MAX_OF_ONE + 1;
            let next = sit(&waiting, 1_000, &agent, 1).map(drop);
            let expected = if of_agent == OPEN_MAX_OF_ONE || id + 1 == OPEN_MAX {
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

    #[test]
    fn clients_take_no_seat_of_an_agent_and_one_of_them_not_all() {
        let waiting = Arc::<Waiting>::default();
        let ask = |id: usize, who: usize| {
            let whose = Whose::Client(format!("device:{who}"));
            waiting.sit(format!("c{id}"), whose, SHOWN_MAX_BYTES_OF_CLIENTS / 64)
        };
        let seats: Vec<_> = (0..1_000).filter_map(|id| ask(id, 0).ok()).collect();
        assert_eq!(seats.len(), OPEN_MAX_OF_ONE, "one client");
        let more: Vec<_> = (1_000..2_000).filter_map(|id| ask(id, id).ok()).collect();
        assert_eq!(seats.len() + more.len(), OPEN_MAX_OF_CLIENTS, "all clients");
        let agents: Vec<_> = (0..OPEN_MAX)
            .filter_map(|id| sit(&waiting, id, &format!("agent-{}", id / 8), 1).ok())
            .collect();
        assert_eq!(agents.len(), OPEN_MAX, "every seat of agents is free");
    }

    #[test]
    fn no_client_takes_a_name_that_stands_for_the_question_of_another() {
        let waiting = Arc::<Waiting>::default();
        let sit = |id: &str, whose: &Whose| waiting.sit(id.to_owned(), whose.clone(), 1);
        let agent = Whose::Agent(None);
        let (one, other) = (Whose::Client("a".into()), Whose::Client("b".into()));
        let _agents = sit("6c7cd23f-0001", &agent).unwrap();
        let _clients = sit("approve-1", &one).unwrap();
        for (id, whose, free) in [
            ("6c7cd23f", &one, false),
            ("6c7cd23f-0001-y", &one, false),
            ("6c7cd23f-0002", &one, true),
            ("6c7cd23", &one, true),
            ("approve-10", &one, true),
            ("approve-10", &other, false),
        ] {
            assert_eq!(sit(id, whose).is_ok(), free, "{id} {whose:?}");
        }
    }

    #[test]
    fn what_clients_write_takes_no_room_of_agents() {
        let waiting = Arc::<Waiting>::default();
        let whose = || Whose::Client("device:d".to_owned());
        let long = waiting.sit("c".into(), whose(), SHOWN_MAX_BYTES_OF_CLIENTS);
        assert!(long.is_ok());
        let full = waiting.sit("d".into(), whose(), 1).map(drop);
        assert_eq!(full, Err(NoSeat::Full));
        assert!(sit(&waiting, 1, "a", SHOWN_MAX_BYTES_OPEN).is_ok());
    }
}
