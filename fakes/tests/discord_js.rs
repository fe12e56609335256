//! The fake Discord against a client that nobody here wrote: npm `discord.js`. What passes here is
//! what an adapter may rely on.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "discord_js/bot.rs"]
mod bot;
#[path = "discord_js/interactions.rs"]
mod interactions;
#[path = "discord_js/limits.rs"]
mod limits;
#[path = "discord_js/reconnect.rs"]
mod reconnect;
#[path = "discord_js/talk.rs"]
mod talk;
