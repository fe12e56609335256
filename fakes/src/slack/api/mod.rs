//! The Web API: one door, one table of methods, one file for each family.

mod answer;
mod arrival;
mod assistant;
mod auth;
mod chat;
mod content;
mod conversations;
mod door;
mod files;
mod history;
mod limit;
mod methods;
mod params;
mod reactions;

pub use answer::Refusal;
pub(super) use auth::Auth;
pub(super) use door::serve;
pub(super) use limit::Limits;
