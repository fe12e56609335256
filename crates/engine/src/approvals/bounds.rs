//! How many, how long, how large.

use std::time::Duration;

/// How long a decision is waited for if nothing else is said (V3 4).
pub const ASK_DEFAULT: Duration = Duration::from_mins(2);
/// The longest that a decision is waited for: longer than a person needs to come back from lunch,
/// shorter than a turn may be forgotten.
pub const ASK_MAX: Duration = Duration::from_mins(30);
/// How long a decision can be used (SECURITY T49).
pub const PERMIT_TTL: Duration = Duration::from_mins(5);
/// Questions of agents that may wait at once.
pub const OPEN_MAX: usize = 64;
/// Questions of clients that may wait at once, beside those of agents.
pub(super) const OPEN_MAX_OF_CLIENTS: usize = 32;
/// Questions of one agent, or of one client, that may wait at once: more than a person reads in two
/// minutes.
pub const OPEN_MAX_OF_ONE: usize = 8;
/// The longest text of one question, in bytes: a command of this length still fits three times
/// into an event, and nobody reads a longer one.
pub const SHOWN_MAX_BYTES: usize = 128 * 1024;
/// The texts of all questions of agents that wait, in bytes: so that all together, and those of
/// clients, fit into one answer.
pub const SHOWN_MAX_BYTES_OPEN: usize = 1024 * 1024;
/// The texts of all questions of clients that wait, in bytes.
pub(super) const SHOWN_MAX_BYTES_OF_CLIENTS: usize = 512 * 1024;
/// The longest id that a client may choose, in characters.
pub(super) const ID_MAX_CHARS: usize = 128;
