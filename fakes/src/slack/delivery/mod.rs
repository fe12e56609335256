//! From the workspace to the app: who is told what, when again, and when no more.

mod dispatch;
mod link;
mod outgoing;
mod signature;
mod sockets;
mod webhook;

pub(super) use dispatch::Dispatch;
pub(super) use link::upgrade;
pub(super) use outgoing::Outgoing;
pub use signature::signature;
pub use sockets::Reason;
pub(super) use webhook::verify;
