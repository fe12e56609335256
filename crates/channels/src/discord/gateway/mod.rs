//! The gateway: one socket, a session that outlives it, and what to do when either ends.
//!
//! Discord forgets what it sent as soon as a session is resumed behind it, so a session is only
//! ever resumed at an event that the inbox has stored (SECURITY F01).

mod close;
mod dispatch;
mod frame;
mod link;
mod listen;
mod missed;
mod open;
mod pulse;
mod session;
