//! The commands, a file for each family.

pub(crate) mod files;
pub(crate) mod location;
pub(crate) mod media;
mod notify;
mod rules;
mod run;
mod which;

pub(crate) use files::Files;
pub(crate) use location::Location;
pub(crate) use notify::Notify;
pub(crate) use rules::Rules;
pub(crate) use run::Runs;
pub(crate) use which::Which;
