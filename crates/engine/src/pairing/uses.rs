//! When tokens were last shown. It is noted in memory and written once a minute: a handshake does
//! not wait for the disk to say that somebody came by. A crash forgets a minute of it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use tidegate_core::Standing;
use tidegate_core::store::Touch;
use tidegate_protocol::{DeviceId, Role};

use crate::Engine;

/// How often uses are written.
const WRITTEN_EVERY: Duration = Duration::from_mins(1);
/// Uses that may wait to be written; whoever finds no room writes them first.
const MOST: usize = 1024;
/// Uses that are written at once, so that they share a commit.
const AT_ONCE: usize = 64;

/// A token that was shown.
pub(super) struct Use {
    pub(super) device: DeviceId,
    pub(super) role: Role,
    pub(super) touch: Touch,
    /// Of the admission: of a token that was taken back since, nothing is written.
    pub(super) standing: Standing,
}

/// Uses that wait to be written, the last one of each token.
#[derive(Default)]
pub(super) struct Uses(Mutex<HashMap<(DeviceId, Role), Use>>);

impl Uses {
    fn lock(&self) -> MutexGuard<'_, HashMap<(DeviceId, Role), Use>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a use. Gives it back if there is no room.
    pub(super) fn note(&self, used: Use) -> Result<(), Box<Use>> {
        let key = (used.device.clone(), used.role);
        let mut waiting = self.lock();
        if waiting.len() >= MOST && !waiting.contains_key(&key) {
            return Err(Box::new(used));
        }
        waiting.insert(key, used);
        Ok(())
    }

    /// Of a token that was replaced, nothing is written.
    pub(super) fn forget(&self, device: &DeviceId, role: Role) {
        self.lock().remove(&(device.clone(), role));
    }

    /// All of them, the oldest first.
    fn take(&self) -> Vec<Use> {
        let mut uses: Vec<Use> = self.lock().drain().map(|(_, used)| used).collect();
        uses.sort_unstable_by_key(|used| used.touch.at_ms);
        uses
    }
}

impl Engine {
    /// Notes that a token was shown, for the next time that uses are written.
    pub(super) async fn note_use(&self, used: Use) {
        if let Err(used) = self.inner().pairing.uses.note(used) {
            self.write_uses().await;
            // Whoever came in between may have taken the room; then this use is not told.
            let _ = self.inner().pairing.uses.note(*used);
        }
        if self.inner().stop.is_cancelled() {
            self.write_uses().await;
        }
    }

    /// Writes the uses that wait. Alone with the rights: no token that takes the place of the used
    /// one is said to have been used.
    pub(super) async fn write_uses(&self) {
        let _alone = self.inner().pairing.rights().await;
        let uses = self.inner().pairing.uses.take();
        for some in uses.chunks(AT_ONCE) {
            let current = some.iter().filter(|used| used.standing.is_current());
            join_all(current.map(|used| self.write_use(used))).await;
        }
    }

    async fn write_use(&self, used: &Use) {
        let devices = &self.inner().devices;
        let touch = used.touch.clone();
        if let Err(error) = devices.touch(&used.device, used.role, touch).await {
            tracing::warn!(device = %used.device, error = %error, "the last use of a token could not be written");
        }
    }
}

/// Writes uses once a minute, and when the gateway stops.
pub(crate) async fn keep_uses(engine: Engine) {
    let stop = engine.inner().stop.clone();
    loop {
        let stopped = tokio::time::timeout(WRITTEN_EVERY, stop.cancelled()).await;
        engine.write_uses().await;
        if stopped.is_ok() {
            return;
        }
    }
}
