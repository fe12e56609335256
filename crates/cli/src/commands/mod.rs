//! One file for each command.

pub(crate) mod agent;
pub(crate) mod agents;
pub(crate) mod approvals;
mod browser;
pub(crate) mod call;
pub(crate) mod canvas;
pub(crate) mod channels;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod connection;
pub(crate) mod dashboard;
pub(crate) mod devices;
#[cfg(feature = "mdns")]
pub(crate) mod discover;
pub(crate) mod gateway_run;
pub(crate) mod health;
pub(crate) mod logs;
mod meant;
mod media;
pub(crate) mod node;
pub(crate) mod nodes;
pub(crate) mod outbox;
pub(crate) mod pairing;
pub(crate) mod send;
pub(crate) mod sessions;
pub(crate) mod status;
pub(crate) mod trace;
