//! What goes out to chat networks.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;
use tidegate_core::channel::{AccountKey, Target};
use tidegate_core::run::Once;
use tidegate_core::store::{
    AccountLoad, MOST_RECEIPTS, NewOutbound, OutboxRow, OutboxState, OutboxStep, OutboxStore,
    Posted, StoreError,
};

use super::state::{Made, MemoryStore, Remembered, State, misuse, once_key};
use crate::parts::KeptPart;
use crate::rules;

impl State {
    fn posted(&self, once: &Once) -> Option<Posted> {
        let known = self.once.get(&once_key(once))?;
        Some(match known.made.clone() {
            Made::Message(group) if known.params_hash == once.params_hash => {
                Posted::Repeat { group }
            }
            _ => Posted::KeyReused,
        })
    }

    fn post(&mut self, once: &Once, parts: Vec<NewOutbound>) -> Result<Posted, StoreError> {
        const VERB: &str = "post";
        if let Some(known) = self.posted(once) {
            return Ok(known);
        }
        let first = rules::group_of(&parts).map_err(|what| misuse(VERB, what))?;
        let (group, at_ms) = (first.group.clone(), first.at_ms);
        self.put(VERB, parts)?;
        let known = Remembered {
            params_hash: once.params_hash.clone(),
            made: Made::Message(group.clone()),
            at_ms,
        };
        self.once.insert(once_key(once), known);
        Ok(Posted::New { group })
    }

    /// Stores parts. One whose group and place are there already is left alone; one for a
    /// conversation that has moved goes to where that is now.
    pub(super) fn put(
        &mut self,
        verb: &'static str,
        parts: Vec<NewOutbound>,
    ) -> Result<(), StoreError> {
        if let Some(fault) = rules::fault_of_parts(&parts) {
            return Err(misuse(verb, fault));
        }
        for mut item in parts {
            let same = |kept: &KeptPart| {
                kept.row.item.group == item.group && kept.row.item.part == item.part
            };
            if self.outbox.values().any(same) {
                continue;
            }
            let place = (item.target.account.clone(), item.target.peer.id.clone());
            if let Some(now) = self.moves.get(&place) {
                item.target.peer.id.clone_from(now);
                item.body.moved();
            }
            self.next_part += 1;
            self.outbox
                .insert(self.next_part, KeptPart::new(self.next_part, item));
        }
        Ok(())
    }

    fn heads(&self, account: &AccountKey, limit: u32) -> Vec<OutboxRow> {
        let mut lines = BTreeMap::new();
        for part in self.outbox.values() {
            let target = &part.row.item.target;
            if target.account == *account && part.row.state.is_open() {
                lines.entry(target.line()).or_insert(&part.row);
            }
        }
        let mut heads: Vec<_> = lines.into_values().cloned().collect();
        heads.sort_by_key(|row| (row.not_before_ms, row.no));
        heads.truncate(limit as usize);
        heads
    }

    fn step(&mut self, no: u64, step: OutboxStep, now_ms: u64) -> Option<OutboxRow> {
        let part = self.outbox.get_mut(&no)?;
        if !part.row.state.is_open() {
            return None;
        }
        let died_of = match &step {
            OutboxStep::Dead { reason } => Some(reason.clone()),
            _ => None,
        };
        part.step(step, now_ms);
        let row = part.row.clone();
        if let Some(reason) = died_of {
            for later in self.outbox.values_mut() {
                let item = &later.row.item;
                if item.group == row.item.group
                    && item.part > row.item.part
                    && later.row.state.is_open()
                {
                    later.die_with(no, &reason, now_ms);
                }
            }
        }
        Some(row)
    }

    fn dead(&mut self, no: u64) -> Option<&mut KeptPart> {
        let part = self.outbox.get_mut(&no)?;
        (part.row.state == OutboxState::Dead).then_some(part)
    }

    fn revive(&mut self, no: u64, expires_at_ms: u64, now_ms: u64) -> bool {
        let Some(first) = self.dead(no).map(|part| part.died_first()) else {
            return false;
        };
        for part in self.outbox.values_mut() {
            if part.row.state == OutboxState::Dead && part.died_first() == first {
                part.revive(expires_at_ms, now_ms);
            }
        }
        true
    }

    fn receipts(&self, target: &Target, since_ms: u64) -> Vec<String> {
        let rows = self.outbox.values().map(|part| &part.row);
        let mut sent: Vec<_> = rows
            .filter(|row| row.item.target.line() == target.line())
            .filter(|row| row.item.target.account == target.account)
            .filter_map(|row| Some((row.settled_at_ms?, row.no, row.receipt.as_ref()?)))
            .filter(|(at_ms, ..)| *at_ms >= since_ms)
            .collect();
        sent.sort_by_key(|(at_ms, no, _)| Reverse((*at_ms, *no)));
        let newest = sent.into_iter().take(MOST_RECEIPTS);
        newest
            .map(|(.., receipt)| receipt.message_id.clone())
            .collect()
    }

