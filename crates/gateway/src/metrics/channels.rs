//! Figures of the accounts on chat networks. The engine counts; they are copied when somebody asks.
//! Accounts come from the configuration, every other label is a closed set.

use std::sync::atomic::Ordering;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use tidegate_core::channel::AccountKey;
use tidegate_engine::AccountTally;
use tidegate_protocol::api::channels::ChannelState;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    channel: String,
    account: String,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    channel: String,
    account: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    channel: String,
    account: String,
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LotLabels {
    channel: String,
    account: String,
    lot: &'static str,
}

/// Figures of the accounts.
#[derive(Debug, Default)]
pub(super) struct ChannelFigures {
    state: Family<StateLabels, Gauge>,
    inbound: Family<OutcomeLabels, Counter>,
    refused: Family<ReasonLabels, Counter>,
    outbound: Family<OutcomeLabels, Counter>,
    parts: Family<LotLabels, Gauge>,
}

impl ChannelFigures {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "channel_state",
            "1 for the state that an account is in",
            self.state.clone(),
        );
        registry.register(
            "channel_inbound",
            "Events from chat networks by what became of them",
            self.inbound.clone(),
        );
        registry.register(
            "channel_refusals",
            "Events from chat networks that were not admitted",
            self.refused.clone(),
        );
        registry.register(
            "channel_outbound",
            "Tries to send a part to a chat network by their end",
            self.outbound.clone(),
        );
        registry.register(
            "channel_outbox_parts",
            "Parts for chat networks that wait, and that were given up",
            self.parts.clone(),
        );
    }

    /// Copies what the engine counted.
    pub(super) fn set(&self, tallies: &[AccountTally]) {
        for tally in tallies {
            self.set_state(tally);
            self.set_counts(tally);
            for (lot, parts) in [("open", tally.open), ("dead", tally.dead)] {
                let (channel, account) = names(&tally.account);
                let labels = LotLabels {
                    channel,
                    account,
                    lot,
                };
                let parts = i64::try_from(parts).unwrap_or(i64::MAX);
                self.parts.get_or_create(&labels).set(parts);
            }
        }
    }

    fn set_state(&self, tally: &AccountTally) {
        let now = tally.state.word();
        for state in ChannelState::ALL {
            let (channel, account) = names(&tally.account);
            let labels = StateLabels {
                channel,
                account,
                state: state.as_str(),
            };
            self.state
                .get_or_create(&labels)
                .set(i64::from(state == now));
        }
    }

    fn set_counts(&self, tally: &AccountTally) {
        let (channel, account) = names(&tally.account);
        let outcome = |outcome| OutcomeLabels {
            channel: channel.clone(),
            account: account.clone(),
            outcome,
        };
        for (word, count) in &tally.inbound {
            copy(&self.inbound.get_or_create(&outcome(word)), *count);
        }
        for (word, count) in &tally.outbound {
            copy(&self.outbound.get_or_create(&outcome(word)), *count);
        }
        for (reason, count) in &tally.refusals {
            let labels = ReasonLabels {
                channel: channel.clone(),
                account: account.clone(),
                reason,
            };
            copy(&self.refused.get_or_create(&labels), *count);
        }
    }
}

fn names(account: &AccountKey) -> (String, String) {
    (account.channel.to_string(), account.account.to_string())
}

/// The engine's counts only grow.
fn copy(counter: &Counter, count: u64) {
    counter.inner().store(count, Ordering::Relaxed);
}
