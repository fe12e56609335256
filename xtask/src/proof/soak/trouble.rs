//! What goes wrong in a wave. What a word means on a network, its own file says.

/// One sort of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The network refuses calls with "too many", and tells to wait.
    TooMany,
    /// The network takes an answer, and the connection ends before it says so.
    CutAfterStoring,
    /// Events arrive in another order.
    Reorder,
    /// The network refuses calls with a server's error.
    ServerError,
    /// Events arrive twice.
    Duplicates,
    /// The connection ends before an answer is taken.
    CutBeforeStoring,
    /// The network takes its time.
    Slow,
    /// Everything is cut off for a while.
    Reconnect,
    /// What arrives breaks off in its middle.
    CutInEvent,
    /// None.
    Calm,
}

impl Trouble {
    /// Every sort, in the order of the waves. The two that end the way in stand together: a
    /// supervisor waits longer each time, until the way in was good for a minute.
    pub(super) const ALL: [Self; 10] = [
        Self::TooMany,
        Self::CutAfterStoring,
        Self::Reorder,
        Self::ServerError,
        Self::Duplicates,
        Self::CutBeforeStoring,
        Self::Slow,
        Self::Reconnect,
        Self::CutInEvent,
        Self::Calm,
    ];

    /// Whether a network in this trouble still delivers a conversation's messages in their order.
    pub(super) const fn keeps_order(self) -> bool {
        !matches!(self, Self::Reorder | Self::Reconnect | Self::CutInEvent)
    }
}
