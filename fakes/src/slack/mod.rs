//! Slack: Web API, Socket Mode, Events API, files, response URLs.
//!
//! [`SlackFake::start`] is the door. Facts are those of the vendor's public documents and of issues
//! in its own repositories (named where they are used); where the vendor says nothing, the fake is
//! the stricter reading and its doc comment says so.

mod api;
mod core;
mod delivery;
mod event;
mod fake;
mod files;
mod inject;
mod json;
mod mischief;
mod press;
mod query;
mod response_url;
mod rules;
mod trace;
mod trouble;
mod world;

pub use api::Refusal;
pub use delivery::{Reason, signature};
pub use fake::SlackFake;
pub use inject::NewFile;
pub use rules::Rules;
pub use trace::{Call, Download, HookAnswer, Outcome, Step};
pub use world::names;
pub use world::{Message, Reaction};
