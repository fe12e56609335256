//! Guilds, channels, the application, the way to the gateway.

use serde::Deserialize;

/// A channel, a thread or a direct chat.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ChannelObject {
    pub(crate) id: String,
    #[serde(rename = "type")]
    pub(crate) kind: Option<u8>,
    pub(crate) guild_id: Option<String>,
    pub(crate) name: Option<String>,
    /// Of a thread: its channel. Of a channel: its category.
    pub(crate) parent_id: Option<String>,
}

/// A guild with everything that is in it.
#[derive(Debug, Deserialize)]
pub(crate) struct Guild {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) channels: Vec<ChannelObject>,
    #[serde(default)]
    pub(crate) threads: Vec<ChannelObject>,
}

/// Threads that we can see from now on.
#[derive(Debug, Deserialize)]
pub(crate) struct ThreadList {
    pub(crate) guild_id: String,
    #[serde(default)]
    pub(crate) threads: Vec<ChannelObject>,
}

/// Our application.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Application {
    pub(crate) id: String,
    /// Which privileged intents it has, among others.
    pub(crate) flags: Option<u64>,
}

/// Where the gateway is, and how often we may begin there.
#[derive(Debug, Deserialize)]
pub(crate) struct GatewayBot {
    pub(crate) url: String,
    pub(crate) session_start_limit: Option<StartLimit>,
}

/// How often we may begin.
#[derive(Debug, Deserialize)]
pub(crate) struct StartLimit {
    /// Beginnings that are left.
    pub(crate) remaining: u64,
    /// Until there are all of them again, in milliseconds.
    #[serde(default)]
    pub(crate) reset_after: u64,
}
