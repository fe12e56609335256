//! The answer of a run that is to be delivered to somebody who did not ask for it: where to, and
//! whether it arrived.

use tidegate_core::channel::Target;
use tidegate_core::run::{Run, RunEnd, RunStatus};
use tidegate_core::session::SessionKey;
use tidegate_core::store::NewOutbound;
use tokio::time::Instant;

use super::parts::Envelope;
use super::post::SEND_WAIT;
use super::sending::Sending;
use crate::{Engine, EngineError};

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

    /// Waits up to 25 s for the network to take the answer of a run that ended; how far it is then.
    /// `None` if it was not to be delivered.
    ///
    /// # Errors
    /// The store failed.
    pub async fn errand(&self, run: &Run) -> Result<Option<Sending>, EngineError> {
        let Some(target) = &run.request.deliver_to else {
            return Ok(None);
        };
        let deadline = Instant::now() + SEND_WAIT;
        match self
            .settled(&target.account, run.id.as_str(), deadline)
            .await
        {
            // The account left the configuration while the run was at work.
            Err(error @ EngineError::UnknownChannel(_)) => Ok(Some(Sending::GivenUp {
                reason: error.to_string(),
                partly: false,
            })),
            how => how.map(Some),
        }
    }
}
