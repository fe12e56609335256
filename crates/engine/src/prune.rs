//! Forgetting what is over for long enough.

use std::time::Duration;

use tidegate_core::clock::millis;
use tidegate_core::store::StoreError;

use crate::Engine;

/// How long ended runs and remembered requests are kept: far more than the five minutes that are
/// promised (DECISIONS D1).
const KEEP_ENDED: Duration = Duration::from_hours(24);
/// How long the ways of messages of networks are kept: more than the 72 h in which a network may
/// bring one again (SECURITY T32).
const KEEP_MESSAGES: Duration = Duration::from_hours(7 * 24);
const PRUNE_EVERY: Duration = Duration::from_hours(1);

/// Forgets old runs, files and messages of networks, once an hour.
pub(crate) async fn keep_pruned(engine: Engine) {
    loop {
        tokio::select! {
            () = engine.inner().stop.cancelled() => return,
            () = tokio::time::sleep(PRUNE_EVERY) => {}
        }
        engine.forget_files().await;
        if let Err(error) = engine.forget().await {
            tracing::warn!(error = %error, "old runs and messages could not be forgotten");
        }
        if let Err(error) = engine.approvals().forget().await {
            tracing::warn!(error = %error, "old approvals could not be forgotten");
        }
    }
}

impl Engine {
    async fn forget(&self) -> Result<(), StoreError> {
        let inner = self.inner();
        inner.runs.prune(self.ago_ms(KEEP_ENDED)).await?;
        inner
            .node_store
            .prune_calls(self.ago_ms(KEEP_ENDED))
            .await?;
        // Those that are given up now are forgotten like those that a person drops: later.
        self.drop_old_letters().await?;
        let before = self.ago_ms(KEEP_MESSAGES);
        inner.inbox.prune_inbox(before).await?;
        inner.outbox.prune_outbox(before).await?;
        Ok(())
    }

    /// So long ago, in Unix milliseconds.
    pub(crate) fn ago_ms(&self, ago: Duration) -> u64 {
        self.now_ms().saturating_sub(millis(ago))
    }
}
