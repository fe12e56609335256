//! The fake Discord's rules, one by one, with a small client of our own.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "discord_rules/client.rs"]
mod client;
#[path = "discord_rules/delivery.rs"]
mod delivery;
#[path = "discord_rules/faults.rs"]
mod faults;
#[path = "discord_rules/gateway.rs"]
mod gateway;
#[path = "discord_rules/interactions.rs"]
mod interactions;
#[path = "discord_rules/limits.rs"]
mod limits;
#[path = "discord_rules/messages.rs"]
mod messages;
#[path = "discord_rules/places.rs"]
mod places;
