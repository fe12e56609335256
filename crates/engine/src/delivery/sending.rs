//! How far something that goes out in parts is: the one answer for whoever sent it and waits.

use tidegate_core::channel::Receipt;
use tidegate_core::store::{OutboxRow, OutboxState};

/// How far a message is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sending {
    /// The network has every part; their receipts, in order. None if there was nothing to send.
    Sent(Vec<Receipt>),
    /// It waits in the outbox, and goes out when it can.
    Waiting {
        /// What the last try met, if there was one.
        reason: Option<String>,
    },
    /// It was given up.
    GivenUp {
        /// Why.
        reason: String,
        /// Whether the network has a part of it.
        partly: bool,
    },
}

impl Sending {
    /// How far these parts of one group are.
    pub(super) fn of(rows: &[OutboxRow]) -> Self {
        let is_lost =
            |row: &&OutboxRow| matches!(row.state, OutboxState::Dead | OutboxState::Dropped);
        if let Some(lost) = rows.iter().find(is_lost) {
            return Self::GivenUp {
                reason: lost
                    .error
                    .clone()
                    .unwrap_or_else(|| "it was dropped".into()),
                partly: rows.iter().any(|row| row.state == OutboxState::Sent),
            };
        }
        let receipts = rows.iter().map(|row| row.receipt.clone());
        receipts.collect::<Option<_>>().map_or_else(
            || Self::Waiting {
                reason: rows.iter().find_map(|row| row.error.clone()),
            },
            Self::Sent,
        )
    }

    /// Whether nothing will become of it any more.
    pub(super) const fn has_ended(&self) -> bool {
        !matches!(self, Self::Waiting { .. })
    }
}
