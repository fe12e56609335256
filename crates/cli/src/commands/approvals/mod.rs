//! `tidegate approvals`: commands that wait for a person, and the rules that say which do.

mod allowlist;
mod decide;
mod policy;
mod waiting;

pub(crate) use allowlist::{add, entries, remove};
pub(crate) use decide::{approve, deny};
pub(crate) use policy::{get, set};
pub(crate) use waiting::{list, show};
