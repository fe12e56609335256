//! Tells the owner, elsewhere, when an account died, and when it is back.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::AccountState;
use tokio::time::Instant;

use super::Account;
use crate::Engine;

/// A short break is nothing to tell: most end by themselves.
const PATIENCE: Duration = Duration::from_mins(2);

/// Watches one account until the engine stops, or the owner signs it out.
pub(super) async fn keep(engine: Engine, account: Arc<Account>) {
    let mut turns = account.ledger.subscribe();
    let mut down_since: Option<Instant> = None;
    let mut told = false;
    loop {
        let state = account.ledger.state();
        if state.works() {
            if told {
                tell(&engine, &account, "works again").await;
            }
            down_since = None;
            told = false;
        } else if account.is_signed_out() {
            // Whoever did that knows, and it stays so.
            return;
        } else if !told {
            let since = *down_since.get_or_insert_with(Instant::now);
            if needs_a_person(&state) || since.elapsed() >= PATIENCE {
                tell(&engine, &account, &format!("does not work ({state})")).await;
                told = true;
            }
        }
        let look_again = down_since.filter(|_| !told).map(|since| since + PATIENCE);
        tokio::select! {
            () = engine.inner().stop.cancelled() => return,
            changed = turns.changed() => if changed.is_err() { return },
            () = sleep_until(look_again) => {}
        }
    }
}

const fn needs_a_person(state: &AccountState) -> bool {
    matches!(state, AccountState::NeedsLogin { .. })
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

async fn tell(engine: &Engine, account: &Account, what: &str) {
    let label = account.channel.capabilities().label;
    let key = &account.key;
    let text = format!("{label} ({key}) {what}. `tidegate channels list` tells more.");
    engine.tell_owner(&text, Some(key)).await;
}
