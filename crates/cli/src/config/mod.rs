//! The configuration: one JSON5 file, the environment and the arguments, in that order of
//! growing weight; and where each value came from.
//!
//! [`load`] is the only way in. It reads files, runs the commands that secrets name (only for
//! the daemon or where the secret is needed) and writes nothing; what the daemon writes on its
//! first start is in [`template`].

pub(crate) mod accounts;
pub(crate) mod canvas_root;
pub(crate) mod check;
pub(crate) mod document;
pub(crate) mod edit;
pub(crate) mod env;
pub(crate) mod explain;
pub(crate) mod file;
pub(crate) mod finding;
pub(crate) mod load;
pub(crate) mod model;
pub(crate) mod model_agents;
mod model_canvas;
pub(crate) mod model_channels;
pub(crate) mod model_network;
pub(crate) mod model_sessions;
pub(crate) mod model_tools;
mod nearest;
pub(crate) mod overrides;
pub(crate) mod paths;
mod placed;
pub(crate) mod provenance;
pub(crate) mod redact;
mod rules;
pub(crate) mod schema;
pub(crate) mod secret_ref;
pub(crate) mod secrets;
pub(crate) mod template;
pub(crate) mod view;
pub(crate) mod workspaces;

#[cfg(test)]
mod tests;

pub(crate) use load::{FileState, Loaded, load};
pub(crate) use model::{Bind, Config, LogLevel};
pub(crate) use overrides::{ConfigError, Overrides};
pub(crate) use view::ConfigView;
