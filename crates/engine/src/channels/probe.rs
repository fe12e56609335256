//! Asking a network who we are: the proof that the credential is good and the way is open.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tidegate_core::channel::{AccountKey, AccountState, Identity};
use tidegate_core::clock::millis;
use tidegate_protocol::api::channels::{ChannelBot, ChannelProbe};
use tokio::time::Instant;

use super::Account;
use crate::Engine;

/// What a network said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// When, in Unix milliseconds.
    pub at_ms: u64,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// Who we are, or why that is not known.
    pub found: Result<Identity, String>,
}

impl From<&Probed> for ChannelProbe {
    fn from(probed: &Probed) -> Self {
        let found = probed.found.as_ref();
        Self {
            ok: found.is_ok(),
            error: found.err().cloned(),
            elapsed_ms: probed.took_ms,
            bot: found.ok().map(bot),
            notes: found.map_or_else(|_| Vec::new(), |identity| identity.notes.clone()),
        }
    }
}

fn bot(identity: &Identity) -> ChannelBot {
    ChannelBot {
        id: identity.id.clone(),
        username: identity.handle.clone(),
        name: identity.name.clone(),
    }
}

impl Engine {
    /// Asks the networks of every enabled account, or of one, all at once and each for at most
    /// `within`. What they said is in the next `account_statuses`. An account that waits for a
    /// person, and whose network knows us again, is started.
    pub async fn probe_accounts(&self, only: Option<&AccountKey>, within: Duration) {
        let accounts: Vec<Arc<Account>> = self
            .inner()
            .accounts
            .iter()
            .filter(|account| account.facts.enabled)
            .filter(|account| only.is_none_or(|key| *key == account.key))
            .cloned()
            .collect();
        join_all(accounts.iter().map(|account| async {
            let waits = matches!(account.ledger.state(), AccountState::NeedsLogin { .. });
            if self.probe(account, within).await && waits {
                account.again.notify_one();
            }
        }))
        .await;
    }

    /// Asks the network of one account. Says whether it knows us.
    pub(super) async fn probe(&self, account: &Account, within: Duration) -> bool {
        let began = Instant::now();
        let asked = tokio::time::timeout(within, account.channel.probe()).await;
        let found = match asked {
            Ok(Ok(identity)) => Ok(identity),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("no answer within {} s", within.as_secs())),
        };
        let known = found.is_ok();
        account.ledger.probed(Probed {
            at_ms: self.now_ms(),
            took_ms: millis(began.elapsed()),
            found,
        });
        known
    }
}
