//! `tidegate nodes`: machines that offer commands.

mod catalog;
mod found;
mod invoke;
mod list;
mod pending;
mod refused;

pub(crate) use catalog::commands;
pub(crate) use invoke::invoke;
pub(crate) use list::{describe, list, rename};
pub(crate) use pending::pending;
