//! The vocabulary of Tidegate: who acts ([`principal`], [`policy`]), where ([`session`]), what is
//! said ([`transcript`]), and the ports through which the engine works ([`store`], [`runner`],
//! [`event`]).
//!
//! No I/O happens here. A function that can fail fails on values.
#![deny(missing_docs)]

pub mod access;
pub mod agents;
pub mod approval;
pub mod backoff;
pub mod canvas;
pub mod channel;
pub mod clock;
pub mod commands;
pub mod event;
pub mod exec;
pub mod files;
pub mod freshness;
pub mod live;
pub mod node;
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
pub mod tool;
pub mod transcript;

pub use backoff::Backoff;
pub use clock::{Clock, IdGen, ManualClock, SystemClock, SystemIds};
pub use event::{EventSink, Events};
pub use live::{Generation, LiveConnections, Standing};
pub use policy::{Action, Denied, Permit, Resource, authorize};
pub use principal::{Chain, Principal, PrincipalId, ScopeSet};
pub use secret::{Secret, SecretHash};
pub use session::{SessionKey, SessionNames};
