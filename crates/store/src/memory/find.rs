//! What a trace looks up.

use tidegate_core::run::Run;
use tidegate_core::store::{MAX_TRACE_HITS, OutboxRow, StoreError};
use tidegate_protocol::RunId;

use super::state::State;
use crate::trace::{KeptEvent, Traces, Way};

impl Traces for State {
    type Error = StoreError;

    fn events_named(&self, id: &str) -> Result<Vec<KeptEvent>, StoreError> {
        let named = |event: &&KeptEvent| {
            let row = &event.row;
            let run = row.run_id.as_ref().map(RunId::as_str);
            row.provider_id == id || row.message_id == id || run == Some(id)
        };
        let newest = self.inbox.values().rev().filter(named);
        Ok(newest.take(MAX_TRACE_HITS).cloned().collect())
    }

    fn ways_named(&self, id: &str) -> Result<Vec<Way>, StoreError> {
        let named = |row: &&OutboxRow| {
            let receipt = row.receipt.as_ref();
            row.item.group == id || receipt.is_some_and(|receipt| receipt.message_id == id)
        };
        let newest = self.outbox.values().rev().map(|part| &part.row);
        Ok(newest
            .filter(named)
            .take(MAX_TRACE_HITS)
            .map(Way::of)
            .collect())
    }

    fn events_of(&self, way: &Way) -> Result<Vec<KeptEvent>, StoreError> {
        let answered = |event: &&KeptEvent| event.way.as_ref() == Some(way);
        Ok(self.inbox.values().filter(answered).cloned().collect())
    }

    fn parts_of(&self, way: &Way) -> Result<Vec<OutboxRow>, StoreError> {
        let went = |row: &&OutboxRow| match way {
            Way::Run(run) => row.item.run_id.as_ref() == Some(run),
            Way::Answer(group) => row.item.group == *group,
        };
        let rows = self.outbox.values().map(|part| &part.row);
        Ok(rows.filter(went).cloned().collect())
    }

    fn run_of(&self, id: &RunId) -> Result<Option<Run>, StoreError> {
        Ok(self.run(id))
    }
}
