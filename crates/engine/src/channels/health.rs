//! The accounts in the health summary.

use std::collections::BTreeMap;

use tidegate_core::channel::AccountState;
use tidegate_protocol::api::health::{AccountHealth, ChannelHealth};

use super::AccountStatus;

/// Accounts by their network, the default account in front.
pub(crate) fn by_channel(
    statuses: &[AccountStatus],
    now_ms: u64,
) -> BTreeMap<String, ChannelHealth> {
    let mut channels = BTreeMap::<String, ChannelHealth>::new();
    for status in statuses {
        let health = account(status, now_ms);
        let name = status.key.account.to_string();
        let is_default = name == "default";
        let channel = channels
            .entry(status.key.channel.to_string())
            .or_insert_with(|| ChannelHealth {
                default: health.clone(),
                accounts: BTreeMap::new(),
            });
        if is_default {
            channel.default = health.clone();
        }
        channel.accounts.insert(name, health);
    }
    channels
}

/// What needs the owner, a sentence for each account.
pub(crate) fn problems(statuses: &[AccountStatus]) -> Vec<String> {
    let needs = |status: &&AccountStatus| {
        status.facts.enabled
            && (status.required && !status.state.works()
                || matches!(
                    status.state,
                    AccountState::NeedsLogin { .. } | AccountState::Conflict { .. }
                ))
    };
    statuses
        .iter()
        .filter(needs)
        .map(|status| {
            let key = &status.key;
            format!(
                "{} ({key}) is {}: `tidegate channels list` tells more",
                status.label, status.state
            )
        })
        .collect()
}

fn account(status: &AccountStatus, now_ms: u64) -> AccountHealth {
    AccountHealth {
        account_id: status.key.account.clone(),
        configured: status.facts.configured,
        linked: status.is_linked(),
        state: status.state.word(),
        auth_age_ms: status.last_proof_ms.map(|at| now_ms.saturating_sub(at)),
        probe: status.probed.as_ref().map(Into::into),
        last_probe_at: status.probed.as_ref().map(|probed| probed.at_ms),
    }
}
