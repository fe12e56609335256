//! The rules of the Telegram fake, asked over HTTP as a bot asks them.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "telegram/bot.rs"]
mod bot;
#[path = "telegram/faults.rs"]
mod faults;
#[path = "telegram/files.rs"]
mod files;
#[path = "telegram/groups.rs"]
mod groups;
#[path = "telegram/messages.rs"]
mod messages;
#[path = "telegram/polling.rs"]
mod polling;
#[path = "telegram/webhooks.rs"]
mod webhooks;
