//! The answer of a run that is to be delivered to somebody who did not ask for it: where to, and
//! whether it arrived.

use tidegate_core::channel::Target;
use tidegate_core::run::{Run, RunEnd, RunStatus};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{NewOutbound, OutboxState};
use tokio::time::Instant;

use super::parts::Envelope;
use super::post::{SEND_WAIT, Sending};
use crate::{Engine, EngineError};

/// What became of an answer that was to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Errand {
    /// The network has all of it.
    Done,
    /// It waits in the outbox, and goes out when it can.
    Waiting {
        /// What the last try met, if there was one.
        reason: Option<String>,
    },
    /// There was nothing to deliver: no words, or no answer.
    Nothing,
    /// It was given up.
    Failed {
        /// Why.
        reason: String,
        /// Whether the network has a part of it.
        partly: bool,
    },
}

impl Engine {
    /// Where a session was last spoken to from; `None` if no network did.
    ///
    /// # Errors
    /// The store failed.
    pub async fn last_route(&self, key: &SessionKey) -> Result<Option<Target>, EngineError> {
        let session = self.inner().sessions.session(key).await?;
        let origin = session.and_then(|session| session.origin);
        Ok(origin.map(|origin| origin.target))
    }

    /// Whether something can ever be sent there, as it is now.
    ///
    /// # Errors
    /// There is no such account, it is signed out, or the gateway is stopping.
    pub fn can_deliver(&self, target: &Target) -> Result<(), EngineError> {
        self.ready_account(target).map(drop)
    }

    /// What goes out for the errand of a run that ended; nothing unless it has an answer. A failure
    /// is told to whoever asked, not to the recipient.
    pub(crate) fn errand_parts(
        &self,
        run: &Run,
        end: &RunEnd,
        target: &Target,
        at_ms: u64,
    ) -> Vec<NewOutbound> {
        let account = self.inner().accounts.get(&target.account);
        let account = account.filter(|_| end.status == RunStatus::Ok);
        account.map_or_else(Vec::new, |account| {
            let can = account.channel.capabilities();
            Envelope::of_run(run, target.clone(), at_ms).text(&end.text, can)
        })
    }

    /// Waits up to 25 s for the network to take the answer of a run that ended. `None` if it was
    /// not to be delivered.
    ///
    /// # Errors
    /// The store failed.
    pub async fn errand(&self, run: &Run) -> Result<Option<Errand>, EngineError> {
        let Some(target) = &run.request.deliver_to else {
            return Ok(None);
        };
        let deadline = Instant::now() + SEND_WAIT;
        let group = run.id.as_str();
        let errand = match self.settled(&target.account, group, deadline).await {
            Ok(Sending::Sent(receipts)) if receipts.is_empty() => Errand::Nothing,
            Ok(Sending::Sent(_)) => Errand::Done,
            Ok(Sending::Waiting { reason }) => Errand::Waiting { reason },
            Err(EngineError::Undelivered(reason)) => Errand::Failed {
                reason,
                partly: self.is_partly_sent(group).await?,
            },
            // The account left the configuration while the run was at work.
            Err(error @ EngineError::UnknownChannel(_)) => Errand::Failed {
                reason: error.to_string(),
                partly: false,
            },
            Err(error) => return Err(error),
        };
        Ok(Some(errand))
    }

    async fn is_partly_sent(&self, group: &str) -> Result<bool, EngineError> {
        let rows = self.inner().outbox.group(group).await?;
        Ok(rows.iter().any(|row| row.state == OutboxState::Sent))
    }
}
