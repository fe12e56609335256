//! The engine from outside: a scripted runner, a clock that stands still, a sink that remembers.
//! Time is paused: a wait costs nothing, and `settle` returns when nobody has anything to do.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod aborts;
mod approval_chats;
mod approval_deciders;
mod approval_history;
mod approval_rules;
mod approval_world;
mod approvals;
mod cuts;
mod delivery;
mod delivery_doubt;
mod delivery_draft;
mod delivery_files;
mod delivery_model;
mod delivery_post;
mod delivery_rates;
mod delivery_store;
mod delivery_typing;
mod delivery_world;
mod device_offers;
mod device_store;
mod devices;
mod devices_lattice;
mod devices_race;
mod devices_started;
mod devices_upgrades;
mod devices_writes;
mod endings;
mod health;
mod heard;
mod inbound_admission;
mod inbound_after;
mod inbound_commands;
mod inbound_crash;
mod inbound_files;
mod inbound_line;
mod inbound_moves;
mod inbound_order;
mod inbound_queue;
mod inbound_reset;
mod inbound_world;
mod model_lanes;
mod network;
mod node_world;
mod nodes;
mod nodes_model;
mod nodes_waiting;
mod pairing;
mod pairing_codes;
mod presence;
mod recovery;
mod script;
mod session_over;
mod supervisor;
mod swap;
mod throttle;
mod tools;
mod tools_nodes;
mod vigil;
mod world;
