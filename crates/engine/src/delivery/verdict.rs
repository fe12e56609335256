//! What becomes of a part after a try, or instead of one: pure.

use std::time::Duration;

use tidegate_core::Backoff;
use tidegate_core::channel::{Body, Capabilities, ChannelError, OutboundPart, Receipt};
use tidegate_core::clock::millis;
use tidegate_core::store::{OutboxRow, OutboxState, OutboxStep};

use super::parts::marked;

/// The waits after tries that failed.
const BACKOFF: Backoff = Backoff {
    first: Duration::from_secs(1),
    longest: Duration::from_mins(1),
};
/// Nobody is asked again sooner than this, whatever the network says.
const LEAST_SILENCE: Duration = Duration::from_millis(250);
/// Nobody waits longer than this for a network: by then every part has expired.
const MOST_SILENCE: Duration = Duration::from_hours(1);
/// The wait after the network refused our credential: only a person can help.
pub(super) const SIGNED_OUT_WAIT: Duration = Duration::from_mins(1);
/// Time for the network to take words.
const TEXT_DEADLINE: Duration = Duration::from_mins(1);
/// Time for it to take a file, at most.
const FILE_DEADLINE: Duration = Duration::from_mins(15);
/// The slowest line that we wait for, in bytes a second.
const SLOWEST_LINE: u64 = 64 * 1024;

/// What is known of a part before a try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) row: &'a OutboxRow,
    pub(super) can: &'a Capabilities,
    pub(super) now_ms: u64,
    /// The wait if another try follows, see [`backoff`].
    pub(super) wait: Duration,
}

impl Case<'_> {
    /// What must happen instead of a try, if something must.
    pub(super) fn before(self) -> Option<OutboxStep> {
        let row = self.row;
        let crashed = row.state == OutboxState::Sending;
        if self.now_ms >= row.item.expires_at_ms {
            let doubt = if crashed || row.maybe_sent_since_ms.is_some() {
                "; nobody knows whether it arrived"
            } else {
                ""
            };
            let why = row
                .error
                .as_deref()
                .map_or_else(String::new, |e| format!(" ({e})"));
            let reason = format!("expired before it could be sent{doubt}{why}");
            return Some(OutboxStep::Dead { reason });
        }
        crashed.then(|| self.doubtful("the gateway ended while it was being sent", Duration::ZERO))
    }

    /// Whether the part is given up if the end of this try is unknown too.
    pub(super) fn is_last_chance(self) -> bool {
        self.row.maybe_sent_since_ms.is_some() && !self.makes_one()
    }

    /// What to send in this try, with the mark if it may be there twice; `None` if it must be
    /// marked and cannot be.
    pub(super) fn dressed(self) -> Option<OutboundPart> {
        let part = &self.row.item.body;
        if self.is_last_chance() {
            marked(part)
        } else {
            Some(part.clone())
        }
    }

    /// What a try led to.
    pub(super) fn after(self, outcome: &Result<Receipt, ChannelError>) -> OutboxStep {
        let error = match outcome {
            Ok(receipt) => return OutboxStep::Sent(receipt.clone()),
            Err(error) => error,
        };
        match error {
            ChannelError::Limited { .. } => self.later(error, silence(error).unwrap_or(self.wait)),
            ChannelError::SignedOut(_) | ChannelError::NeedsSetup(_) => {
                self.later(error, SIGNED_OUT_WAIT)
            }
            ChannelError::Unreachable(_)
            | ChannelError::Conflict(_)
            | ChannelError::Moved { .. } => self.later(error, self.wait),
            ChannelError::Refused(_) | ChannelError::Unsupported(_) => OutboxStep::Dead {
                reason: error.to_string(),
            },
            ChannelError::Unknown(_) | ChannelError::Inbox(_) => {
                self.doubtful(&error.to_string(), self.wait)
            }
        }
    }

    fn later(self, error: &ChannelError, wait: Duration) -> OutboxStep {
        OutboxStep::Later {
            not_before_ms: self.now_ms.saturating_add(millis(wait)),
            error: error.to_string(),
        }
    }

    /// Nobody knows whether a try arrived. Where a repetition can make a second message, there is
    /// one repetition, and it is marked (SECURITY F02).
    fn doubtful(self, why: &str, wait: Duration) -> OutboxStep {
        let repeated = self.row.maybe_sent_since_ms.is_some();
        let markable = !matches!(self.row.item.body.body, Body::Poll(_));
        if self.makes_one() || (markable && !repeated) {
            return OutboxStep::Ambiguous {
                not_before_ms: self.now_ms.saturating_add(millis(wait)),
                error: why.to_owned(),
            };
        }
        OutboxStep::Dead {
            reason: format!("nobody knows whether it arrived: {why}"),
        }
    }

    /// Whether all tries together make one message: the network knows the key or looks it up. A part
    /// that replaces a draft does not count: the draft may be gone, and then it is sent anew. What
    /// is lost while a message is only changed, the network's half calls `Unreachable`.
    const fn makes_one(self) -> bool {
        self.can.keyed_sends || self.can.history
    }
}

/// How long the network asked us to be silent, if it did.
pub(super) fn silence(error: &ChannelError) -> Option<Duration> {
    match error {
        ChannelError::Limited { retry_after_ms, .. } => {
            Some(Duration::from_millis(*retry_after_ms).clamp(LEAST_SILENCE, MOST_SILENCE))
        }
        _ => None,
    }
}

/// The wait after so many tries, between its half and its whole as `chance` (0 to 255) says.
pub(super) fn backoff(tries: u32, chance: u8) -> Duration {
    BACKOFF.wait(tries.saturating_sub(1), chance)
}

/// How long the network may take for a part; then its end is unknown.
pub(super) fn deadline(part: &OutboundPart) -> Duration {
    match &part.body {
        Body::Text { .. } | Body::Poll(_) => TEXT_DEADLINE,
        Body::Media { media, .. } => {
            let upload = Duration::from_secs(media.bytes / SLOWEST_LINE);
            TEXT_DEADLINE.saturating_add(upload).min(FILE_DEADLINE)
        }
    }
}

#[cfg(test)]
mod tests;
