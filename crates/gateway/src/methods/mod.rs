//! One handler per method, one file per domain of the catalog: from params to domain values,
//! one call of the engine, and back.

mod accounts;
mod agent;
mod agent_delivery;
mod approvals;
mod approvals_ended;
mod approvals_node;
mod canvas;
mod canvas_action;
mod channels;
mod chat;
mod config;
mod connect;
mod convert;
mod delivery;
mod devices;
mod health;
mod node_pairing;
mod nodes;
mod pairing;
mod send;
mod sessions;
mod system;
