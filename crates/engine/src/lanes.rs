//! One turn at a time per session, in the order of acceptance, and a cap for the whole gateway.
//! Pure bookkeeping under a short lock; who runs a lane is the caller's business.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::SessionKey;
use tidegate_core::agents::QueueMode;
use tidegate_core::channel::Target;
use tidegate_core::run::Run;
use tidegate_protocol::RunId;
use tokio::sync::{OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, Semaphore};
use tokio::time::Instant;

/// Gates that keep the order of acceptance; sessions share them by hash.
const GATES: usize = 64;
/// How many times the debounce a lane waits at most for people who go on writing.
const MAX_DEBOUNCES: u32 = 10;
/// Characters that are left of a message that is read shortened.
const SHORTENED_CHARS: usize = 160;
const SHORTENED: &str = "[shortened: too many messages were waiting]";

pub(crate) struct Lanes {
    last_no: AtomicU64,
    by_session: Mutex<HashMap<SessionKey, Lane>>,
    gates: Vec<Arc<tokio::sync::Mutex<()>>>,
    /// Shared by whoever passes one gate, held alone by whoever passes all of them.
    all_gates: Arc<tokio::sync::RwLock<()>>,
    slots: Arc<Semaphore>,
    closed: AtomicBool,
}

/// Names a lane for whoever runs it: its session may get another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LaneNo(u64);

struct Lane {
    no: LaneNo,
    waiting: VecDeque<Run>,
    active: Vec<RunId>,
    /// When the first and the last of those that wait came; none if nothing waits.
    came: Option<(Instant, Instant)>,
}

/// Held while a message is stored and queued.
pub(crate) struct Gate {
    _one: Option<OwnedMutexGuard<()>>,
    _all: OwnedRwLockReadGuard<()>,
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
            last_no: AtomicU64::new(0),
            by_session: Mutex::default(),
            gates: (0..GATES).map(|_| Arc::default()).collect(),
            all_gates: Arc::default(),
            slots: Arc::new(Semaphore::new(concurrent.max(1))),
            closed: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionKey, Lane>> {
        self.by_session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Held while a message is stored and queued, so that lanes see the order of the store.
    pub(crate) async fn gate(&self, key: &SessionKey) -> Gate {
        let all = Arc::clone(&self.all_gates).read_owned().await;
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % GATES as u64).unwrap_or(0);
        let one = match self.gates.get(index) {
            Some(gate) => Some(Arc::clone(gate).lock_owned().await),
            None => None,
        };
        Gate {
            _one: one,
            _all: all,
        }
    }

    /// The same for messages of many sessions at once.
    pub(crate) async fn all_gates(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.all_gates).write_owned().await
    }

    /// Slots of the whole gateway.
    pub(crate) fn slots(&self) -> Arc<Semaphore> {
        Arc::clone(&self.slots)
    }

    /// No lane takes another turn.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.slots.close();
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
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

    /// The sessions with a turn at work or runs that wait.
    pub(crate) fn keys(&self) -> Vec<SessionKey> {
        self.lock().keys().cloned().collect()
    }

    /// A session has a new key: its lane goes on under it, unless another is there. `moves` changes
    /// where the answers of those that wait go.
    pub(crate) fn rename(&self, old: &SessionKey, new: &SessionKey, moves: impl Fn(&mut Target)) {
        let mut lanes = self.lock();
        if lanes.contains_key(new) {
            return;
        }
        let Some(mut lane) = lanes.remove(old) else {
            return;
        };
        for run in &mut lane.waiting {
            run.session_key.clone_from(new);
            if let Some(origin) = &mut run.request.origin {
                moves(&mut origin.target);
            }
        }
        lanes.insert(new.clone(), lane);
    }

    /// Queues a run. Gives the lane if it is new: somebody must run it.
    pub(crate) fn push(&self, run: Run) -> Option<LaneNo> {
        let mut lanes = self.lock();
        let is_new = !lanes.contains_key(&run.session_key);
        let lane = lanes
            .entry(run.session_key.clone())
            .or_insert_with(|| Lane::new(self.next_no()));
        let now = Instant::now();
        let first = lane.came.map_or(now, |(first, _)| first);
        lane.came = Some((first, now));
        lane.waiting.push_back(run);
        is_new.then_some(lane.no)
    }

    fn next_no(&self) -> LaneNo {
        LaneNo(self.last_no.fetch_add(1, Ordering::Relaxed))
    }

    /// Until when a lane waits for more before it takes its next turn: messages of a chat network
    /// often come in pieces. `None` if it need not wait.
    pub(crate) fn gathers_until(&self, no: LaneNo, debounce: Duration) -> Option<Instant> {
        let lanes = self.lock();
        let lane = lanes.values().find(|lane| lane.no == no)?;
        let (first, last) = lane.came?;
        lane.waiting.front()?.request.origin.as_ref()?;
        let until = (last + debounce).min(first + debounce * MAX_DEBOUNCES);
        (until > Instant::now()).then_some(until)
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

    /// The turn of a lane is over. True if nothing waits: then the lane is gone.
    pub(crate) fn rest(&self, no: LaneNo) -> bool {
        let mut lanes = self.lock();
        let Some((key, lane)) = numbered(&mut lanes, no) else {
            return true;
        };
        lane.active.clear();
        let idle = lane.waiting.is_empty();
        if idle {
            lanes.remove(&key);
        }
        idle
    }

    /// Takes the next turn of a lane that rests. Runs that `joins` allows beside the first become
    /// one turn with it; where its mode says that each is a turn of its own, only the pieces of one
    /// album do.
    pub(crate) fn next(
        &self,
        no: LaneNo,
        mode_of: impl Fn(&Run) -> QueueMode,
        joins: impl Fn(&Run, &Run) -> bool,
    ) -> Next {
        let mut lanes = self.lock();
        let Some((key, lane)) = numbered(&mut lanes, no) else {
            return Next::Idle;
        };
        let mut turn: Vec<Run> = lane.waiting.pop_front().into_iter().collect();
        let Some(first) = turn.first().cloned() else {
            lanes.remove(&key);
            return Next::Idle;
        };
        let collects = mode_of(&first) != QueueMode::Followup;
        let together = |run: &Run| (collects || one_album(&first, run)) && joins(&first, run);
        while lane.waiting.front().is_some_and(together) {
            turn.extend(lane.waiting.pop_front());
        }
        if lane.waiting.is_empty() {
            lane.came = None;
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

impl Lane {
    const fn new(no: LaneNo) -> Self {
        Self {
            no,
            waiting: VecDeque::new(),
            active: Vec::new(),
            came: None,
        }
    }
}

/// The lane with this number, and the key of its session now.
fn numbered(lanes: &mut HashMap<SessionKey, Lane>, no: LaneNo) -> Option<(SessionKey, &mut Lane)> {
    let (key, lane) = lanes.iter_mut().find(|(_, lane)| lane.no == no)?;
    Some((key.clone(), lane))
}

/// Whether two messages are pieces of one album.
fn one_album(first: &Run, next: &Run) -> bool {
    let album = |run: &Run| run.request.origin.as_ref()?.album.clone();
    album(first).is_some_and(|one| album(next) == Some(one))
}
