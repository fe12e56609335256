//! From Telegram's updates to our events. Pure: the same update gives the same events.

mod event;
mod forward;
mod marks;
mod media;
mod place;
mod words;

pub(super) use event::inbound;

#[cfg(test)]
mod tests;
