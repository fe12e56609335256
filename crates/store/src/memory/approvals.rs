//! Questions to a person, and the rules that say when one is asked.

use std::cmp::Reverse;

use async_trait::async_trait;
use tidegate_core::approval::{Approval, Ending, Outcome};
use tidegate_core::exec::SubjectHash;
use tidegate_core::store::{
    ApprovalStore, NewApproval, NewRules, Settled, StoreError, StoredRules,
};

use super::state::{MemoryStore, State, misuse};
use crate::rules::is_late;

impl State {
    fn asked(&mut self, id: &str) -> Option<&mut Approval> {
        self.approvals.iter_mut().find(|one| one.id == id)
    }

    fn set_exec_rules(&mut self, new: NewRules) -> bool {
        let there = self.exec_rules.as_ref().map(|rules| &rules.hash);
        if there != new.base.as_ref() {
            return false;
        }
        self.exec_rules = Some(new.rules);
        true
    }

    fn settle(&mut self, id: &str, ending: Ending, rules: Option<NewRules>) -> Settled {
        let Some(found) = self.asked(id).cloned() else {
            return Settled::Unknown;
        };
        if found.ending.is_some() {
            return Settled::Before(Box::new(found));
        }
        if is_late(&found, &ending) {
            return Settled::Late;
        }
        if let Some(new) = rules
            && !self.set_exec_rules(new)
        {
            return Settled::OtherRules;
        }
        let ended = Approval {
            ending: Some(ending),
            ..found
        };
        if let Some(stored) = self.asked(id) {
            stored.clone_from(&ended);
        }
        Settled::Now(Box::new(ended))
    }
}

#[async_trait]
impl ApprovalStore for MemoryStore {
    async fn exec_rules(&self) -> Result<Option<StoredRules>, StoreError> {
        Ok(self.state().exec_rules.clone())
    }

    async fn set_exec_rules(&self, new: NewRules) -> Result<bool, StoreError> {
        Ok(self.state().set_exec_rules(new))
    }

    async fn ask_approval(&self, new: NewApproval) -> Result<bool, StoreError> {
        let mut state = self.state();
        if state.asked(&new.id).is_some() {
            return Ok(false);
        }
        state.approvals.push(Approval {
            id: new.id,
            question: new.question,
            asked_at_ms: new.asked_at_ms,
            expires_at_ms: new.expires_at_ms,
            ending: None,
            spent_at_ms: None,
        });
        Ok(true)
    }

    async fn settle_approval(
        &self,
        id: &str,
        ending: Ending,
        rules: Option<NewRules>,
    ) -> Result<Settled, StoreError> {
        if ending.by.is_some() != ending.outcome.decision().is_some() {
            return Err(misuse(
                "settle_approval",
                "a decision has somebody who decided",
            ));
        }
        Ok(self.state().settle(id, ending, rules))
    }

    async fn spend_approval(
        &self,
        id: &str,
        subject: SubjectHash,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        let mut state = self.state();
        let Some(found) = state.asked(id) else {
            return Ok(false);
        };
        let is_for = found.question.matter.hash() == subject;
        let allows = |ending: &Ending| ending.outcome.allows();
        let good =
            is_for && found.spent_at_ms.is_none() && found.ending.as_ref().is_some_and(allows);
        if good {
            found.spent_at_ms = Some(now_ms);
        }
        Ok(good)
    }

    async fn approval(&self, id: &str) -> Result<Option<Approval>, StoreError> {
        Ok(self.state().asked(id).cloned())
    }

    async fn open_approvals(&self) -> Result<Vec<Approval>, StoreError> {
        let state = self.state();
        let open = state.approvals.iter().filter(|one| one.ending.is_none());
        Ok(open.cloned().collect())
    }

    async fn ended_approvals(
        &self,
        before: Option<&str>,
        most: usize,
    ) -> Result<Vec<Approval>, StoreError> {
        let state = self.state();
        let ended = state.approvals.iter().enumerate();
        let mut ended: Vec<_> = ended
            .filter_map(|(no, one)| Some(((one.ending.as_ref()?.at_ms, no), one)))
            .collect();
        ended.sort_unstable_by_key(|(when, _)| Reverse(*when));
        let after = match before {
            None => 0,
            Some(id) => match ended.iter().position(|(_, one)| one.id == id) {
                Some(at) => at + 1,
                None => return Ok(Vec::new()),
            },
        };
        let page = ended.into_iter().skip(after).take(most);
        Ok(page.map(|(_, one)| one.clone()).collect())
    }

    async fn expire_approvals(
        &self,
        expires_until_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        let mut count = 0;
        for one in &mut self.state().approvals {
            if one.ending.is_none() && one.expires_at_ms <= expires_until_ms {
                one.ending = Some(Ending {
                    outcome: Outcome::Expired,
                    by: None,
                    at_ms: now_ms,
                });
                count += 1;
            }
        }
        Ok(count)
    }

    async fn prune_approvals(&self, ended_before_ms: u64) -> Result<u64, StoreError> {
        let mut state = self.state();
        let before = state.approvals.len();
        let is_old = |ending: &Ending| ending.at_ms < ended_before_ms;
        state
            .approvals
            .retain(|one| !one.ending.as_ref().is_some_and(is_old));
        Ok((before - state.approvals.len()) as u64)
    }
}
