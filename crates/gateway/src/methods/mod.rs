//! One handler per method, one file per domain of the catalog: from params to domain values,
//! one call of the engine, and back.

mod agent;
mod chat;
mod config;
mod connect;
mod convert;
mod health;
mod send;
mod sessions;
mod system;
