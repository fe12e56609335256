//! Where the host shows what it is doing: to whoever watches it, and in its folder.

use std::sync::Arc;

use tidegate_core::Clock;
use tokio::sync::watch;

use crate::home::Home;
use crate::status::{Phase, Status};

/// Where the status is shown.
pub(crate) struct Board {
    pub(crate) home: Home,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) status: watch::Sender<Status>,
}

impl Board {
    /// Shows where the host is.
    pub(crate) fn set(&self, phase: Phase, why: Option<String>) {
        let since_ms = self.clock.now_ms();
        self.change(|status| {
            status.phase = phase;
            status.why = why;
            status.since_ms = since_ms;
        });
    }

    /// Shows what is different.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Status)) {
        self.status.send_modify(change);
        let status = self.status.borrow().clone();
        if let Err(why) = self.home.tell_status(&status) {
            tracing::warn!(%why, "the status was not written");
        }
    }
}
