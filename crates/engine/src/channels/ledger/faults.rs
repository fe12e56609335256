//! What is not as it should be with an account that works.

use tidegate_core::channel::AccountState;

/// Half of what an account does. Each half says on its own whether it is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Receiving, as the network's connection tells.
    In,
    /// Sending, as the last try told.
    Out,
}

/// Why an account is not whole although it works.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub(super) inward: Option<String>,
    outward: Option<String>,
}

impl Faults {
    pub(super) const fn of(&mut self, side: Side) -> &mut Option<String> {
        match side {
            Side::In => &mut self.inward,
            Side::Out => &mut self.outward,
        }
    }

    /// The state of an account that works.
    pub(super) fn state(&self) -> AccountState {
        let reasons: Vec<&str> = [&self.inward, &self.outward]
            .into_iter()
            .filter_map(Option::as_deref)
            .collect();
        if reasons.is_empty() {
            return AccountState::Live;
        }
        AccountState::Degraded {
            reason: reasons.join("; "),
        }
    }
}
