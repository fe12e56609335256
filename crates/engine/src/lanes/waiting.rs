//! Runs that wait in a lane: how many, what they say, and taking them out.

use tidegate_core::SessionKey;
use tidegate_core::run::Run;
use tidegate_protocol::RunId;

use super::Lanes;

/// Characters that are left of a message that is read shortened.
const SHORTENED_CHARS: usize = 160;
const SHORTENED: &str = "[shortened: too many messages were waiting]";

impl Lanes {
    /// How many runs of a session wait.
    pub(crate) fn waiting(&self, key: &SessionKey) -> usize {
        self.lock().get(key).map_or(0, |lane| lane.waiting.len())
    }

    /// Runs that wait, in order.
    pub(crate) fn queued(&self, key: &SessionKey) -> Vec<(RunId, String)> {
        self.lock().get(key).map_or_else(Vec::new, |lane| {
            lane.waiting
                .iter()
                .map(|run| (run.id.clone(), run.request.message.clone()))
                .collect()
        })
    }

    /// Shortens the oldest waiting runs until at most `whole` are as long as they came.
    pub(crate) fn shorten(&self, key: &SessionKey, whole: usize) {
        let mut lanes = self.lock();
        let Some(lane) = lanes.get_mut(key) else {
            return;
        };
        let too_many = lane.waiting.len().saturating_sub(whole);
        for run in lane.waiting.iter_mut().take(too_many) {
            let message = &mut run.request.message;
            if message.chars().count() > SHORTENED_CHARS + SHORTENED.len() + 2 {
                let begin: String = message.chars().take(SHORTENED_CHARS).collect();
                *message = format!("{begin}… {SHORTENED}");
            }
        }
    }

    /// Gives the first waiting run that fits other words, if there are any for it. Says which run
    /// it is and what it says now.
    pub(crate) fn reword(
        &self,
        key: &SessionKey,
        fits: impl Fn(&Run) -> bool,
        words: impl FnOnce(&Run) -> Option<String>,
    ) -> Option<(RunId, String)> {
        let mut lanes = self.lock();
        let run = lanes
            .get_mut(key)?
            .waiting
            .iter_mut()
            .find(|run| fits(run))?;
        run.request.message = words(run)?;
        Some((run.id.clone(), run.request.message.clone()))
    }

    /// Takes the oldest waiting run of a chat network out.
    pub(crate) fn remove_oldest(&self, key: &SessionKey) -> Option<Run> {
        let mut lanes = self.lock();
        let lane = lanes.get_mut(key)?;
        let index = lane
            .waiting
            .iter()
            .position(|run| run.request.origin.is_some())?;
        lane.waiting.remove(index)
    }

    /// Takes one waiting run out, if it still waits.
    pub(crate) fn remove_waiting(&self, key: &SessionKey, id: &RunId) -> Option<Run> {
        let mut lanes = self.lock();
        let lane = lanes.get_mut(key)?;
        let index = lane.waiting.iter().position(|run| run.id == *id)?;
        lane.waiting.remove(index)
    }

    /// Takes every waiting run of a session out.
    pub(crate) fn remove_all_waiting(&self, key: &SessionKey) -> Vec<Run> {
        self.lock()
            .get_mut(key)
            .map_or_else(Vec::new, |lane| lane.waiting.drain(..).collect())
    }
}
