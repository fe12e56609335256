//! One file per domain: its types, its `methods!` rows and its `events!` rows.

pub mod agent;
pub mod channels;
pub mod chat;
pub mod config;
pub mod connect;
pub mod delivery;
pub mod health;
pub mod pairing;
pub mod send;
pub mod sessions;
pub mod system;
