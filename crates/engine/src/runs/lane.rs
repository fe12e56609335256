//! From the queue into a turn: one lane for each session with something to do.

use tidegate_core::run::Run;
use tidegate_core::store::RecoveryNote;

use crate::lanes::{LaneNo, Next};
use crate::{Engine, EngineError, commands};

impl Engine {
    pub(crate) fn enqueue(&self, run: Run) {
        let inner = self.inner();
        inner.live.add(&run);
        if let Some(lane) = inner.lanes.push(run) {
            inner.tasks.spawn(self.clone().run_lane(lane));
        }
    }

    /// Runs the turns of one session until none waits.
    async fn run_lane(self, lane: LaneNo) {
        let rules = &self.inner().agents.limits.queue;
        loop {
            self.let_gather(lane).await;
            // No slots any more means that the gateway stops: what waits stays stored and is
            // taken up after the next start.
            let Ok(slot) = self.inner().lanes.slots().acquire_owned().await else {
                return;
            };
            let mode_of = |run: &Run| rules.mode_of(run.request.origin.as_ref());
            match self.inner().lanes.next(lane, mode_of, commands::may_join) {
                Next::Idle => return,
                Next::Turn(mut runs) => {
                    self.tell_reactions(&mut runs);
                    self.take_turn(runs).await;
                }
            }
            drop(slot);
            if self.inner().lanes.rest(lane) {
                return;
            }
        }
    }

    /// Waits while people on a chat network are still writing.
    async fn let_gather(&self, lane: LaneNo) {
        let debounce = self.inner().agents.limits.queue.debounce;
        while let Some(until) = self.inner().lanes.gathers_until(lane, debounce) {
            tokio::select! {
                () = self.inner().stop.cancelled() => return,
                () = tokio::time::sleep_until(until) => {}
            }
        }
    }

    /// Ends what the last life left at work as interrupted and queues what waited.
    pub(crate) async fn recover(&self) -> Result<(), EngineError> {
        let note = RecoveryNote {
            error: "The gateway ended while this answer was being written. Send the message again to get a new one."
                .into(),
            outbound: crate::shown::interrupted,
        };
        let recovered = self.inner().runs.recover(note, self.now_ms()).await?;
        if !recovered.interrupted.is_empty() || !recovered.queued.is_empty() {
            tracing::info!(
                interrupted = recovered.interrupted.len(),
                queued = recovered.queued.len(),
                "took up what the last life left behind"
            );
        }
        for run in recovered.queued {
            self.enqueue(run);
        }
        Ok(())
    }
}
