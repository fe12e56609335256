//! One turn at a time per session, in the order of acceptance, and a cap for the whole gateway.
//! Pure bookkeeping under a short lock; who runs a lane is the caller's business.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::SessionKey;
use tidegate_core::agents::QueueMode;
use tidegate_core::run::Run;
use tidegate_protocol::RunId;
use tokio::sync::Semaphore;

/// Gates that keep the order of acceptance; sessions share them by hash.
const GATES: usize = 64;

pub(crate) struct Lanes {
    by_session: Mutex<HashMap<SessionKey, Lane>>,
    gates: Vec<Arc<tokio::sync::Mutex<()>>>,
    slots: Arc<Semaphore>,
    closed: std::sync::atomic::AtomicBool,
}

#[derive(Default)]
struct Lane {
    waiting: VecDeque<Run>,
    active: Vec<RunId>,
}

/// What a lane does next.
#[derive(Debug)]
pub(crate) enum Next {
    /// These runs are one turn.
    Turn(Vec<Run>),
    /// Nothing waits: the lane is gone.
    Idle,
}

impl Lanes {
    pub(crate) fn new(concurrent: usize) -> Self {
        Self {
            by_session: Mutex::default(),
            gates: (0..GATES).map(|_| Arc::default()).collect(),
            slots: Arc::new(Semaphore::new(concurrent.max(1))),
            closed: std::sync::atomic::AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionKey, Lane>> {
        self.by_session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Held while a message is stored and queued, so that lanes see the order of the store.
    pub(crate) async fn gate(&self, key: &SessionKey) -> Option<tokio::sync::OwnedMutexGuard<()>> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % GATES as u64).unwrap_or(0);
        Some(Arc::clone(self.gates.get(index)?).lock_owned().await)
    }

    /// Slots of the whole gateway.
    pub(crate) fn slots(&self) -> Arc<Semaphore> {
        Arc::clone(&self.slots)
    }

    /// No lane takes another turn.
    pub(crate) fn close(&self) {
        self.closed
            .store(true, std::sync::atomic::Ordering::Release);
        self.slots.close();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(std::sync::atomic::Ordering::Acquire)
    }

    /// How many runs of a session wait.
    pub(crate) fn waiting(&self, key: &SessionKey) -> usize {
        self.lock().get(key).map_or(0, |lane| lane.waiting.len())
    }

    /// Whether a turn of the session is at work or waits.
    pub(crate) fn is_busy(&self, key: &SessionKey) -> bool {
        self.lock().contains_key(key)
    }

    /// The run that leads the session's turn.
    pub(crate) fn active(&self, key: &SessionKey) -> Option<RunId> {
        self.lock().get(key)?.active.first().cloned()
    }

    /// The runs of the session's turn at work, the leading one first.
    pub(crate) fn turn(&self, key: &SessionKey) -> Vec<RunId> {
        self.lock()
            .get(key)
            .map_or_else(Vec::new, |lane| lane.active.clone())
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

    /// How many turns are at work and how many runs wait.
    pub(crate) fn load(&self) -> (u64, u64) {
        let lanes = self.lock();
        let active = lanes
            .values()
            .filter(|lane| !lane.active.is_empty())
            .count();
        let waiting: usize = lanes.values().map(|lane| lane.waiting.len()).sum();
        (active as u64, waiting as u64)
    }

    /// Queues a run. True if the lane is new: somebody must run it.
    pub(crate) fn push(&self, run: Run) -> bool {
        let mut lanes = self.lock();
        let fresh = !lanes.contains_key(&run.session_key);
        lanes
            .entry(run.session_key.clone())
            .or_default()
            .waiting
            .push_back(run);
        fresh
    }

    /// The turn of a lane is over. True if nothing waits: then the lane is gone.
    pub(crate) fn rest(&self, key: &SessionKey) -> bool {
        let mut lanes = self.lock();
        let Some(lane) = lanes.get_mut(key) else {
            return true;
        };
        lane.active.clear();
        let idle = lane.waiting.is_empty();
        if idle {
            lanes.remove(key);
        }
        idle
    }

    /// Takes the next turn of a lane that rests. With `collect`, runs that `joins` allows beside
    /// the first become one turn with it.
    pub(crate) fn next(
        &self,
        key: &SessionKey,
        mode: QueueMode,
        joins: impl Fn(&Run, &Run) -> bool,
    ) -> Next {
        let mut lanes = self.lock();
        let Some(lane) = lanes.get_mut(key) else {
            return Next::Idle;
        };
        let mut turn: Vec<Run> = lane.waiting.pop_front().into_iter().collect();
        let Some(first) = turn.first().cloned() else {
            lanes.remove(key);
            return Next::Idle;
        };
        while mode == QueueMode::Collect
            && lane.waiting.front().is_some_and(|run| joins(&first, run))
        {
            turn.extend(lane.waiting.pop_front());
        }
        lane.active = turn.iter().map(|run| run.id.clone()).collect();
        Next::Turn(turn)
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
