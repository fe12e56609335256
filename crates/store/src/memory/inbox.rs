//! What arrived from chat networks.

use async_trait::async_trait;
use tidegate_core::channel::AccountKey;
use tidegate_core::run::RunEnd;
use tidegate_core::store::{
    Arrival, Arrivals, Arrived, Deed, InboxRow, InboxState, InboxStore, StoreError, Traced,
};
use tidegate_protocol::RunId;

use super::state::{MemoryStore, State, misuse};
use crate::rules;
use crate::trace::{self, KeptEvent, Way};

impl State {
    fn arrive(&mut self, arrivals: Arrivals) -> Result<Vec<Arrived>, StoreError> {
        if let Some(fault) = rules::fault_of_arrivals(&arrivals) {
            return Err(misuse("arrive", fault));
        }
        // One arrival fails before it changes anything; several are taken back together.
        let before = (arrivals.list.len() > 1).then(|| self.clone());
        let mut arrived = Vec::with_capacity(arrivals.list.len());
        for arrival in arrivals.list {
            match self.take(arrival, arrivals.at_ms) {
                Ok(one) => arrived.push(one),
                Err(error) => {
                    if let Some(before) = before {
                        *self = before;
                    }
                    return Err(error);
                }
            }
        }
        if let Some(cursor) = arrivals.cursor {
            self.cursors
                .insert((arrivals.account, arrivals.owner), cursor);
        }
        Ok(arrived)
    }

    fn take(&mut self, arrival: Arrival, at_ms: u64) -> Result<Arrived, StoreError> {
        let known = |event: &KeptEvent| {
            event.row.target.account == arrival.target.account
                && event.row.provider_id == arrival.provider_id
        };
        if self.inbox.values().any(known) {
            return Ok(Arrived::Known);
        }
        let mut row = InboxRow {
            provider_id: arrival.provider_id,
            message_id: arrival.message_id,
            target: arrival.target,
            sender_id: arrival.sender_id,
            sent_at_ms: arrival.sent_at_ms,
            arrived_at_ms: at_ms,
            state: InboxState::Accepted,
            ended_at_ms: None,
            run_id: None,
            session_key: None,
        };
        let (way, run) = match arrival.deed {
            Deed::Ask(new) => {
                let run = self.queue("arrive", *new)?;
                row.run_id = Some(run.id.clone());
                row.session_key = Some(run.session_key.clone());
                (Some(Way::Run(run.id.clone())), Some(Box::new(run)))
            }
            Deed::Answer { ends, outbound } => {
                row.state = ends;
                row.ended_at_ms = Some(at_ms);
                let first = outbound.first();
                row.session_key = first.and_then(|part| part.session_key.clone());
                let way = first.map(|part| Way::Answer(part.group.clone()));
                self.put("arrive", outbound)?;
                (way, None)
            }
        };
        self.next_event += 1;
        let no = self.next_event;
        self.inbox.insert(no, KeptEvent { no, row, way });
        Ok(Arrived::New(run))
    }

    /// Notes that this run gets its answer from the first one of its turn.
    pub(super) fn join_turn(&mut self, run: &RunId, lead: &RunId) {
        for event in self.events_of_run(run) {
            event.way = Some(Way::Run(lead.clone()));
        }
    }

    /// Ends what asked for this run.
    pub(super) fn end_of_run(&mut self, run: &RunId, end: &RunEnd, goes_out: bool, at_ms: u64) {
        for event in self.events_of_run(run) {
            if event.row.state == InboxState::Accepted {
                event.row.state = rules::inbox_end(end, goes_out);
                event.row.ended_at_ms = Some(at_ms);
            }
        }
    }

    fn events_of_run(&mut self, run: &RunId) -> impl Iterator<Item = &mut KeptEvent> {
        let of_run = move |event: &&mut KeptEvent| event.row.run_id.as_ref() == Some(run);
        self.inbox.values_mut().filter(of_run)
    }

    fn prune_inbox(&mut self, arrived_before_ms: u64) -> u64 {
        let before = self.inbox.len();
        self.inbox.retain(|_, event| {
            event.row.ended_at_ms.is_none() || event.row.arrived_at_ms >= arrived_before_ms
        });
        (before - self.inbox.len()) as u64
    }
}

#[async_trait]
impl InboxStore for MemoryStore {
    async fn cursor(
        &self,
        account: &AccountKey,
        owner: &str,
    ) -> Result<Option<String>, StoreError> {
        let key = (account.clone(), owner.to_owned());
        Ok(self.state().cursors.get(&key).cloned())
    }

    async fn arrive(&self, arrivals: Arrivals) -> Result<Vec<Arrived>, StoreError> {
        self.state().arrive(arrivals)
    }

    async fn trace(&self, id: &str) -> Result<Vec<Traced>, StoreError> {
        trace::trace(&*self.state(), id)
    }

    async fn move_peer(
        &self,
        account: &AccountKey,
        from: &str,
        to: &str,
        _now_ms: u64,
    ) -> Result<(), StoreError> {
        self.state().move_peer(account, from, to);
        Ok(())
    }

    async fn moves(&self, account: &AccountKey) -> Result<Vec<(String, String)>, StoreError> {
        let state = self.state();
        let of_account = state.moves.iter().filter(|((of, _), _)| of == account);
        Ok(of_account
            .map(|((_, old), new)| (old.clone(), new.clone()))
            .collect())
    }

    async fn last_arrival(&self, account: &AccountKey) -> Result<Option<u64>, StoreError> {
        let state = self.state();
        let of_account = state
            .inbox
            .values()
            .filter(|event| event.row.target.account == *account);
        Ok(of_account.map(|event| event.row.arrived_at_ms).max())
    }

    async fn prune_inbox(&self, arrived_before_ms: u64) -> Result<u64, StoreError> {
        Ok(self.state().prune_inbox(arrived_before_ms))
    }
}
