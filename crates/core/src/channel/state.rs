//! How an account is. The words are those of `channels.status`.

use std::fmt;

use tidegate_protocol::api::channels::ChannelState;

/// How an account is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountState {
    /// Switched off, or the gateway is stopping.
    Stopped,
    /// Waits for its turn to begin.
    Starting,
    /// Tries to get through.
    Connecting,
    /// The way in proved itself within the last interval.
    Live,
    /// Works, but not as it should.
    Degraded {
        /// A sentence for the owner.
        reason: String,
    },
    /// Failed, and tries again.
    Backoff {
        /// When, in Unix milliseconds.
        until_ms: u64,
        /// Why it failed.
        reason: String,
    },
    /// A person must sign in or set it up.
    NeedsLogin {
        /// What to do.
        reason: String,
    },
    /// Somebody else has the account; tries again.
    Conflict {
        /// Who, as far as it is known.
        holder: String,
        /// When the next try is, in Unix milliseconds.
        until_ms: u64,
    },
}

impl AccountState {
    /// The word on the wire.
    pub const fn word(&self) -> ChannelState {
        match self {
            Self::Stopped => ChannelState::Stopped,
            Self::Starting => ChannelState::Starting,
            Self::Connecting => ChannelState::Connecting,
            Self::Live => ChannelState::Live,
            Self::Degraded { .. } => ChannelState::Degraded,
            Self::Backoff { .. } => ChannelState::Backoff,
            Self::NeedsLogin { .. } => ChannelState::NeedsLogin,
            Self::Conflict { .. } => ChannelState::Conflict,
        }
    }

    /// The same, as text.
    pub const fn as_str(&self) -> &'static str {
        self.word().as_str()
    }

    /// Whether messages get through.
    pub const fn works(&self) -> bool {
        self.word().works()
    }

    /// What is wrong, if something is.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Degraded { reason }
            | Self::Backoff { reason, .. }
            | Self::NeedsLogin { reason } => Some(reason),
            Self::Conflict { holder, .. } => Some(holder),
            Self::Stopped | Self::Starting | Self::Connecting | Self::Live => None,
        }
    }

    /// When the next try is, in Unix milliseconds.
    pub const fn next_try_at_ms(&self) -> Option<u64> {
        match self {
            Self::Backoff { until_ms, .. } | Self::Conflict { until_ms, .. } => Some(*until_ms),
            _ => None,
        }
    }
}

impl fmt::Display for AccountState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self.reason() {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}
