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
mod delivery;
mod delivery_doubt;
mod delivery_model;
mod delivery_post;
mod delivery_show;
mod delivery_store;
mod delivery_world;
mod endings;
mod health;
mod heard;
mod model_lanes;
mod network;
mod pairing;
mod presence;
mod recovery;
mod script;
mod swap;
mod throttle;
mod world;
