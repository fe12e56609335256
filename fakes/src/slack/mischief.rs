//! What a test can make go wrong.
//!
//! Faults of HTTP are planned with [`SlackFake::faults`] under the names of the methods, and
//! `socket`, `files.upload`, `files.download`, `files.cdn`; the rest has a verb of its own.

use std::sync::Arc;

use super::delivery::{Reason, verify};
use super::fake::SlackFake;
use crate::common::{FaultPlan, Line};

impl SlackFake {
    /// The faults of HTTP to come.
    pub fn faults(&self) -> &FaultPlan {
        &self.core().faults
    }

    /// From now on the vendor's clock is wrong by so many milliseconds: signatures and `ts`.
    pub fn skew_ms(&self, by_ms: i64) {
        self.core().clock.skew_ms(by_ms);
    }

    /// From now on every token is refused with this error: `token_revoked`, `invalid_auth`,
    /// `account_inactive`. None lets them hold again.
    pub fn revoke_tokens(&self, error: Option<&str>) {
        self.core().auth().revoke(error);
    }

    /// Tells every socket to go. After `link_disabled` it is closed at once, else after the grace.
    pub fn disconnect(&self, reason: Reason) {
        let told = self.core().dispatch.sockets().disconnect(reason);
        if reason == Reason::LinkDisabled {
            self.core().dispatch.sockets().close(&told);
            return;
        }
        let (core, grace) = (Arc::clone(self.core()), self.core().rules.disconnect_grace);
        self.core().tasks.spawn(async move {
            tokio::select! {
                () = core.stop.cancelled() => {}
                () = tokio::time::sleep(grace) => {
                    core.dispatch.sockets().close(&told);
                }
            }
        });
    }

    /// Turns Socket Mode on again after `link_disabled`.
    pub fn enable_sockets(&self) {
        self.core().dispatch.sockets().enable();
    }

    /// Ends every socket now, without a close frame.
    pub fn cut_sockets(&self) {
        self.core().dispatch.sockets().lines().for_each(Line::cut);
    }

    /// The next envelope breaks off in the middle of its frame, and the connection with it.
    pub fn cut_next_frame(&self) {
        self.core().dispatch.sockets().cut_next_frame();
    }

    /// Leaves every open socket half-open: nothing is read or written on it again.
    pub fn silence_sockets(&self) {
        self.core()
            .dispatch
            .sockets()
            .lines()
            .for_each(Line::go_silent);
    }

    /// Open sockets still hear the client, but everything that the server writes is lost.
    pub fn swallow_sockets(&self) {
        self.core()
            .dispatch
            .sockets()
            .lines()
            .for_each(Line::swallow);
    }

    /// Whether the server stops to ping; it answers pings and sends envelopes as ever.
    pub fn stop_pings(&self, stopped: bool) {
        self.core().dispatch.sockets().stop_pings(stopped);
    }

    /// The next sockets open and hear no `hello`.
    pub fn mute_next_sockets(&self, count: usize) {
        self.core().dispatch.sockets().mute_next(count);
    }

    /// The next deliveries leave twice each.
    pub fn duplicate_next(&self, count: usize) {
        self.core().dispatch.duplicate_next(count);
    }

    /// What was delivered last is delivered once more, acknowledged or not. False if nothing was.
    pub fn repeat_last(&self) -> bool {
        let last = self.core().dispatch.last();
        let there = last.is_some();
        if let Some(last) = last {
            self.core().publish(last);
        }
        there
    }

    /// The next deliveries wait for each other and leave in reverse order.
    pub fn reverse_next(&self, count: usize) {
        self.core().dispatch.reverse_next(count);
    }

    /// From now on the app is told by signed POSTs to this URL, which must pass the
    /// `url_verification` first.
    ///
    /// # Errors
    /// What the URL did instead; sockets are used as before.
    pub async fn deliver_events_to(&self, url: &str) -> Result<(), String> {
        verify(self.core(), url).await?;
        self.core().dispatch.use_webhook(Some(url.to_owned()));
        Ok(())
    }

    /// From now on the app is told by sockets again.
    pub fn deliver_events_to_sockets(&self) {
        self.core().dispatch.use_webhook(None);
    }
}
