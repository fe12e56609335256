//! The edge from outside: a whole gateway in this process, on a port of its own, and clients that
//! behave well, badly, slowly or not at all. State is kept in memory, the model is scripted, the
//! wall clock stands still, and waiting times are jumped over.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod approvals;
mod approvals_ended;
mod authz_matrix;
mod canvas;
mod channels;
mod common;
mod devices;
mod doors;
mod handshake;
mod limits;
mod metrics;
mod nodes;
mod presence;
mod runs;
mod secrets;
mod shapes;
