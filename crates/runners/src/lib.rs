//! What makes answers. Implements [`tidegate_core::runner::AgentRunner`] for the offline agent,
//! for OpenAI's chat completions at any address, and for Anthropic's Messages; and
//! [`tidegate_core::tool::Tool`] for what such an agent can do on machines.
//!
//! Not here: which agent uses which model (the engine), where settings come from (the program).
//!
//! To add a dialect: a folder beside `agent/openai` with `request.rs` and `stream.rs`, its
//! [`Api`], and one line in [`build`].

pub mod agent;
pub mod tools;

pub use agent::http::HttpClient;
pub use agent::offline::OfflineRunner;
pub use agent::settings::{Api, BuildError, ProviderSettings, build};
