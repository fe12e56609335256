//! What people do: found guilds, talk, react, type commands, press buttons.

mod build;
mod interact;
mod talk;
mod touch;

pub use talk::{PeopleError, Post, Upload};
