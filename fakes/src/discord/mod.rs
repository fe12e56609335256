//! Discord: REST v10 and gateway v10 on one loopback port.
//!
//! [`DiscordFake::start`] gives a vendor with a bot, a guild and nobody in it. Tests let people talk
//! ([`DiscordFake::say`], [`DiscordFake::dm`], [`DiscordFake::slash`], …), look at what is visible
//! ([`DiscordFake::messages`]), and break things: calls by [`DiscordFake::faults`] with the names of
//! [`routes`], the gateway by [`DiscordFake::cut_in_next_dispatch`] and its neighbours.

mod fake;
mod gateway;
mod moment;
mod people;
mod record;
mod rest;
mod server;
mod settings;
mod snowflake;
mod view;
mod world;

pub use fake::DiscordFake;
pub use gateway::Opening;
pub use people::{PeopleError, Post, Upload};
pub use record::{Call, Command, Connection};
pub use rest::routes;
pub use settings::{Privileged, Rate, Rates, Settings};
pub use snowflake::Snowflake;
pub use view::{ChannelKind, Edit, SeenFile, SeenMessage, SeenReaction};
