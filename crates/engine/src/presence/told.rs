//! Telling presence: to whoever asks, and to all when it changed. Changes are told at most once a
//! second, and at most 1 MiB a second to all clients together (DECISIONS D5).

use std::sync::Arc;
use std::time::Duration;

use tidegate_protocol::api::connect::{Tick, Ticked};
use tidegate_protocol::api::health::{Presence, PresenceChanged};
use tidegate_protocol::frame::StateVersion;
use tokio::time::Instant;

use super::Beacon;
use crate::{Engine, EngineError};

/// Joins within this time are told together.
const GATHER: Duration = Duration::from_millis(20);
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Presence bytes a second for the whole gateway.
const BYTES_PER_S: u64 = 1024 * 1024;

impl Engine {
    /// Versions of presence and health.
    pub fn state_version(&self) -> StateVersion {
        StateVersion {
            presence: self.inner().presence.version(),
            health: self.inner().health.version(),
        }
    }

    /// A beacon, or a line for the main session.
    ///
    /// # Errors
    /// The text is blank.
    pub fn system_event(&self, mut beacon: Beacon) -> Result<(), EngineError> {
        let text = beacon.text.trim().to_owned();
        beacon.text = text;
        if beacon.text.is_empty() {
            return Err(EngineError::invalid("text required"));
        }
        if let Some(line) = self.inner().presence.beacon(beacon) {
            self.inner()
                .system_events
                .push(&self.inner().agents.names.main(), line);
        }
        Ok(())
    }

    /// Lines that wait for the next turn of the main session.
    pub fn queued_system_events(&self) -> Vec<String> {
        self.inner()
            .system_events
            .list(&self.inner().agents.names.main())
    }

    fn tell_presence(&self) -> usize {
        let (presence, _) = self.inner().presence.list();
        let bytes = self
            .inner()
            .events
            .publish_versioned::<PresenceChanged>(&Presence { presence }, self.state_version());
        self.inner()
            .events
            .publish::<Ticked>(&Tick { ts: self.now_ms() });
        bytes
    }
}

/// Tells changes until the engine stops. A tick follows each presence, so that a client that has
/// just joined sees both within a second.
pub(crate) async fn keep(engine: Engine) {
    let presences = Arc::clone(&engine.inner().presence);
    loop {
        tokio::select! {
            () = engine.inner().stop.cancelled() => return,
            () = presences.changed.notified() => {}
        }
        tokio::time::sleep(GATHER).await;
        let told_at = Instant::now();
        let bytes = engine.tell_presence();
        let pause = TELL_EVERY.max(time_for(bytes, presences.connections()));
        // Gathering is part of the pause: whoever joins right after a list sees the next in time.
        tokio::select! {
            () = engine.inner().stop.cancelled() => return,
            () = tokio::time::sleep_until(told_at + pause - GATHER) => {}
        }
    }
}

/// How long so many bytes may take to so many clients.
fn time_for(bytes: usize, clients: u64) -> Duration {
    let all = (bytes as u64).saturating_mul(clients);
    Duration::from_millis(all.saturating_mul(1_000) / BYTES_PER_S)
}
