//! What all approvals share, and the façade.

use std::sync::Arc;

use tidegate_core::approval::{Approval, ID_BEGINNING};
use tokio::sync::Mutex;

use super::waiting::Waiting;
use crate::{Engine, EngineError};

/// How long a question that ended is kept: `exec.approval.get` still shows it.
const KEEP_ENDED: std::time::Duration = std::time::Duration::from_hours(24);

/// What all approvals share.
#[derive(Default)]
pub(crate) struct Desk {
    pub(super) waiting: Arc<Waiting>,
    /// Held from reading the rules to setting others.
    pub(super) rules: Mutex<()>,
}

/// Questions to a person about commands, and the rules that say when one is asked.
#[derive(Clone)]
pub struct Approvals<'a> {
    pub(super) engine: &'a Engine,
}

impl Engine {
    /// Questions to a person about commands.
    pub const fn approvals(&self) -> Approvals<'_> {
        Approvals { engine: self }
    }
}

impl Approvals<'_> {
    /// What waits for a decision, oldest first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn open(&self) -> Result<Vec<Approval>, EngineError> {
        let now_ms = self.engine.now_ms();
        let mut open = self.engine.inner().approvals.open_approvals().await?;
        open.retain(|one| one.expires_at_ms > now_ms);
        Ok(open)
    }

    /// One question: by its id, or by a beginning of at least [`ID_BEGINNING`] characters that only
    /// one of those that wait has.
    ///
    /// # Errors
    /// Several have it, or the store failed.
    pub async fn find(&self, id: &str) -> Result<Option<Approval>, EngineError> {
        let store = &self.engine.inner().approvals;
        let exact = store.approval(id).await?;
        if exact.is_some() || id.len() < ID_BEGINNING {
            return Ok(exact);
        }
        let mut begin = self.open().await?;
        begin.retain(|one| one.id.starts_with(id));
        if begin.len() > 1 {
            return Err(EngineError::invalid(format!(
                "{} commands that wait have ids that begin with {id}: name one whole",
                begin.len()
            )));
        }
        Ok(begin.pop())
    }

    /// Ends what a process that is gone has asked: nobody waits for it any more.
    pub(crate) async fn expire_old_life(&self) -> Result<(), EngineError> {
        let store = &self.engine.inner().approvals;
        let count = store
            .expire_approvals(u64::MAX, self.engine.now_ms())
            .await?;
        if count > 0 {
            tracing::info!(
                count,
                "commands waited for a decision when the gateway ended"
            );
        }
        Ok(())
    }

    /// Ends what was not ended in its time, and forgets what ended long ago.
    pub(crate) async fn forget(&self) -> Result<(), EngineError> {
        let store = &self.engine.inner().approvals;
        let now_ms = self.engine.now_ms();
        store.expire_approvals(now_ms, now_ms).await?;
        let before = self.engine.ago_ms(KEEP_ENDED);
        store.prune_approvals(before).await?;
        Ok(())
    }
}
