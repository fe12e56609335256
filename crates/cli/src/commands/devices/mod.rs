//! `tidegate devices`: who may join, with which rights, and how to take that back.

mod change;
mod code;
mod decide;
mod found;

pub(crate) use change::{remove, rename, revoke, rotate, trust};
pub(crate) use code::code;
pub(crate) use decide::{approve, list, reject};
pub(crate) use found::{allowed_to, rights_of_device};
