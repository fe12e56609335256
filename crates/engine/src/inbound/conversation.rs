//! What is known of the conversation that a message belongs to, before it is stored.

use tidegate_core::SessionKey;
use tidegate_core::routing::ConversationKind;
use tidegate_core::store::StoreError;
use tidegate_protocol::api::sessions::SendPolicy;

use crate::commands::Command;
use crate::{Engine, commands};

impl Engine {
    /// Whether the conversation is over and the message begins a new one. One that is at work is
    /// not.
    pub(super) async fn is_over(
        &self,
        key: &SessionKey,
        kind: ConversationKind,
    ) -> Result<bool, StoreError> {
        let inner = self.inner();
        if inner.lanes.is_busy(key) {
            return Ok(false);
        }
        let Some(session) = inner.sessions.session(key).await? else {
            return Ok(false);
        };
        let rule = inner.accounts.resets.of(kind);
        let zone = (inner.accounts.zone)();
        Ok(rule.is_over(session.updated_at_ms, self.now_ms(), &zone))
    }

    /// Whether the owner switched messages to the session off.
    pub(super) async fn refuses_messages(&self, key: &SessionKey) -> Result<bool, StoreError> {
        let session = self.inner().sessions.session(key).await?;
        Ok(session.is_some_and(|session| session.settings.send_policy == Some(SendPolicy::Deny)))
    }

    /// The answer to a question about the gateway that need not wait for the turn at work.
    pub(super) async fn said_while_busy(
        &self,
        key: &SessionKey,
        message: &str,
    ) -> Result<Option<String>, StoreError> {
        match commands::parse(message) {
            Some(command @ (Command::Help | Command::Status))
                if self.inner().lanes.is_busy(key) =>
            {
                self.command(key, command).await.map(Some)
            }
            _ => Ok(None),
        }
    }
}
