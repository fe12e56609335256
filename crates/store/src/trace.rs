//! The way of a message, put together from what a store finds.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::run::Run;
use tidegate_core::store::{InboxRow, MAX_TRACE_HITS, OutboxRow, Traced};
use tidegate_protocol::RunId;

/// What connects that which arrived with that which went out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// A run.
    Run(RunId),
    /// A group of its own name.
    Answer(String),
}

impl Way {
    /// The way of a part.
    pub(crate) fn of(part: &OutboxRow) -> Self {
        match &part.item.run_id {
            Some(run) => Self::Run(run.clone()),
            None => Self::Answer(part.item.group.clone()),
        }
    }
}

/// An event with its number in the inbox and the way of its answer.
#[derive(Debug, Clone)]
pub(crate) struct KeptEvent {
    /// Its number.
    pub(crate) no: u64,
    /// The event.
    pub(crate) row: InboxRow,
    /// The way of its answer; none if there is none.
    pub(crate) way: Option<Way>,
}

/// What a store can find.
pub(crate) trait Traces {
    /// How it fails.
    type Error;
    /// Events with this message, event or run id; at most [`MAX_TRACE_HITS`], the newest.
    fn events_named(&self, id: &str) -> Result<Vec<KeptEvent>, Self::Error>;
    /// Ways of parts with this receipt or group; at most [`MAX_TRACE_HITS`], the newest.
    fn ways_named(&self, id: &str) -> Result<Vec<Way>, Self::Error>;
    /// Events that were answered this way, oldest first.
    fn events_of(&self, way: &Way) -> Result<Vec<KeptEvent>, Self::Error>;
    /// Parts that went this way, oldest first.
    fn parts_of(&self, way: &Way) -> Result<Vec<OutboxRow>, Self::Error>;
    /// A run.
    fn run_of(&self, id: &RunId) -> Result<Option<Run>, Self::Error>;
}

/// The ways of messages that this names, newest first.
pub(crate) fn trace<S: Traces>(store: &S, id: &str) -> Result<Vec<Traced>, S::Error> {
    let mut events: BTreeMap<_, _> = by_number(store.events_named(id)?).collect();
    let mut ways: BTreeSet<_> = store.ways_named(id)?.into_iter().collect();
    let asked = |event: &KeptEvent| {
        event
            .row
            .run_id
            .as_ref()
            .is_some_and(|run| run.as_str() == id)
    };
    if !events.values().any(asked) {
        ways.insert(Way::Run(RunId::new(id)));
    }
    let mut found = Vec::new();
    for way in ways {
        let answered = store.events_of(&way)?;
        if answered.is_empty() {
            found.extend(lone(store, &way)?);
        }
        events.extend(by_number(answered));
    }
    for event in events.into_values().rev() {
        found.push(of_event(store, event)?);
    }
    found.sort_by_key(|traced| Reverse(began_at(traced)));
    found.truncate(MAX_TRACE_HITS);
    Ok(found)
}

fn by_number(events: Vec<KeptEvent>) -> impl Iterator<Item = (u64, KeptEvent)> {
    events.into_iter().map(|event| (event.no, event))
}

/// A way that no event of a network began; none if nothing went it.
fn lone<S: Traces>(store: &S, way: &Way) -> Result<Option<Traced>, S::Error> {
    let run = match way {
        Way::Run(id) => store.run_of(id)?,
        Way::Answer(_) => None,
    };
    let outbox = store.parts_of(way)?;
    let is_one = run.is_some() || !outbox.is_empty();
    Ok(is_one.then_some(Traced {
        inbox: None,
        run,
        outbox,
    }))
}

fn of_event<S: Traces>(store: &S, event: KeptEvent) -> Result<Traced, S::Error> {
    let run = match &event.row.run_id {
        Some(id) => store.run_of(id)?,
        None => None,
    };
    let outbox = match &event.way {
        Some(way) => store.parts_of(way)?,
        None => Vec::new(),
    };
    Ok(Traced {
        inbox: Some(event.row),
        run,
        outbox,
    })
}

/// When it began, in Unix milliseconds.
fn began_at(traced: &Traced) -> u64 {
    match (&traced.inbox, &traced.run) {
        (Some(row), _) => row.arrived_at_ms,
        (None, Some(run)) => run.accepted_at_ms,
        (None, None) => traced.outbox.first().map_or(0, |part| part.item.at_ms),
    }
}
