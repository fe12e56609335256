//! What a test may change about the vendor.

use std::time::Duration;

/// So many calls in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Calls allowed in one window.
    pub calls: u32,
    /// Length of the window, which begins with its first call.
    pub per: Duration,
}

impl Rate {
    /// `calls` in every `per`.
    pub const fn new(calls: u32, per: Duration) -> Self {
        Self { calls, per }
    }
}

/// Limits of routes. The vendor tells them in headers only and changes them at will; these are
/// the values that libraries have seen.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Messages created, a channel. Default 5 in 5 s.
    pub send: Rate,
    /// Messages edited, a channel. Default 5 in 5 s.
    pub edit: Rate,
    /// Messages deleted, a channel. Default 5 in 1 s.
    pub delete: Rate,
    /// Reactions put or removed, a channel. Default 1 in 250 ms.
    pub react: Rate,
    /// Typing shown, a channel. Default 5 in 5 s.
    pub typing: Rate,
    /// Follow-ups of one interaction token. Default 5 in 2 s.
    pub webhook: Rate,
    /// Every other route, by its channel or guild. Default 50 in 1 s.
    pub other: Rate,
    /// All calls of the bot together, interactions excepted. Default 50 in 1 s (documented).
    pub global: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        let second = Duration::from_secs(1);
        Self {
            send: Rate::new(5, 5 * second),
            edit: Rate::new(5, 5 * second),
            delete: Rate::new(5, second),
            react: Rate::new(1, Duration::from_millis(250)),
            typing: Rate::new(5, 5 * second),
            webhook: Rate::new(5, 2 * second),
            other: Rate::new(50, second),
            global: Rate::new(50, second),
        }
    }
}

impl Rates {
    /// Limits that no test reaches by accident; for tests of other things.
    pub fn loose() -> Self {
        let loose = Rate::new(1_000_000, Duration::from_secs(1));
        Self {
            send: loose,
            edit: loose,
            delete: loose,
            react: loose,
            typing: loose,
            webhook: loose,
            other: loose,
            global: loose,
        }
    }
}

/// Privileged intents as switched on in the vendor's portal.
#[derive(Debug, Clone, Copy)]
pub struct Privileged {
    /// `MESSAGE_CONTENT`. Default on.
    pub message_content: bool,
    /// `GUILD_MEMBERS`. Default off.
    pub guild_members: bool,
    /// `GUILD_PRESENCES`. Default off.
    pub guild_presences: bool,
}

/// The whole of what may be changed; the defaults are the vendor's documented numbers.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Limits of REST.
    pub rates: Rates,
    /// Privileged intents that the application has.
    pub privileged: Privileged,
    /// Heartbeat interval told in HELLO. Default 41.25 s, as seen.
    pub heartbeat: Duration,
    /// IDENTIFY allowed in [`Self::identify_window`]. Default 1 (documented for small bots).
    pub max_concurrency: u32,
    /// Window of [`Self::max_concurrency`]. Default 5 s (documented).
    pub identify_window: Duration,
    /// IDENTIFY allowed in a day; the one after resets the token. Default 1000 (documented).
    pub session_starts: u32,
    /// Gateway commands allowed a connection and minute. Default 120 (documented).
    pub gateway_commands: u32,
    /// Events kept a session for RESUME; older ones are lost and the session with them.
    /// Default 1000, ours: the vendor tells none.
    pub replay_events: usize,
    /// How long a session outlives its connection. Default 3 min ("a few minutes").
    pub resume_window: Duration,
    /// How long a nonce is remembered. Default 5 min ("a few minutes").
    pub nonce_window: Duration,
    /// How long an interaction waits for its first answer. Default 3 s (documented).
    pub interaction_ack: Duration,
    /// How long an interaction's token lives. Default 15 min (documented).
    pub interaction_token: Duration,
    /// Bytes of one uploaded file. Default 10 MiB (documented default).
    pub file_bytes: usize,
    /// Bytes of one request. Default 25 MiB (documented).
    pub request_bytes: usize,
    /// Answers 401, 403 and 429 in ten minutes after which the address is shut out.
    /// Default 10 000 (documented).
    pub invalid_requests: usize,
}

impl Default for Settings {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        Self {
            rates: Rates::default(),
            privileged: Privileged {
                message_content: true,
                guild_members: false,
                guild_presences: false,
            },
            heartbeat: Duration::from_millis(41_250),
            max_concurrency: 1,
            identify_window: Duration::from_secs(5),
            session_starts: 1000,
            gateway_commands: 120,
            replay_events: 1000,
            resume_window: Duration::from_mins(3),
            nonce_window: Duration::from_mins(5),
            interaction_ack: Duration::from_secs(3),
            interaction_token: Duration::from_mins(15),
            file_bytes: 10 * MIB,
            request_bytes: 25 * MIB,
            invalid_requests: 10_000,
        }
    }
}

impl Settings {
    /// The vendor without rate limits and identify pauses; for tests of other things.
    pub fn loose() -> Self {
        Self {
            rates: Rates::loose(),
            max_concurrency: 1000,
            ..Self::default()
        }
    }
}