    fn load(&self, account: &AccountKey) -> AccountLoad {
        let mut load = AccountLoad::default();
        let of_account = |part: &&KeptPart| part.row.item.target.account == *account;
        for part in self.outbox.values().filter(of_account) {
            match part.row.state {
                OutboxState::Sent => {
                    load.last_sent_at_ms = load.last_sent_at_ms.max(part.row.settled_at_ms);
                }
                OutboxState::Dead => load.dead += 1,
                OutboxState::Dropped => {}
                OutboxState::Prepared | OutboxState::Sending | OutboxState::Ambiguous => {
                    load.open += 1;
                }
            }
        }
        load
    }

    fn prune_outbox(&mut self, settled_before_ms: u64) -> u64 {
        let before = self.outbox.len();
        self.outbox.retain(|_, part| {
            let over = matches!(part.row.state, OutboxState::Sent | OutboxState::Dropped);
            let old = part
                .row
                .settled_at_ms
                .is_some_and(|at| at < settled_before_ms);
            !(over && old)
        });
        (before - self.outbox.len()) as u64
    }

    /// The newest parts of an account, or of all, in such a state.
    fn newest(
        &self,
        is_wanted: impl Fn(OutboxState) -> bool,
        account: Option<&AccountKey>,
        limit: u32,
    ) -> Vec<OutboxRow> {
        let of = |row: &OutboxRow| account.is_none_or(|of| row.item.target.account == *of);
        let mut newest = self.parts(|row| is_wanted(row.state) && of(row));
        newest.sort_by_key(|row| Reverse(row.no));
        newest.truncate(limit as usize);
        newest
    }

    fn parts(&self, wanted: impl Fn(&OutboxRow) -> bool) -> Vec<OutboxRow> {
        let rows = self.outbox.values().map(|part| &part.row);
        rows.filter(|row| wanted(row)).cloned().collect()
    }
}

#[async_trait]
impl OutboxStore for MemoryStore {
    async fn post(&self, once: Once, parts: Vec<NewOutbound>) -> Result<Posted, StoreError> {
        self.state().post(&once, parts)
    }

    async fn posted(&self, once: &Once) -> Result<Option<Posted>, StoreError> {
        Ok(self.state().posted(once))
    }

    async fn put(&self, parts: Vec<NewOutbound>) -> Result<(), StoreError> {
        self.state().put("put", parts)
    }

    async fn heads(&self, account: &AccountKey, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
        Ok(self.state().heads(account, limit))
    }

    async fn step(
        &self,
        no: u64,
        step: OutboxStep,
        now_ms: u64,
    ) -> Result<Option<OutboxRow>, StoreError> {
        Ok(self.state().step(no, step, now_ms))
    }

    async fn group(&self, group: &str) -> Result<Vec<OutboxRow>, StoreError> {
        let mut parts = self.state().parts(|row| row.item.group == group);
        parts.sort_by_key(|row| row.item.part);
        Ok(parts)
    }

    async fn dead_letters(
        &self,
        account: Option<&AccountKey>,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let is_dead = |state| state == OutboxState::Dead;
        Ok(self.state().newest(is_dead, account, limit))
    }

    async fn open_parts(
        &self,
        account: Option<&AccountKey>,
        limit: u32,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        Ok(self.state().newest(OutboxState::is_open, account, limit))
    }

    async fn revive(&self, no: u64, expires_at_ms: u64, now_ms: u64) -> Result<bool, StoreError> {
        Ok(self.state().revive(no, expires_at_ms, now_ms))
    }

    async fn discard(&self, no: u64, now_ms: u64) -> Result<bool, StoreError> {
        let mut state = self.state();
        let dead = state.dead(no);
        let was_dead = dead.is_some();
        if let Some(part) = dead {
            part.discard(now_ms);
        }
        Ok(was_dead)
    }

    async fn receipts(&self, target: &Target, since_ms: u64) -> Result<Vec<String>, StoreError> {
        Ok(self.state().receipts(target, since_ms))
    }

    async fn load(&self, account: &AccountKey) -> Result<AccountLoad, StoreError> {
        Ok(self.state().load(account))
    }

    async fn prune_outbox(&self, settled_before_ms: u64) -> Result<u64, StoreError> {
        Ok(self.state().prune_outbox(settled_before_ms))
    }
}
