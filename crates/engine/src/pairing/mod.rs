//! Devices: who may join as what ([`admission`], [`pair`], [`codes`]), who decides on it ([`decide`],
//! [`upgrades`], [`mint`]), how it is taken back ([`tokens`], [`authority`]), and what is told and noted of it
//! ([`told`], [`told_tokens`], [`uses`]). The edge has verified the signature before anything here is
//! asked; what a device gets is always what it asked for and was granted, and nobody grants more than they
//! have (SECURITY T14 to T19).

mod admission;
mod authority;
mod codes;
mod decide;
mod mint;
mod pair;
mod state;
mod tokens;
mod told;
mod told_tokens;
mod trust;
mod upgrades;
mod uses;

pub use admission::{Admission, DeviceClaim, Joined, OtherRole, Refusal};
pub(crate) use authority::Askers;
pub use codes::{CodeGrant, SetupCode};
pub use decide::{Devices, Waiting};
pub(crate) use state::Pairing;
pub use tokens::Rotated;
pub use upgrades::{Upgrade, UpgradeOutcome};
pub(crate) use uses::keep_uses;
