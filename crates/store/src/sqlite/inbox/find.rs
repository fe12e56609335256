//! What a trace looks up.

use rusqlite::{Connection, Row, params};
use tidegate_core::run::Run;
use tidegate_core::session::SessionKey;
use tidegate_core::store::{InboxRow, InboxState, MAX_TRACE_HITS, OutboxRow};
use tidegate_protocol::RunId;

use super::super::fault::Fault;
use super::super::rows::all;
use super::super::{outbox, places, runs};
use crate::trace::{KeptEvent, Traces, Way};

/// Columns of an event.
const EVENT: &str = "no, channel, account, peer_kind, peer, thread, provider_id, message_id, \
     sender_id, sent_at, arrived_at, state, ended_at, run_id, session_key, turn_run, answer";

/// The rows of a database.
pub(super) struct Rows<'a>(pub(super) &'a Connection);

/// An event from [`EVENT`].
fn event(row: &Row<'_>) -> Result<KeptEvent, Fault> {
    let state: String = row.get(11)?;
    let turn: Option<String> = row.get(15)?;
    let answer: Option<String> = row.get(16)?;
    Ok(KeptEvent {
        no: row.get(0)?,
        row: InboxRow {
            target: places::target(row, 1)?,
            provider_id: row.get(6)?,
            message_id: row.get(7)?,
            sender_id: row.get(8)?,
            sent_at_ms: row.get(9)?,
            arrived_at_ms: row.get(10)?,
            state: InboxState::parse(&state).ok_or(Fault::Unknown(state))?,
            ended_at_ms: row.get(12)?,
            run_id: row.get::<_, Option<String>>(13)?.map(RunId::new),
            session_key: row.get::<_, Option<String>>(14)?.map(SessionKey::stored),
        },
        way: turn
            .map(|run| Way::Run(RunId::new(run)))
            .or(answer.map(Way::Answer)),
    })
}

impl Traces for Rows<'_> {
    type Error = Fault;

    fn events_named(&self, id: &str) -> Result<Vec<KeptEvent>, Fault> {
        let sql = format!(
            "SELECT {EVENT} FROM inbox WHERE provider_id = ?1 OR message_id = ?1 OR run_id = ?1
             ORDER BY no DESC LIMIT ?2"
        );
        all(self.0, &sql, params![id, MAX_TRACE_HITS], event)
    }

    fn ways_named(&self, id: &str) -> Result<Vec<Way>, Fault> {
        outbox::ways_named(self.0, id)
    }

    fn events_of(&self, way: &Way) -> Result<Vec<KeptEvent>, Fault> {
        let (column, name) = match way {
            Way::Run(run) => ("turn_run", run.as_str()),
            Way::Answer(answer) => ("answer", answer.as_str()),
        };
        let sql = format!("SELECT {EVENT} FROM inbox WHERE {column} = ?1 ORDER BY no");
        all(self.0, &sql, [name], event)
    }

    fn parts_of(&self, way: &Way) -> Result<Vec<OutboxRow>, Fault> {
        outbox::parts_of(self.0, way)
    }

    fn run_of(&self, id: &RunId) -> Result<Option<Run>, Fault> {
        runs::by_id(self.0, id)
    }
}
