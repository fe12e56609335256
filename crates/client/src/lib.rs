//! A client of the gateway: connect, call, listen.
//!
//! [`Client`] is one connection. It proves who it is ([`identity`]), calls methods of the catalog
//! by their types ([`Client::call`]) and hands out events in order ([`Events`]); whatever was lost
//! is said, never hidden. [`Reconnecting`] keeps a conversation going over lost connections:
//! it repeats a request with the same idempotency key, so that nothing is done twice.
//!
//! Every wait has a deadline. Nothing here prints, reads the environment or starts a gateway.
#![deny(missing_docs)]

pub mod address;
mod call;
mod connect;
mod credential;
mod dial;
mod error;
mod events;
mod frame;
mod fresh;
pub mod identity;
mod known;
mod link;
mod pin;
pub mod private_file;
mod reconnect;
mod run;
mod secure;
mod token_cache;
mod wire;

pub use address::Address;
pub use call::{Client, First, PendingFinal};
pub use connect::{ConnectOptions, Deadlines, NodeClaims};
pub use credential::{Auth, Credential};
pub use error::{Close, Error, ErrorKind, Phase, PutOut, Refusal};
pub use events::{EventError, EventFrame, Events};
pub use fresh::{fresh_id, idempotency_key};
pub use identity::DeviceIdentity;
pub use known::KnownGateways;
pub use pin::{Distrust, Fingerprint, NoFingerprint, Trust};
pub use reconnect::{Backoff, Reconnecting};
pub use run::{RunFinal, RunNotice, RunOutcome};
pub use token_cache::TokenCache;

#[cfg(test)]
mod tests;
