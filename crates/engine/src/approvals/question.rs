//! A question on its way: stored, told, waited for, ended.

use std::time::Duration;

use tidegate_core::Principal;
use tidegate_core::approval::{Approval, Asker, Ending, Matter, Outcome, Question, Words};
use tidegate_core::clock::millis;
use tidegate_core::store::{NewApproval, Settled};
use tidegate_protocol::{AgentId, ConnId};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::ask::Unapproved;
use super::bounds::{ASK_DEFAULT, ASK_MAX, ID_MAX_CHARS, SHOWN_MAX_BYTES};
use super::desk::Approvals;
use super::told;
use super::waiting::{NoSeat, Seat, Whose};
use crate::EngineError;

/// A question to be asked.
pub(super) struct NewQuestion {
    /// A name that the caller chose.
    pub(super) id: Option<String>,
    pub(super) question: Question,
    pub(super) timeout: Option<Duration>,
    pub(super) stop: CancellationToken,
}

/// A question of a client, in words.
#[derive(Debug, Clone)]
pub struct ClientQuestion {
    /// A name that the client chose.
    pub id: Option<String>,
    /// The command.
    pub words: Words,
    /// For which agent.
    pub agent: Option<AgentId>,
    /// In which session, by its key.
    pub session_key: Option<String>,
    /// How long a decision is waited for; [`ASK_DEFAULT`](super::ASK_DEFAULT) if not said,
    /// at most [`ASK_MAX`](super::ASK_MAX).
    pub timeout: Option<Duration>,
}

/// A question that waits. If this is dropped, it is withdrawn.
#[derive(Debug)]
pub struct Asked {
    /// The question as it was stored.
    pub approval: Approval,
    answer: JoinHandle<Result<Approval, Unapproved>>,
    _withdraw: DropGuard,
}

impl Asked {
    /// Waits for its end, which it then has.
    ///
    /// # Errors
    /// The end could not be stored; nobody may take it for a yes.
    pub async fn answer(self) -> Result<Approval, Unapproved> {
        self.answer.await.unwrap_or(Err(Unapproved::Closing))
    }
}

