//! The wire of Tidegate: what a frame looks like, which methods and events exist, who may use
//! them, and the JSON Schema that says so to everyone else.
//!
//! Nothing here is async, does I/O or reads a clock. A method is declared once, in
//! `api/<domain>.rs`; the dispatch table, schema, TypeScript client, reference and the
//! authorisation table are all read from that row. See CONTRIBUTING.md, "Add a method".
#![deny(missing_docs)]

pub mod access;
pub mod api;
pub mod catalog;
pub mod close;
pub mod command;
pub mod error;
pub mod event;
pub mod frame;
pub mod ids;
pub mod limits;
mod macros;
pub mod method;
pub mod schema;
pub mod strict;
pub mod value;
pub mod version;

pub use access::{Access, Role, Scope};
pub use command::{Command, CommandSpec, CommandVisitor};
pub use error::{ErrorCode, ErrorShape};
pub use event::{Delivery, Event, EventSpec, EventVisitor};
pub use ids::{AccountId, AgentId, ChannelId, ConnId, DeviceId, IdempotencyKey, RunId};
pub use method::{Effect, Method, MethodSink, MethodSpec, MethodVisitor, NoAck, Serve, Server};
pub use value::{Nullable, Patch};
