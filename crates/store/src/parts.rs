//! What becomes of a part in the outbox; both stores keep what this decides.

use tidegate_core::store::{NewOutbound, OutboxRow, OutboxState, OutboxStep};

/// A stored part with what only the store looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptPart {
    /// The part.
    pub(crate) row: OutboxRow,
    /// When the last try began.
    pub(crate) tried_at_ms: Option<u64>,
    /// The earlier part that it died with.
    pub(crate) died_with: Option<u64>,
}

impl KeptPart {
    /// A part that waits for its turn.
    pub(crate) fn new(no: u64, item: NewOutbound) -> Self {
        let row = OutboxRow {
            no,
            not_before_ms: item.at_ms,
            item,
            state: OutboxState::Prepared,
            attempts: 0,
            maybe_sent_since_ms: None,
            settled_at_ms: None,
            receipt: None,
            error: None,
        };
        Self {
            row,
            tried_at_ms: None,
            died_with: None,
        }
    }

    /// Notes what happened to an open part.
    pub(crate) fn step(&mut self, step: OutboxStep, now_ms: u64) {
        match step {
            OutboxStep::Sending => {
                if self.row.state == OutboxState::Sending {
                    // Nobody said how the try before ended.
                    self.doubt(now_ms);
                }
                self.row.state = OutboxState::Sending;
                self.row.attempts = self.row.attempts.saturating_add(1);
                self.tried_at_ms = Some(now_ms);
            }
            OutboxStep::Sent(receipt) => {
                self.settle(OutboxState::Sent, None, now_ms);
                self.row.receipt = Some(receipt);
            }
            OutboxStep::Later {
                not_before_ms,
                error,
            } => self.wait(not_before_ms, error),
            OutboxStep::Ambiguous {
                not_before_ms,
                error,
            } => {
                self.doubt(now_ms);
                self.wait(not_before_ms, error);
            }
            OutboxStep::Dead { reason } => self.settle(OutboxState::Dead, Some(reason), now_ms),
        }
    }

    /// Gives an open part up because an earlier one of its group was.
    pub(crate) fn die_with(&mut self, earlier: u64, reason: &str, now_ms: u64) {
        let error = format!("an earlier part failed: {reason}");
        self.settle(OutboxState::Dead, Some(error), now_ms);
        self.died_with = Some(earlier);
    }

    /// The first of the parts that died together with this one.
    pub(crate) fn died_first(&self) -> u64 {
        self.died_with.unwrap_or(self.row.no)
    }

    /// Gives a dead part another life.
    pub(crate) fn revive(&mut self, expires_at_ms: u64, now_ms: u64) {
        self.row.item.expires_at_ms = expires_at_ms;
        self.row.state = self.waiting();
        self.row.attempts = 0;
        self.row.not_before_ms = now_ms;
        self.row.settled_at_ms = None;
        self.row.error = None;
        self.died_with = None;
    }

    /// Drops a dead part; why it died stays written.
    pub(crate) fn discard(&mut self, now_ms: u64) {
        self.row.state = OutboxState::Dropped;
        self.row.settled_at_ms = Some(now_ms);
    }

    /// The last try may have arrived.
    fn doubt(&mut self, now_ms: u64) {
        let since = self.tried_at_ms.unwrap_or(now_ms);
        self.row.maybe_sent_since_ms.get_or_insert(since);
    }

    fn wait(&mut self, not_before_ms: u64, error: String) {
        self.row.state = self.waiting();
        self.row.not_before_ms = not_before_ms;
        self.row.error = Some(error);
    }

    /// The state of a part that waits: one that may have arrived stays in doubt, however often
    /// later tries did nothing.
    fn waiting(&self) -> OutboxState {
        match self.row.maybe_sent_since_ms {
            None => OutboxState::Prepared,
            Some(_) => OutboxState::Ambiguous,
        }
    }

    fn settle(&mut self, state: OutboxState, error: Option<String>, now_ms: u64) {
        self.row.state = state;
        self.row.settled_at_ms = Some(now_ms);
        self.row.error = error;
    }
}