impl Approvals<'_> {
    /// Asks about a command of a client. Nothing runs here by the answer.
    ///
    /// # Errors
    /// Why it is not asked.
    pub async fn ask_for_client(
        &self,
        question: ClientQuestion,
        caller: &Principal,
        connection: &ConnId,
    ) -> Result<Asked, Unapproved> {
        if question.id.as_deref().is_some_and(|id| !is_plain_id(id)) {
            return Err(EngineError::invalid(
                "an approval id has letters, digits and - _ . : only, at most 128",
            )
            .into());
        }
        let asker = Asker::Client {
            principal: caller.id.storage_key(),
            connection: connection.clone(),
        };
        let new = NewQuestion {
            id: question.id,
            question: Question {
                matter: Matter::Words(Box::new(question.words)),
                asker,
                why: None,
                agent: question.agent,
                session_key: question.session_key,
                run_id: None,
            },
            timeout: question.timeout,
            stop: CancellationToken::new(),
        };
        self.begin(new).await
    }

    /// Stores a question, tells whoever may decide, and waits in a task of its own: a caller that
    /// goes away must not leave a question that nobody ends.
    pub(super) async fn begin(&self, new: NewQuestion) -> Result<Asked, Unapproved> {
        let inner = self.engine.inner();
        if inner.stop.is_cancelled() {
            return Err(Unapproved::Closing);
        }
        let shown_bytes = told::shown_bytes(&new.question);
        if shown_bytes > SHOWN_MAX_BYTES {
            return Err(Unapproved::TooLong(shown_bytes));
        }
        let id = new.id.unwrap_or_else(|| inner.ids.uuid());
        let whose = Whose::of(&new.question);
        let waiting = &inner.approval_desk.waiting;
        let seat = waiting.sit(id.clone(), whose, shown_bytes);
        let seat = seat.map_err(|why| match why {
            NoSeat::Full => Unapproved::Full,
            NoSeat::Taken => Unapproved::IdTaken,
        })?;
        let timeout = new.timeout.unwrap_or(ASK_DEFAULT).min(ASK_MAX);
        let now_ms = self.engine.now_ms();
        let stored = NewApproval {
            id,
            question: new.question,
            asked_at_ms: now_ms,
            expires_at_ms: now_ms.saturating_add(millis(timeout)),
        };
        let stop = new.stop.child_token();
        let withdraw = stop.clone().drop_guard();
        let (tell, told) = oneshot::channel();
        let engine = self.engine.clone();
        let answer = inner.tasks.spawn(async move {
            let approval = engine.approvals().open_question(stored).await?;
            // Whoever asked may be gone; then the question is withdrawn below.
            let _ = tell.send(approval.clone());
            engine
                .approvals()
                .wait(&seat, approval, timeout, &stop)
                .await
        });
        match told.await {
            Ok(approval) => Ok(Asked {
                approval,
                answer,
                _withdraw: withdraw,
            }),
            // It ended before it was stored.
            Err(_) => match answer.await {
                Ok(Err(why)) => Err(why),
                Ok(Ok(_)) | Err(_) => Err(Unapproved::Closing),
            },
        }
    }

    async fn open_question(&self, new: NewApproval) -> Result<Approval, Unapproved> {
        let approval = Approval {
            id: new.id.clone(),
            question: new.question.clone(),
            asked_at_ms: new.asked_at_ms,
            expires_at_ms: new.expires_at_ms,
            ending: None,
            spent_at_ms: None,
        };
        let store = &self.engine.inner().approvals;
        let stored = store.ask_approval(new).await.map_err(EngineError::from)?;
        if !stored {
            return Err(Unapproved::IdTaken);
        }
        tracing::info!(id = approval.id, "a command waits for a decision");
        self.tell_asked(&approval);
        self.tell_chats(&approval).await;
        Ok(approval)
    }

    async fn wait(
        &self,
        seat: &Seat,
        approval: Approval,
        timeout: Duration,
        stop: &CancellationToken,
    ) -> Result<Approval, Unapproved> {
        let outcome = tokio::select! {
            biased;
            () = seat.ended.cancelled() => None,
            () = stop.cancelled() => Some(Outcome::Withdrawn),
            () = self.engine.inner().stop.cancelled() => Some(Outcome::Withdrawn),
            () = tokio::time::sleep(timeout) => Some(Outcome::Expired),
        };
        match outcome {
            Some(outcome) => self.give_up(&approval, outcome).await,
            None => self.reread(&approval).await,
        }
    }

    /// Ends a question that nobody decided. If somebody just did, that counts.
    async fn give_up(&self, approval: &Approval, outcome: Outcome) -> Result<Approval, Unapproved> {
        let ending = Ending {
            outcome,
            by: None,
            at_ms: self.engine.now_ms(),
        };
        let store = &self.engine.inner().approvals;
        let settled = store.settle_approval(&approval.id, ending, None).await;
        match settled.map_err(EngineError::from)? {
            Settled::Now(ended) => {
                self.tell_ended(&ended);
                Ok(*ended)
            }
            Settled::Before(ended) => Ok(*ended),
            // An end that is no decision is never late and sets no rules.
            Settled::Late | Settled::Unknown | Settled::OtherRules => Err(Unapproved::Expired),
        }
    }

    async fn reread(&self, approval: &Approval) -> Result<Approval, Unapproved> {
        let found = self.engine.inner().approvals.approval(&approval.id).await;
        found.map_err(EngineError::from)?.ok_or(Unapproved::Expired)
    }
}

/// Whether a name that a client chose can be said in a chat and shows nothing but itself.
fn is_plain_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    (1..=ID_MAX_CHARS).contains(&id.len()) && id.chars().all(plain)
}
