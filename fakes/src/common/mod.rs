//! What every fake stands on: a server whose wire can be broken, a plan of faults, a record of what
//! came in, a clock that can go wrong.

mod body;
mod clock;
mod dial;
mod fault;
mod recorder;
mod server;
mod wire;

pub use body::{MultipartError, Part, form, multipart, percent_decode};
pub use clock::FakeClock;
pub use dial::{DialError, Reply, Request, dial};
pub use fault::{Fault, FaultPlan};
pub use recorder::{Recorder, WaitError};
pub use server::Server;
pub use wire::{Line, LineListener};
