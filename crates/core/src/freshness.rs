//! When a conversation is over: at an hour of the day, or after a silence. Looked at when the next
//! message of a chat network arrives (V3 11.2).

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::routing::ConversationKind;

#[cfg(test)]
mod tests;

/// When a conversation is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetRule {
    /// Never.
    Never,
    /// At this hour of the host's day.
    Daily {
        /// 0 to 23.
        at_hour: u8,
    },
    /// After so long a silence, in minutes.
    Idle {
        /// At least 1.
        minutes: u32,
    },
    /// At this hour or after this silence, whichever is first.
    DailyOrIdle {
        /// 0 to 23.
        at_hour: u8,
        /// At least 1.
        minutes: u32,
    },
}

impl ResetRule {
    /// Whether a conversation that was last changed at `last_ms` is over at `now_ms` (both Unix
    /// milliseconds) by the clocks of `zone`. One that was changed exactly on the hour, or exactly
    /// so long ago as may be silent, goes on; so does one whose last change lies ahead of a clock
    /// that was set back.
    pub fn is_over(self, last_ms: u64, now_ms: u64, zone: &TimeZone) -> bool {
        let daily = |at_hour| latest(at_hour, now_ms, zone).is_some_and(|at| last_ms < at);
        let idle = |minutes| now_ms.saturating_sub(last_ms) > u64::from(minutes) * 60_000;
        match self {
            Self::Never => false,
            Self::Daily { at_hour } => daily(at_hour),
            Self::Idle { minutes } => idle(minutes),
            Self::DailyOrIdle { at_hour, minutes } => daily(at_hour) || idle(minutes),
        }
    }
}

/// When it was this hour last, in Unix milliseconds. An hour that a day skips is where its clocks
/// go on, one that a day has twice is the first. Tomorrow is looked at too, since clocks that go
/// back over midnight show the day before again; and the days before yesterday, since a zone may
/// skip a whole day.
fn latest(at_hour: u8, now_ms: u64, zone: &TimeZone) -> Option<u64> {
    let now = Timestamp::from_millisecond(i64::try_from(now_ms).ok()?).ok()?;
    let today = zone.to_datetime(now).date();
    let hour = i8::try_from(at_hour.min(23)).ok()?;
    (-1..=2).find_map(|back| {
        let day = today.checked_sub(back.days()).ok()?;
        let at = zone.to_timestamp(day.at(hour, 0, 0, 0)).ok()?;
        let at_ms = u64::try_from(at.as_millisecond()).ok()?;
        (at_ms <= now_ms).then_some(at_ms)
    })
}

/// The rules for the kinds of conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResetRules {
    /// For direct chats.
    pub direct: ResetRule,
    /// For groups and rooms.
    pub group: ResetRule,
    /// For threads and topics.
    pub thread: ResetRule,
}

impl ResetRules {
    /// The rule for a kind.
    pub const fn of(&self, kind: ConversationKind) -> ResetRule {
        match kind {
            ConversationKind::Direct => self.direct,
            ConversationKind::Group => self.group,
            ConversationKind::Thread => self.thread,
        }
    }
}
