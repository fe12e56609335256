//! Whatever arrived, by its kind.

use tidegate_core::channel::Inbound;

use super::{action, event};

use crate::slack::api::Me;
use crate::slack::arrived::Arrived;
use crate::slack::known::Known;

/// What something that arrived tells us; nothing, if it is not for us or of a kind or a place that
/// we do not know.
pub(in crate::slack) fn inbound(
    arrived: &Arrived,
    me: &Me,
    known: &Known,
    now_ms: u64,
) -> Vec<Inbound> {
    match arrived {
        Arrived::Event(callback) => event::happened(callback, me, known).into_iter().collect(),
        Arrived::Command(command) => action::commanded(command, me, known, now_ms)
            .into_iter()
            .collect(),
        Arrived::Interaction(interaction) => action::pressed(interaction, me, known),
    }
}
