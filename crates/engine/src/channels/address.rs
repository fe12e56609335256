//! Where a person means when he writes an address.

use std::time::Duration;

use tidegate_core::channel::{AccountKey, ChannelError, Target};

use crate::{Engine, EngineError};

/// Time for a network to find a conversation.
const DEADLINE: Duration = Duration::from_secs(10);

impl Engine {
    /// The conversation that an address names on an account.
    ///
    /// # Errors
    /// There is no such account, it is no address there, or the network does not answer.
    pub async fn address(
        &self,
        account: &AccountKey,
        to: &str,
        thread: Option<&str>,
    ) -> Result<Target, EngineError> {
        let known = self.inner().accounts.get(account);
        let known =
            known.ok_or_else(|| EngineError::UnknownChannel(account.channel.to_string()))?;
        let asked = tokio::time::timeout(DEADLINE, known.channel.address(to, thread)).await;
        let unavailable = |reason: String| EngineError::Busy {
            what: format!(
                "{} does not answer: {reason}",
                known.channel.capabilities().label
            ),
            retry_after_ms: 5_000,
        };
        match asked {
            Ok(Ok(target)) => Ok(target),
            Ok(Err(ChannelError::SignedOut(reason) | ChannelError::NeedsSetup(reason))) => {
                Err(EngineError::NotLinked {
                    account: account.clone(),
                    reason,
                })
            }
            Ok(Err(ChannelError::Refused(reason))) => Err(EngineError::invalid(reason)),
            Ok(Err(error)) => Err(unavailable(error.to_string())),
            Err(_) => Err(unavailable("it took too long".into())),
        }
    }
}
