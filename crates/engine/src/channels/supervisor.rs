//! Keeps an account running: claim, receive, watch, tear down, wait, again.
//!
//! The network's half knows nothing of restarts. Before a new start nothing of the old one is left:
//! its future has returned or was dropped, and with it every socket.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tidegate_core::backoff::{Backoff, jittered};
use tidegate_core::channel::{AccountState, ChannelError, Claim};
use tidegate_core::clock::millis;
use tidegate_core::store::StoreError;
use tokio::time::Instant;

use super::Account;
use super::logout::signed_out;
use crate::Engine;
use crate::inbound::Door;

/// The waits after failures.
const BACKOFF: Backoff = Backoff {
    first: Duration::from_secs(1),
    longest: Duration::from_mins(1),
};
/// The wait after a conflict: the other one's poll lingers at the network (CHANNELS 6).
const CONFLICT_WAIT: Duration = Duration::from_secs(5);
/// Works so long: the next failure begins with the first wait again.
const STABLE: Duration = Duration::from_mins(1);
/// Time to return after it was told to stop; then its future is dropped.
const TEARDOWN: Duration = Duration::from_secs(5);
/// Time to answer who we are.
const PROBE: Duration = Duration::from_secs(20);

/// What to do after a try.
enum After {
    /// The engine stops.
    Stop,
    /// Wait so long; a person may cut it short.
    Wait(Duration, AccountState),
    /// Wait for a person.
    Person(AccountState),
}

/// Keeps one account running until the engine stops.
pub(crate) async fn keep(engine: Engine, account: Arc<Account>) {
    let mut failures = 0;
    account.ledger.set(AccountState::Starting);
    loop {
        let (wait, state) = match life(&engine, &account, &mut failures).await {
            After::Stop => break,
            After::Person(state) => (None, state),
            After::Wait(wait, state) => (Some(wait), state),
        };
        tracing::warn!(account = %account.key, state = %state, wait_ms = wait.map(millis), "a channel is down");
        account.ledger.set(state);
        tokio::select! {
            () = engine.inner().stop.cancelled() => break,
            () = account.again.notified() => failures = 0,
            () = account.leave.notified() => {}
            () = pause(wait) => failures += 1,
        }
    }
    account.ledger.set(AccountState::Stopped);
}

/// Without a time, for ever.
async fn pause(wait: Option<Duration>) {
    match wait {
        Some(wait) => tokio::time::sleep(wait).await,
        None => std::future::pending().await,
    }
}

/// One life of the account: claimed, connected, given up.
async fn life(engine: &Engine, account: &Arc<Account>, failures: &mut u32) -> After {
    if account.is_signed_out() {
        return After::Person(signed_out());
    }
    let claim = match claim(engine, account) {
        Ok(claim) => claim,
        Err(holder) => return conflict(engine, holder, *failures),
    };
    let after = attempt(engine, account, failures).await;
    drop(claim);
    match after {
        After::Wait(..) if account.is_signed_out() => After::Person(signed_out()),
        after => after,
    }
}

fn claim(engine: &Engine, account: &Account) -> Result<Option<Claim>, String> {
    let Some(claims) = &engine.inner().accounts.claims else {
        return Ok(None);
    };
    claims
        .claim(&account.key.channel, &account.channel.fingerprint())
        .map(Some)
        .map_err(|held| held.by)
}

