//! What holds an answer that is on its way to what let it out (SECURITY T18, T35): it ends with its
//! capability, and whoever takes it too slowly loses it. Nothing is asked for more while its reader
//! takes nothing, so it is ended from outside: by the end of its connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use super::capability::Opens;
use super::host::CanvasHost;
use crate::listen::Peer;

/// Time for taking an answer, however short it is.
const GRACE: Duration = Duration::from_secs(30);
/// Bytes that are taken in a second at least: 256 kbit/s, at which the largest file takes 34 minutes.
const LEAST_BYTES_PER_S: u64 = 32 * 1024;
/// How often the capability is asked whether it still holds: what is taken back ends within a
/// second (SECURITY T18).
const LOOK: Duration = Duration::from_secs(1);

/// One answer that is on its way.
pub(super) struct Leash {
    host: Arc<CanvasHost>,
    opens: Opens,
    token: String,
    late: Instant,
    /// Cancelled when the answer was taken.
    taken: CancellationToken,
    /// Ends the connection.
    end: CancellationToken,
}

impl Leash {
    /// For so many bytes, which begin to go out now.
    pub(super) fn on(
        peer: &Peer,
        host: Arc<CanvasHost>,
        opens: Opens,
        token: String,
        bytes: u64,
    ) -> Self {
        Self {
            host,
            opens,
            token,
            late: Instant::now() + time_for(bytes),
            taken: peer.taken.clone(),
            end: peer.ticket.ended.clone(),
        }
    }

    /// Waits until the answer was taken, or ends it.
    pub(super) async fn hold(self) {
        let mut look = interval(LOOK);
        loop {
            tokio::select! {
                biased;
                () = self.taken.cancelled() => return,
                () = self.opens.over.cancelled() => break,
                () = sleep_until(self.late) => break,
                _ = look.tick() => {
                    if self.host.opens(&self.token).is_none() {
                        break;
                    }
                }
            }
        }
        self.end.cancel();
    }
}

/// How long so many bytes may take.
const fn time_for(bytes: u64) -> Duration {
    GRACE.saturating_add(Duration::from_secs(bytes / LEAST_BYTES_PER_S))
}
