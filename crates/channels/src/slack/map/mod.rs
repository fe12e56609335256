//! From Slack's events to ours. The same event gives the same of ours; what was learned of the
//! workspace only adds names.

mod action;
mod event;
mod media;
mod place;
mod words;

use tidegate_core::channel::Inbound;

use super::api::Me;
use super::arrived::Arrived;
use super::known::Known;

/// What something that arrived tells us; nothing, if it is not for us or of a kind or a place that
/// we do not know.
pub(super) fn inbound(arrived: &Arrived, me: &Me, known: &Known, now_ms: u64) -> Vec<Inbound> {
    match arrived {
        Arrived::Event(callback) => event::happened(callback, me, known).into_iter().collect(),
        Arrived::Command(command) => action::commanded(command, me, known, now_ms)
            .into_iter()
            .collect(),
        Arrived::Interaction(interaction) => action::pressed(interaction, me, known),
    }
}

#[cfg(test)]
mod tests;
