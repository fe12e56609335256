//! An account on a chat network, as the wire shows it.

use tidegate_core::channel::AccountState;
use tidegate_engine::AccountStatus;
use tidegate_protocol::api::channels::{ChannelAccount, ChannelStateChange, ChannelSummary};

/// A network in brief, by its default account.
pub(super) fn summary(status: &AccountStatus) -> ChannelSummary {
    ChannelSummary {
        configured: status.facts.configured,
        linked: status.is_linked(),
        running: is_running(status),
        connected: status.state.works(),
        state: status.state.word(),
        mode: status.facts.mode.clone(),
        token_source: status.facts.token_source.clone(),
        last_start_at: status.last_start_ms,
        last_stop_at: status.last_stop_ms,
        last_error: error_now(status),
        probe: status.probed.as_ref().map(Into::into),
        last_probe_at: status.probed.as_ref().map(|probed| probed.at_ms),
    }
}

/// One account with everything.
pub(super) fn row(status: &AccountStatus) -> ChannelAccount {
    ChannelAccount {
        account_id: status.key.account.clone(),
        name: status.facts.name.clone(),
        enabled: status.facts.enabled,
        configured: status.facts.configured,
        linked: status.is_linked(),
        running: is_running(status),
        connected: status.state.works(),
        reconnect_attempts: status.attempts,
        last_connected_at: status.last_live_ms,
        last_error: error_now(status),
        last_start_at: status.last_start_ms,
        last_stop_at: status.last_stop_ms,
        last_inbound_at: status.last_inbound_ms,
        last_outbound_at: status.last_outbound_ms,
        last_probe_at: status.probed.as_ref().map(|probed| probed.at_ms),
        probe: status.probed.as_ref().map(Into::into),
        mode: status.facts.mode.clone(),
        dm_policy: status.facts.dm_policy.clone(),
        allow_from: status.facts.allow_from.clone(),
        token_source: status.facts.token_source.clone(),
        webhook_path: status.webhook.then(|| {
            let key = &status.key;
            format!("/webhooks/{}/{}", key.channel, key.account)
        }),
        state: status.state.word(),
        state_reason: reason(status),
        state_since_ms: status.since_ms,
        next_try_at_ms: status.state.next_try_at_ms(),
        last_proof_at_ms: status.last_proof_ms,
        required: status.required,
        open: status.load.open,
        dead: status.load.dead,
        last_events: status
            .changes
            .iter()
            .map(|change| ChannelStateChange {
                at_ms: change.at_ms,
                state: change.state.word(),
                reason: change.state.reason().map(str::to_owned),
            })
            .collect(),
    }
}

/// One line for `status`.
pub(super) fn line(status: &AccountStatus) -> String {
    let AccountStatus {
        label, key, state, ..
    } = status;
    match key.account.as_str() {
        "default" => format!("{label}: {state}"),
        account => format!("{label} ({account}): {state}"),
    }
}

const fn is_running(status: &AccountStatus) -> bool {
    !matches!(
        status.state,
        AccountState::Stopped | AccountState::NeedsLogin { .. }
    )
}

/// What is wrong now. What was wrong before stands among the changes: the family's page shows an
/// error in red for as long as there is one.
fn error_now(status: &AccountStatus) -> Option<String> {
    match &status.state {
        AccountState::Live | AccountState::Stopped => None,
        state => state
            .reason()
            .or(status.last_error.as_ref().map(|(_, text)| text.as_str()))
            .map(str::to_owned),
    }
}

/// What is wrong; while it tries again, why the last try failed.
fn reason(status: &AccountStatus) -> Option<String> {
    let again = status.attempts > 1 && !status.state.works();
    let last = status.last_error.as_ref().filter(|_| again);
    let reason = status.state.reason().map(str::to_owned);
    reason.or_else(|| last.map(|(_, error)| error.clone()))
}
