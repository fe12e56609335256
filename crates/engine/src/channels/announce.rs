//! Tells listeners when an account changed, and when a stranger asks to be let in.

use std::time::Duration;

use futures_util::future::select_all;
use tidegate_core::channel::Inbound;
use tidegate_core::text::label_name;
use tidegate_protocol::api::channels::{AccountBrief, ChannelsBrief, ChannelsChanged};
use tidegate_protocol::api::pairing::{ChannelsPairingRequested, SenderAsking};
use tokio::sync::watch;

use super::{Account, AccountStatus};
use crate::Engine;

/// Changes within this time are told together.
const GATHER: Duration = Duration::from_millis(250);

impl Engine {
    /// Tells every change of an account until the engine stops.
    pub(super) async fn keep_announcing(self) {
        let mut turns = self.turns();
        if turns.is_empty() {
            return;
        }
        // What happened before this task looked for the first time is told too.
        for turn in &mut turns {
            turn.mark_changed();
        }
        loop {
            let changes = turns.iter_mut().map(|turn| Box::pin(turn.changed()));
            tokio::select! {
                () = self.inner().stop.cancelled() => return,
                (turned, _, _) = select_all(changes) => if turned.is_err() { return },
            }
            tokio::time::sleep(GATHER).await;
            for turn in &mut turns {
                turn.mark_unchanged();
            }
            self.sessions_changed();
            match self.account_statuses().await {
                Ok(statuses) => self.announce(&statuses),
                Err(error) => tracing::warn!(error = %error, "how channels are cannot be told"),
            }
        }
    }

    /// What turns when an account's state or outbox does.
    fn turns(&self) -> Vec<watch::Receiver<u64>> {
        let accounts = self.inner().accounts.iter();
        accounts
            .flat_map(|account| {
                let outbox = self.outbox_turns(&account.key);
                std::iter::once(account.ledger.subscribe()).chain(outbox)
            })
            .collect()
    }

    fn announce(&self, statuses: &[AccountStatus]) {
        let brief = ChannelsBrief {
            ts: self.now_ms(),
            accounts: statuses.iter().map(brief).collect(),
        };
        self.inner().events.publish::<ChannelsChanged>(&brief);
    }

    /// Tells those who may decide that a stranger was shown a code.
    pub(crate) fn announce_stranger(
        &self,
        account: &Account,
        event: &Inbound,
        code: &str,
        expires_at_ms: u64,
    ) {
        let asking = SenderAsking {
            channel: account.key.channel.clone(),
            account_id: account.key.account.clone(),
            sender_id: event.sender.id.clone(),
            name: event.sender.name.as_deref().map(label_name),
            code: code.to_owned(),
            created_at_ms: self.now_ms(),
            expires_at_ms,
        };
        self.inner()
            .events
            .publish::<ChannelsPairingRequested>(&asking);
    }
}

fn brief(status: &AccountStatus) -> AccountBrief {
    AccountBrief {
        channel: status.key.channel.clone(),
        account_id: status.key.account.clone(),
        state: status.state.word(),
        state_reason: status.state.reason().map(str::to_owned),
        state_since_ms: status.since_ms,
        next_try_at_ms: status.state.next_try_at_ms(),
        required: status.required,
        open: status.load.open,
        dead: status.load.dead,
    }
}
