//! What happens to messages of chat networks that arrive while their session is busy. None is
//! dropped without a word to its sender.

use tidegate_core::SessionKey;
use tidegate_core::agents::{QueueDrop, QueueMode};
use tidegate_core::run::Run;

use crate::Engine;
use crate::live::StopCause;

/// However the queue is set up, so many times its cap may wait at most.
const HARD_CAPS: usize = 10;

impl Engine {
    /// Whether another message may wait, when so many of its batch are to wait before it.
    pub(super) fn has_room(&self, key: &SessionKey, ahead: usize) -> bool {
        let rules = &self.inner().agents.limits.queue;
        let waiting = self.inner().lanes.waiting(key) + ahead;
        match rules.drop {
            QueueDrop::New => waiting < rules.cap,
            QueueDrop::Old | QueueDrop::Summarize => waiting < rules.cap * HARD_CAPS,
        }
    }

    /// Shortens what waits, where the queue says so.
    pub(super) fn shorten_waiting(&self, key: &SessionKey) {
        let rules = &self.inner().agents.limits.queue;
        if rules.drop == QueueDrop::Summarize {
            self.inner().lanes.shorten(key, rules.cap);
        }
    }

    /// Queues a stored run of a chat network.
    pub(super) async fn enqueue_inbound(&self, run: Run) {
        let inner = self.inner();
        let rules = &inner.agents.limits.queue;
        let key = run.session_key.clone();
        if rules.mode_of(run.request.origin.as_ref()) == QueueMode::Interrupt
            && let Some(live) = inner.lanes.active(&key).and_then(|id| inner.live.get(&id))
        {
            live.stop(StopCause::Newer);
        }
        self.enqueue(run);
        match rules.drop {
            QueueDrop::New => {}
            QueueDrop::Summarize => self.shorten_waiting(&key),
            QueueDrop::Old => {
                while inner.lanes.waiting(&key) > rules.cap
                    && let Some(oldest) = inner.lanes.remove_oldest(&key)
                {
                    if let Err(error) = self.end_before_start(oldest, StopCause::Newer, None).await
                    {
                        tracing::error!(error = %error, "a message that was given up could not be ended");
                    }
                }
            }
        }
    }
}
