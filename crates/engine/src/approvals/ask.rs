//! May this run? The rules say so, or a person does.

use tidegate_core::approval::{Asker, Ending, Matter, Outcome, Question};
use tidegate_core::exec::{Decision, Place, Policy, Refusal, Verdict};
use tidegate_core::tool::AskedFor;
use tidegate_protocol::RunId;
use tokio::time::Instant;

use super::desk::Approvals;
use super::permit::ExecPermit;
use super::question::NewQuestion;
use crate::EngineError;

/// Why it may not run. Each is a sentence for the agent.
#[derive(Debug, thiserror::Error)]
pub enum Unapproved {
    /// The rules say so.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A guest of a chat network caused the run (SECURITY T23).
    #[error("commands are not run for guests of a chat network")]
    Guest,
    /// A person said no.
    #[error("a person denied it: do not try the same in another way")]
    Denied,
    /// Nobody decided in time.
    #[error("nobody decided about it in time: it was not run")]
    Expired,
    /// The run was stopped.
    #[error("it was not run: whoever asked was stopped")]
    Withdrawn,
    /// The gateway is stopping.
    #[error("it was not run: the gateway is stopping")]
    Closing,
    /// Too many questions wait.
    #[error("too many commands wait for a decision already: wait until some are decided")]
    Full,
    /// It cannot be shown whole.
    #[error(
        "it is too long to be shown to a person ({0} bytes): write a script to a file and run that"
    )]
    TooLong(usize),
    /// Another question has this name.
    #[error("approval id already pending")]
    IdTaken,
    /// It could not be asked.
    #[error("it was not run: nobody could be asked")]
    Failed(#[from] EngineError),
}

impl Approvals<'_> {
    /// Leave to run this once: by the rules of the agent, or by a person who is asked if the rules
    /// say so. Fails closed. If the future is dropped, the question is withdrawn.
    ///
    /// # Errors
    /// Why it may not run.
    pub async fn permit(
        &self,
        matter: &Matter,
        asked_for: &AskedFor,
    ) -> Result<ExecPermit, Unapproved> {
        self.refuse_guests(asked_for.run_id.as_ref()).await?;
        let on_node =
            !matches!(matter, Matter::Subject(subject) if subject.place == Place::Gateway);
        let policy = self.policy(&asked_for.agent, on_node).await?;
        let why = match matter.judge(&policy) {
            Verdict::Run => return Ok(self.by_rules(&policy, matter, asked_for).await),
            Verdict::Refuse(why) => return Err(why.into()),
            Verdict::Ask(why) => why.to_string(),
        };
        let asked = self.put(matter, asked_for, why).await;
        if !matches!(asked, Err(Unapproved::Expired)) {
            return asked;
        }
        // Whoever was asked may have changed the rules instead of answering.
        let policy = self.policy(&asked_for.agent, on_node).await?;
        if runs_unanswered(&policy, matter) {
            return Ok(self.by_rules(&policy, matter, asked_for).await);
        }
        asked
    }

    /// A run has no more rights than whoever caused it (SECURITY T23).
    async fn refuse_guests(&self, run: Option<&RunId>) -> Result<(), Unapproved> {
        let Some(id) = run else { return Ok(()) };
        let run = self.engine.run(id).await?;
        let request = run.map(|run| run.request);
        match request {
            Some(request) if request.origin.is_some() && !request.may_administer => {
                Err(Unapproved::Guest)
            }
            _ => Ok(()),
        }
    }

    async fn by_rules(&self, policy: &Policy, matter: &Matter, asked_for: &AskedFor) -> ExecPermit {
        if let Matter::Subject(subject) = matter
            && policy.listed(subject).is_ok()
        {
            self.note_use(&asked_for.agent, subject).await;
        }
        self.leave(None, Decision::AllowOnce, matter, asked_for)
    }

    async fn put(
        &self,
        matter: &Matter,
        asked_for: &AskedFor,
        why: String,
    ) -> Result<ExecPermit, Unapproved> {
        if let Matter::Subject(subject) = matter {
            subject.check().map_err(Refusal::Flawed)?;
        }
        let question = Question {
            matter: matter.clone(),
            asker: Asker::Run,
            why: Some(why),
            agent: Some(asked_for.agent.clone()),
            session_key: Some(asked_for.session_key.to_string()),
            run_id: asked_for.run_id.clone(),
        };
        let new = NewQuestion {
            id: None,
            question,
            timeout: None,
            stop: asked_for.stop.clone(),
        };
        let answered = self.begin(new).await?.answer().await?;
        let decision = decided(answered.ending.as_ref())?;
        Ok(self.leave(Some(answered.id), decision, matter, asked_for))
    }

    fn leave(
        &self,
        approval: Option<String>,
        decision: Decision,
        matter: &Matter,
        asked_for: &AskedFor,
    ) -> ExecPermit {
        let run_id = asked_for.run_id.as_ref().map(ToString::to_string);
        ExecPermit {
            approval,
            matter: matter.hash(),
            decision,
            run_id: run_id.unwrap_or_else(|| self.engine.ids().uuid()),
            given: Instant::now(),
        }
    }
}

/// Whether it runs although nobody answered.
fn runs_unanswered(policy: &Policy, matter: &Matter) -> bool {
    matches!(matter, Matter::Subject(subject) if policy.unanswered(subject) == Verdict::Run)
}

/// What was allowed.
fn decided(ending: Option<&Ending>) -> Result<Decision, Unapproved> {
    match ending.map(|ending| ending.outcome) {
        Some(Outcome::AllowOnce) => Ok(Decision::AllowOnce),
        Some(Outcome::AllowAlways) => Ok(Decision::AllowAlways),
        Some(Outcome::Deny) => Err(Unapproved::Denied),
        Some(Outcome::Withdrawn) => Err(Unapproved::Withdrawn),
        Some(Outcome::Expired) | None => Err(Unapproved::Expired),
    }
}
