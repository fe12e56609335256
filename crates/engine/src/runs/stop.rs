//! Stopping runs: the turn at work, and those that wait.

use tidegate_core::SessionKey;
use tidegate_core::channel::Target;
use tidegate_core::run::{ByDevice, Run, RunEnd, RunStatus};
use tidegate_core::store::Finish;
use tidegate_core::transcript::Usage;
use tidegate_protocol::{DeviceId, Role, RunId};

use super::ended;
use crate::live::StopCause;
use crate::speech::Speaker;
use crate::{Engine, EngineError};

/// What was stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AbortOutcome {
    /// The runs.
    pub run_ids: Vec<RunId>,
}

impl Engine {
    /// Stops one run, or every run of a session. Runs that were merged into one turn end together.
    ///
    /// # Errors
    /// The run belongs to another session, or the store failed.
    pub async fn abort(
        &self,
        key: &SessionKey,
        run_id: Option<&RunId>,
    ) -> Result<AbortOutcome, EngineError> {
        self.stop_runs(key, run_id, StopCause::Rpc).await
    }

    /// Stops every run of a session because somebody said so.
    ///
    /// # Errors
    /// The store failed.
    pub async fn abort_by_word(&self, key: &SessionKey) -> Result<AbortOutcome, EngineError> {
        self.stop_runs(key, None, StopCause::Word).await
    }

    /// Stops whatever a device asked for in this role and that waits or works.
    pub(crate) async fn stop_runs_of(&self, device: &DeviceId, role: Role) {
        let by = ByDevice {
            device: device.clone(),
            role,
        };
        for (id, key) in self.inner().live.of_device(&by) {
            if let Err(error) = self.stop_runs(&key, Some(&id), StopCause::Revoked).await {
                tracing::warn!(run_id = %id, error = %error, "a run of a revoked device was not stopped; it has no tools");
            }
        }
    }

    async fn stop_runs(
        &self,
        key: &SessionKey,
        run_id: Option<&RunId>,
        cause: StopCause,
    ) -> Result<AbortOutcome, EngineError> {
        let (mut run_ids, waiting) = match run_id {
            None => self.take_all_out(key, cause),
            Some(id) => self.take_out(key, id, cause)?,
        };
        for run in waiting {
            run_ids.push(run.id.clone());
            self.end_before_start(run, cause, None).await?;
        }
        Ok(AbortOutcome { run_ids })
    }

    /// Stops the turn at work and takes out every run that waits. Gives the turn's, and those that
    /// waited, which are still to be ended.
    pub(crate) fn take_all_out(
        &self,
        key: &SessionKey,
        cause: StopCause,
    ) -> (Vec<RunId>, Vec<Run>) {
        let waiting = self.inner().lanes.remove_all_waiting(key);
        let turn = self.inner().lanes.turn(key);
        (self.stop_turn(turn, cause), waiting)
    }

    /// The same for one run, and those of its turn.
    fn take_out(
        &self,
        key: &SessionKey,
        id: &RunId,
        cause: StopCause,
    ) -> Result<(Vec<RunId>, Vec<Run>), EngineError> {
        let inner = self.inner();
        let Some(live) = inner.live.get(id) else {
            return Ok((Vec::new(), Vec::new()));
        };
        if live.session_key() != *key {
            return Err(EngineError::invalid("runId does not match sessionKey"));
        }
        let waiting = inner.lanes.remove_waiting(key, id).into_iter().collect();
        let mut turn = inner.lanes.turn(key);
        if !turn.contains(id) {
            turn.clear();
        }
        Ok((self.stop_turn(turn, cause), waiting))
    }

    /// Stops the turn of these runs; gives those that are being stopped.
    fn stop_turn(&self, turn: Vec<RunId>, cause: StopCause) -> Vec<RunId> {
        let lead = turn.first().and_then(|lead| self.inner().live.get(lead));
        lead.map_or_else(Vec::new, |live| {
            live.stop(cause);
            turn
        })
    }

    /// Ends a run that waited, and tells whoever asked for it, unless that chat was `told` already.
    pub(crate) async fn end_before_start(
        &self,
        run: Run,
        cause: StopCause,
        told: Option<&Target>,
    ) -> Result<(), EngineError> {
        let at_ms = self.now_ms();
        let origin = run.request.origin.as_ref();
        let is_told = told.is_some() && origin.map(|origin| &origin.target) == told;
        let outbound = if is_told {
            Vec::new()
        } else {
            self.unread(&run, cause, at_ms)
        };
        let end = RunEnd {
            status: RunStatus::Aborted,
            text: String::new(),
            error: None,
            failure: None,
            maker: None,
            usage: Usage::default(),
        };
        let finish = Finish {
            runs: vec![run.id.clone()],
            end: end.clone(),
            message: None,
            outbound,
            at_ms,
        };
        self.inner().runs.finish(finish).await?;
        if let Some(origin) = &run.request.origin {
            self.outbox_changed(&origin.target.account);
        }
        Speaker::new(&self.inner().events, run.id.clone(), &run.request)
            .aborted_before_start(cause.as_str());
        self.inner().live.end(ended(run, end, at_ms));
        Ok(())
    }
}
