//! When a conversation is over: at an hour of the day, or after a silence. Looked at when the next
//! message of a chat network arrives (V3 11.2).

use crate::routing::ConversationKind;

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
