//! Messages that stand in a session without a run.

use tidegate_core::SessionKey;
use tidegate_core::run::{Once, RunRequest};
use tidegate_core::store::Delivered;
use tidegate_core::transcript::NewMessage;
use tidegate_protocol::RunId;

use crate::speech::Speaker;
use crate::{Engine, EngineError};

/// A delivered message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The message's id.
    pub message_id: String,
    /// The session that it was delivered to.
    pub session_key: SessionKey,
}

impl Engine {
    /// Delivers a message to a session, outside any run.
    ///
    /// # Errors
    /// The key was used otherwise, or the store failed.
    pub async fn deliver(
        &self,
        once: Once,
        key: SessionKey,
        text: String,
    ) -> Result<Sent, EngineError> {
        let inner = self.inner();
        let at_ms = inner.clock.now_ms();
        // A name of its own: the caller's key may be the name of somebody's run.
        let run_id = RunId::new(format!("inject-{}", inner.ids.uuid()));
        let message =
            NewMessage::injected(inner.ids.uuid(), text.clone(), at_ms, Some(run_id.clone()));
        match inner
            .sessions
            .deliver(once, &key, inner.ids.uuid(), message)
            .await?
        {
            Delivered::New { message_id } => {
                let request = RunRequest {
                    message: String::new(),
                    echo_key: key.to_string(),
                    thinking: None,
                    extra_system_prompt: None,
                    timeout_ms: None,
                    may_administer: false,
                    by: None,
                    label: None,
                    origin: None,
                    deliver_to: None,
                    media: Vec::new(),
                };
                Speaker::new(&inner.events, run_id, &request).injected(&text, at_ms);
                self.sessions_changed();
                Ok(Sent {
                    message_id,
                    session_key: key,
                })
            }
            Delivered::Repeat { message_id } => Ok(Sent {
                message_id,
                session_key: key,
            }),
            Delivered::KeyReused => Err(EngineError::KeyReused),
        }
    }
}
