//! What arrives from chat networks: admit, route, store, and only then let the agent work.

mod after;
mod consider;
mod conversation;
mod door;
mod files;
mod question;
mod queue;
mod refusals;
mod strangers;
mod verdict;

pub(crate) use door::Door;
pub(crate) use refusals::Refusals;
pub use strangers::PAIRING_TTL_MS;
