//! Strict imitations of chat networks. Each enforces its vendor's rules (limits, errors, rate
//! limits, single poller) and has first satisfied a client that we did not write.

pub mod common;
pub mod discord;
pub mod slack;
pub mod telegram;
