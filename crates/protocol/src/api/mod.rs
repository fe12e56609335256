//! One file per domain: its types, its `methods!` rows and its `events!` rows.

pub mod agent;
pub mod approvals;
pub mod canvas;
pub mod channels;
pub mod chat;
pub mod commands;
pub mod config;
pub mod connect;
pub mod delivery;
pub mod devices;
pub mod health;
pub mod node_pairing;
pub mod nodes;
pub mod pairing;
pub mod send;
pub mod sessions;
pub mod system;
