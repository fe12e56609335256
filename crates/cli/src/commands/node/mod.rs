//! `tidegate node`: this machine as a node of a gateway.

mod entry;
mod install;
mod run;
mod status;
mod unit;
mod words;

pub(crate) use install::run as install;
pub(crate) use run::run;
pub(crate) use status::run as status;
