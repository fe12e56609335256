//! The state of the vendor: people, places, messages.

mod emoji;
mod mentions;
mod place;
mod render;
mod state;

pub(crate) use emoji::Emoji;
pub(crate) use mentions::{Allowed, Mentions, Whom};
pub(crate) use place::{Channel, Guild, StoredFile, Tag};
pub(crate) use render::set;
pub(crate) use state::{Shared, World};
