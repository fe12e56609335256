//! One turn at a time per session, in the order of acceptance, and a cap for the whole gateway.
//! Pure bookkeeping under a short lock; who runs a lane is the caller's business.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::SessionKey;
use tidegate_core::agents::QueueMode;
use tidegate_core::channel::Target;
use tidegate_core::run::Run;
use tidegate_protocol::RunId;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use self::gates::{AllGates, Gate, Gates};

mod gates;
mod waiting;

/// How many times the debounce a lane waits at most for people who go on writing.
const MAX_DEBOUNCES: u32 = 10;
pub(crate) struct Lanes {
    last_no: AtomicU64,
    by_session: Mutex<HashMap<SessionKey, Lane>>,
    gates: Gates,
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
            gates: Gates::default(),
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
        self.gates.one(key).await
    }

    /// The same for messages of many sessions at once.
    pub(crate) async fn all_gates(&self) -> AllGates {
        self.gates.all().await
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
