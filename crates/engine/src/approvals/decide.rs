//! A person decides.

use tidegate_core::Permit;
use tidegate_core::approval::{Approval, Ending, Matter, Outcome};
use tidegate_core::exec::{Decision, Entry, Place, Subject};
use tidegate_core::store::{NewRules, Settled};
use tidegate_protocol::{AgentId, ConnId};

use super::desk::Approvals;
use crate::EngineError;

/// When to try again if the rules changed at the same moment, in milliseconds.
const RULES_RETRY_MS: u64 = 100;

impl Approvals<'_> {
    /// Decides about a question that waits, named as for [`Approvals::find`]. The first decision
    /// counts; the same one again by the same person is no error.
    ///
    /// # Errors
    /// The caller may not decide, nothing waits under this name, or what should be allowed always
    /// cannot be: then it still waits.
    pub async fn resolve(
        &self,
        permit: &Permit,
        connection: Option<&ConnId>,
        id: &str,
        decision: Decision,
    ) -> Result<Approval, EngineError> {
        let Some(found) = self.find(id).await? else {
            return Err(unknown());
        };
        let caller = permit.caller();
        found
            .question
            .may_be_decided_by(caller, connection)
            .map_err(|why| EngineError::invalid(why.to_string()))?;
        let by = caller.id.storage_key();
        if let Some(ended) = &found.ending {
            return already(&found, ended, decision, &by);
        }
        self.settle(&found, decision, permit).await
    }

    async fn settle(
        &self,
        found: &Approval,
        decision: Decision,
        permit: &Permit,
    ) -> Result<Approval, EngineError> {
        let inner = self.engine.inner();
        let by = permit.caller().id.storage_key();
        let ending = Ending {
            outcome: Outcome::from(decision),
            by: Some(by.clone()),
            at_ms: self.engine.now_ms(),
        };
        if decision == Decision::AllowAlways {
            found
                .question
                .can_be_remembered()
                .map_err(|why| EngineError::invalid(format!("{why}; allow it once, or deny it")))?;
        }
        // Nobody else changes the rules until these are set.
        let _rules = inner.approval_desk.rules.lock().await;
        if !permit.stands() {
            return Err(EngineError::TakenBack);
        }
        let remembered = match (decision, &found.question.agent, &found.question.matter) {
            (Decision::AllowAlways, Some(agent), Matter::Subject(subject)) => {
                self.remembering(agent, subject).await?
            }
            _ => None,
        };
        let settled = inner
            .approvals
            .settle_approval(&found.id, ending, remembered)
            .await?;
        match settled {
            Settled::Now(ended) => {
                tracing::info!(
                    id = ended.id,
                    by,
                    decision = Outcome::from(decision).as_str(),
                    "decided about a command"
                );
                inner.approval_desk.waiting.wake(&ended.id);
                self.tell_ended(&ended);
                Ok(*ended)
            }
            Settled::Before(before) => match &before.ending {
                Some(ended) => already(&before, ended, decision, &by),
                None => Err(unknown()),
            },
            Settled::Late => Err(EngineError::invalid(
                "the time to decide about this command is over: it was not run",
            )),
            Settled::Unknown => Err(unknown()),
            Settled::OtherRules => Err(EngineError::Busy {
                what: "the rules changed at the same moment: decide again".to_owned(),
                retry_after_ms: RULES_RETRY_MS,
            }),
        }
    }

    /// The rules with an entry for exactly this. A node remembers by itself: what it was told to
    /// allow always is not allowed here.
    async fn remembering(
        &self,
        agent: &AgentId,
        subject: &Subject,
    ) -> Result<Option<NewRules>, EngineError> {
        if matches!(subject.place, Place::Node(_)) {
            return Ok(None);
        }
        let entry = Entry::remember(subject, self.engine.ids().uuid(), self.engine.now_ms())
            .map_err(|why| EngineError::invalid(why.to_string()))?;
        let there = self.stored_rules().await?;
        let mut file = there.file;
        file.allow(agent.as_str(), entry);
        self.new_rules(there.base, &file).map(Some)
    }
}

fn unknown() -> EngineError {
    EngineError::invalid("unknown approval id")
}

/// A question that had ended: fine if it was just so, by the same person.
fn already(
    found: &Approval,
    ended: &Ending,
    decision: Decision,
    by: &str,
) -> Result<Approval, EngineError> {
    if ended.outcome.decision() == Some(decision) && ended.by.as_deref() == Some(by) {
        return Ok(found.clone());
    }
    Err(EngineError::invalid(match &ended.by {
        Some(_) => format!(
            "somebody decided about this command already: {}",
            ended.outcome.as_str()
        ),
        None => {
            "nobody waits for a decision about this command any more: it was not run".to_owned()
        }
    }))
}
