//! The server's state behind its lock, and the bell that rings when it has changed.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::call::Call;
use super::world::World;
use crate::common::{FaultPlan, Recorder};

/// What handlers, the webhook's postman and the handle of a test share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) token: String,
    pub(super) calls: Recorder<Call>,
    pub(super) faults: FaultPlan,
    world: Mutex<World>,
    changed: watch::Sender<u64>,
}

impl Shared {
    pub(super) fn new(token: String, world: World, seed: u64) -> Self {
        Self {
            token,
            calls: Recorder::default(),
            faults: FaultPlan::seeded(seed),
            world: Mutex::new(world),
            changed: watch::Sender::new(0),
        }
    }

    /// Looks at the state.
    pub(super) fn look<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        look(&self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state and rings the bell.
    pub(super) fn change<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let result = change(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner));
        self.ring();
        result
    }

    /// Changes the state without waking anybody.
    pub(super) fn change_quietly<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        change(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn ring(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    pub(super) fn bell(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }
}
