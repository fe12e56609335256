//! The vocabulary of Tidegate: who acts ([`principal`], [`policy`]), where ([`session`]), what is
//! said ([`transcript`]), and the ports through which the engine works ([`store`], [`runner`],
//! [`event`]).
//!
//! No I/O happens here. A function that can fail fails on values.
#![deny(missing_docs)]

pub mod access;
pub mod agents;
pub mod channel;
pub mod clock;
pub mod commands;
pub mod event;
pub mod files;
pub mod freshness;
pub mod origin;
pub mod policy;
pub mod principal;
pub mod routing;
pub mod run;
pub mod runner;
pub mod secret;
pub mod session;
pub mod store;
pub mod text;
pub mod transcript;

pub use clock::{Clock, IdGen, ManualClock, SystemClock, SystemIds};
pub use event::{EventSink, Events};
pub use policy::{Action, Denied, Permit, Resource, authorize};
pub use principal::{Chain, Principal, PrincipalId, ScopeSet};
pub use secret::{Secret, SecretHash};
pub use session::{SessionKey, SessionNames};