/// One life of the connection.
async fn attempt(engine: &Engine, account: &Arc<Account>, failures: &mut u32) -> After {
    let began = Instant::now();
    account.ledger.begin();
    let stop = engine.inner().stop.child_token();
    let door = Door::new(engine.clone(), Arc::clone(account));
    let receiving = AssertUnwindSafe(account.channel.receive(&door, stop.clone())).catch_unwind();
    let mut receiving = std::pin::pin!(receiving);
    // Who we are there is asked beside: the way in does not wait for it.
    let identify = AssertUnwindSafe(engine.probe(account, PROBE)).catch_unwind();
    let mut identify = std::pin::pin!(identify.fuse());
    let silent = silence(account);
    let mut silent = std::pin::pin!(silent);
    let ended = loop {
        tokio::select! {
            biased;
            ended = &mut receiving => break Some(ended),
            () = &mut silent => break None,
            () = account.leave.notified() => break None,
            () = stop.cancelled() => {
                let _ = tokio::time::timeout(TEARDOWN, &mut receiving).await;
                return After::Stop;
            }
            _ = &mut identify => {}
        }
    };
    if engine.inner().stop.is_cancelled() {
        return After::Stop;
    }
    let proved = account.ledger.last_proof();
    if proved.is_some_and(|at| at.saturating_duration_since(began) >= STABLE) {
        *failures = 0;
    }
    let failures = *failures;
    match ended {
        Some(Ok(Ok(()))) => backoff(engine, failures, "the connection ended".into()),
        Some(Ok(Err(error))) => judge(engine, failures, error),
        Some(Err(_panic)) => {
            tracing::error!(account = %account.key, "a channel panicked");
            backoff(
                engine,
                failures,
                "an internal error; it is in the log".into(),
            )
        }
        None => {
            stop.cancel();
            let _ = tokio::time::timeout(TEARDOWN, &mut receiving).await;
            let silence = account.ledger.patience().as_secs();
            backoff(
                engine,
                failures,
                format!("nothing was heard for {silence} s"),
            )
        }
    }
}

/// Returns when nothing was heard for too long.
async fn silence(account: &Account) {
    let began = Instant::now();
    let patience = account.ledger.patience();
    loop {
        let since = account.ledger.last_proof().unwrap_or(began).max(began);
        if since.elapsed() >= patience {
            return;
        }
        tokio::time::sleep_until(since + patience).await;
    }
}

fn judge(engine: &Engine, failures: u32, error: ChannelError) -> After {
    match error {
        ChannelError::SignedOut(reason) | ChannelError::NeedsSetup(reason) => {
            After::Person(AccountState::NeedsLogin { reason })
        }
        ChannelError::Conflict(holder) => conflict(engine, holder, failures),
        ChannelError::Limited { retry_after_ms, .. } => {
            let wait = Duration::from_millis(retry_after_ms).max(BACKOFF.first);
            After::Wait(
                wait,
                waiting(engine, wait, "the network asked us to wait".into()),
            )
        }
        other => backoff(engine, failures, other.to_string()),
    }
}

fn conflict(engine: &Engine, holder: String, failures: u32) -> After {
    let wait = jittered(CONFLICT_WAIT.max(BACKOFF.whole(failures)), chance(engine));
    let until_ms = engine.now_ms() + millis(wait);
    After::Wait(wait, AccountState::Conflict { holder, until_ms })
}

fn backoff(engine: &Engine, failures: u32, reason: String) -> After {
    let wait = BACKOFF.wait(failures, chance(engine));
    After::Wait(wait, waiting(engine, wait, reason))
}

fn waiting(engine: &Engine, wait: Duration, reason: String) -> AccountState {
    AccountState::Backoff {
        until_ms: engine.now_ms() + millis(wait),
        reason,
    }
}

/// The chance in a wait: many gateways must not come back at once.
fn chance(engine: &Engine) -> u8 {
    let [chance, ..] = engine.inner().ids.secret();
    chance
}

impl Engine {
    /// Begins to keep every account running.
    pub(crate) async fn start_accounts(&self) -> Result<(), StoreError> {
        for account in self.inner().accounts.iter() {
            for (from, to) in self.inner().inbox.moves(&account.key).await? {
                self.inner().accounts.moved(account, &from, &to);
            }
            if account.facts.enabled {
                let supervisor = keep(self.clone(), Arc::clone(account));
                let vigil = super::vigil::keep(self.clone(), Arc::clone(account));
                let tasks = &self.inner().tasks;
                drop((tasks.spawn(supervisor), tasks.spawn(vigil)));
            }
        }
        drop(self.inner().tasks.spawn(self.clone().keep_announcing()));
        Ok(())
    }
}
