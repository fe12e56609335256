//! Which call goes wrong, and how. Faults are queued by name of the operation, or drawn from a seed.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What happens to one call. "Stored" means that the vendor has done what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Refused with the vendor's "too many requests"; nothing stored.
    TooMany {
        /// What the answer tells the caller to wait.
        retry_after: Duration,
    },
    /// Refused with this HTTP status in the vendor's form of an error; nothing stored.
    Status(u16),
    /// The connection ends before anything is stored.
    CutBeforeStoring,
    /// Stored, and the connection ends without an answer: the window that no client can close.
    CutAfterStoring,
    /// Stored, and the connection ends after so many bytes of the answer, headers included.
    CutInAnswer {
        /// Bytes that still leave.
        after_bytes: usize,
    },
    /// Stored, and the answer begins only after this time.
    SlowHeaders(Duration),
    /// Nothing is stored and nothing is answered; the connection stays open (half-open peer).
    Silence,
    /// Stored, nothing is answered, and the connection stays open.
    SilenceAfterStoring,
}

/// The faults to come. Those of one operation are used up before those of any operation, and
/// those before chance. Everything is deterministic for one seed and one order of calls.
#[derive(Debug)]
pub struct FaultPlan {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    named: HashMap<String, VecDeque<Fault>>,
    any: VecDeque<Fault>,
    chance: Vec<(u32, Fault)>,
    seed: u64,
}

impl FaultPlan {
    /// No faults; the seed decides what [`FaultPlan::by_chance`] will draw.
    pub fn seeded(seed: u64) -> Self {
        Self {
            state: Mutex::new(State {
                named: HashMap::new(),
                any: VecDeque::new(),
                chance: Vec::new(),
                seed,
            }),
        }
    }

    /// The next call of this operation goes wrong so. Called n times, the next n calls do.
    pub fn next(&self, operation: &str, fault: Fault) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let named = state.named.entry(operation.to_owned()).or_default();
        named.push_back(fault);
    }

    /// The next call goes wrong so, whichever operation it asks for.
    pub fn next_of_any(&self, fault: Fault) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.any.push_back(fault);
    }

    /// From now on so many of 1000 calls go wrong so, drawn from the seed.
    pub fn by_chance(&self, permille: u32, fault: Fault) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.chance.push((permille, fault));
    }

    /// Forgets every fault that is still to come.
    pub fn clear(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.named.clear();
        state.any.clear();
        state.chance.clear();
    }

    /// The fault of this call, if it has one. For the fakes: asked once a call.
    pub fn take(&self, operation: &str) -> Option<Fault> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fault) = state.named.get_mut(operation).and_then(VecDeque::pop_front) {
            return Some(fault);
        }
        if let Some(fault) = state.any.pop_front() {
            return Some(fault);
        }
        state.draw()
    }
}

impl State {
    fn draw(&mut self) -> Option<Fault> {
        if self.chance.is_empty() {
            return None;
        }
        let mut roll = u32::try_from(self.roll() % 1000).unwrap_or(0);
        for (permille, fault) in &self.chance {
            if roll < *permille {
                return Some(fault.clone());
            }
            roll -= permille;
        }
        None
    }

    /// SplitMix64, a well-known small generator: good enough to draw lots, the same everywhere.
    fn roll(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_an_operation_come_before_those_of_any() {
        let plan = FaultPlan::seeded(1);
        plan.next_of_any(Fault::Silence);
        plan.next("send", Fault::Status(500));
        plan.next("send", Fault::Status(502));
        assert_eq!(plan.take("send"), Some(Fault::Status(500)));
        assert_eq!(plan.take("read"), Some(Fault::Silence));
        assert_eq!(plan.take("read"), None);
        assert_eq!(plan.take("send"), Some(Fault::Status(502)));
        assert_eq!(plan.take("send"), None);
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed() {
        let draw = |seed| {
            let plan = FaultPlan::seeded(seed);
            plan.by_chance(100, Fault::Silence);
            plan.by_chance(100, Fault::CutBeforeStoring);
            (0..1000).map(|_| plan.take("x")).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let hits = draw(7).iter().flatten().count();
        assert!((150..250).contains(&hits), "{hits}");
    }
}
