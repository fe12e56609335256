//! One handler per method, one file per domain of the catalog: from params to domain values,
//! one call of the engine, and back.

mod accounts;
mod agent;
mod agent_delivery;
mod channels;
mod chat;
mod config;
mod connect;
mod convert;
mod delivery;
mod health;
mod pairing;
mod send;
mod sessions;
mod system;
