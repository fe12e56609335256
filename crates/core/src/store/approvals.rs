//! Questions to a person, and the rules that say when one is asked.

use async_trait::async_trait;

use super::StoreError;
use crate::approval::{Approval, Ending, Question};
use crate::exec::SubjectHash;

/// The rules as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRules {
    /// An `ApprovalsFile`, as JSON.
    pub text: String,
    /// What names this state of them, for whoever changes them.
    pub hash: String,
    /// Since when, in Unix milliseconds.
    pub at_ms: u64,
}

/// Rules that take the place of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRules {
    /// The hash of those that are replaced; none if there are none.
    pub base: Option<String>,
    /// The new ones.
    pub rules: StoredRules,
}

/// A question to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApproval {
    /// Its name.
    pub id: String,
    /// What is asked.
    pub question: Question,
    /// Now, in Unix milliseconds.
    pub asked_at_ms: u64,
    /// From when on no decision counts, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// What became of an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It ended so, now.
    Now(Box<Approval>),
    /// It had ended before; nothing was changed.
    Before(Box<Approval>),
    /// A decision, and its time is over; nothing was changed.
    Late,
    /// There is no such question.
    Unknown,
    /// The rules are others than those that were to be replaced; nothing was changed.
    OtherRules,
}

/// Questions and rules.
#[async_trait]
pub trait ApprovalStore: Send + Sync + 'static {
    /// The rules; none if nobody ever set any.
    async fn exec_rules(&self) -> Result<Option<StoredRules>, StoreError>;

    /// Sets the rules in place of those named. Says whether those were there; else nothing changed.
    async fn set_exec_rules(&self, new: NewRules) -> Result<bool, StoreError>;

    /// Stores a question. False if its name is taken: then nothing changed.
    async fn ask_approval(&self, new: NewApproval) -> Result<bool, StoreError>;

    /// Ends a question that waits, and sets rules with it, in one transaction. A decision counts
    /// only before the question expires.
    async fn settle_approval(
        &self,
        id: &str,
        ending: Ending,
        rules: Option<NewRules>,
    ) -> Result<Settled, StoreError>;

    /// Uses a decision up. Says whether it allowed exactly this and was not used before.
    async fn spend_approval(
        &self,
        id: &str,
        subject: SubjectHash,
        now_ms: u64,
    ) -> Result<bool, StoreError>;

    /// One question.
    async fn approval(&self, id: &str) -> Result<Option<Approval>, StoreError>;

    /// Those that wait, oldest first.
    async fn open_approvals(&self) -> Result<Vec<Approval>, StoreError>;

    /// At most so many that ended, the newest end first; only those that ended before the one
    /// named, if one is. None if that one is not there: what ended before it was forgotten too.
    async fn ended_approvals(
        &self,
        before: Option<&str>,
        most: usize,
    ) -> Result<Vec<Approval>, StoreError>;

    /// Ends as expired whatever waits and expires until then. Says how many.
    async fn expire_approvals(&self, expires_until_ms: u64, now_ms: u64)
    -> Result<u64, StoreError>;

    /// Forgets what ended before this. Says how many.
    async fn prune_approvals(&self, ended_before_ms: u64) -> Result<u64, StoreError>;
}
