//! The accounts on chat networks: what they are, how they are, and who keeps them running.

mod account;
mod address;
mod announce;
mod health;
mod ledger;
mod logout;
mod moves;
mod no_files;
mod places;
mod probe;
mod status;
mod supervisor;
mod tally;
mod vigil;
mod webhook;

pub(crate) use account::{Account, Accounts};
pub use account::{AccountFacts, AccountSettings, NetworkSettings};
pub(crate) use health::{by_channel, problems};
pub(crate) use ledger::{Ledger, Side};
pub use logout::LoggedOut;
pub(crate) use places::Places;
pub use probe::Probed;
pub use status::{AccountStatus, AccountTally, StateChange};
pub(crate) use tally::Tally;
