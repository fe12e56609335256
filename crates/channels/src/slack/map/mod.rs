//! From Slack's events to ours. The same event gives the same of ours; what was learned of the
//! workspace only adds names.

mod action;
mod event;
mod every;
mod media;
mod place;
mod words;

pub(super) use every::inbound;

#[cfg(test)]
mod tests;
