//! What a decision gives: one run of exactly this, soon.

use tidegate_core::approval::Matter;
use tidegate_core::exec::{Decision, SubjectHash};
use tidegate_core::store::StoreError;
use tokio::time::Instant;

use super::bounds::PERMIT_TTL;
use super::desk::Approvals;

/// Leave to run one execution once. It is used up by [`Approvals::spend`], and is void after
/// [`PERMIT_TTL`].
#[derive(Debug)]
pub struct ExecPermit {
    /// The question that was answered with yes; none if the rules said yes.
    pub(super) approval: Option<String>,
    pub(super) matter: SubjectHash,
    pub(super) decision: Decision,
    /// The name under which a node is told of it.
    pub(super) run_id: String,
    pub(super) given: Instant,
}

/// A permit that was used up: what a node is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// What a person decided, never a no; none if the rules allowed it and nobody was asked.
    pub decision: Option<Decision>,
    /// The name of what runs by it.
    pub run_id: String,
}

/// Why a permit cannot be used. Nothing may run by it then.
#[derive(Debug, thiserror::Error)]
pub enum NotSpent {
    /// It is for something else.
    #[error("what would run is not what was approved: nothing was run")]
    Other,
    /// It is too old.
    #[error("the approval is more than 5 minutes old: ask again")]
    TooLate,
    /// It was used, or its record is gone.
    #[error("the approval was used already: nothing was run")]
    Spent,
    /// It could not be written down that it is used.
    #[error("the approval could not be used: the store failed")]
    Store(#[from] StoreError),
}

impl Approvals<'_> {
    /// Uses a permit up for exactly this: when this returns well, it may be run, once.
    ///
    /// # Errors
    /// Why it may not be run.
    pub async fn spend(&self, permit: ExecPermit, matter: &Matter) -> Result<Spent, NotSpent> {
        if permit.matter != matter.hash() {
            return Err(NotSpent::Other);
        }
        if permit.given.elapsed() > PERMIT_TTL {
            return Err(NotSpent::TooLate);
        }
        if let Some(id) = &permit.approval {
            let store = &self.engine.inner().approvals;
            let now_ms = self.engine.now_ms();
            if !store.spend_approval(id, permit.matter, now_ms).await? {
                return Err(NotSpent::Spent);
            }
        }
        Ok(Spent {
            decision: permit.approval.map(|_| permit.decision),
            run_id: permit.run_id,
        })
    }
}
