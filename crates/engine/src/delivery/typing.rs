//! The sign that an answer is being written: a lease of the run that writes it. Whatever ends the
//! run ends the lease, and the lease ends the sign (SECURITY F04).

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::{Act, ChannelError, Target};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::verdict::silence;
use crate::Engine;
use crate::channels::Account;

/// Without progress for so long, the sign is no longer true.
const HARD_STOP: Duration = Duration::from_mins(2);
/// Time for the network to take a sign.
const SIGN_DEADLINE: Duration = Duration::from_secs(5);
/// How much of a sign's life may pass before the next, in percent.
const RENEW_AT_PERCENT: u32 = 80;
/// The least time between two signs, whatever the network says.
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// While this is held and told of progress, people see that an answer is being written.
#[derive(Debug)]
pub struct Typing {
    progress: watch::Sender<Instant>,
    _ends: DropGuard,
}

impl Typing {
    /// The run came forward.
    pub fn progress(&self) {
        self.progress.send_replace(Instant::now());
    }
}

impl Engine {
    /// Begins to show that an answer is being written there, until the lease is dropped or two
    /// minutes pass without progress. `None` if the network has no such sign.
    pub fn typing(&self, target: &Target) -> Option<Typing> {
        let inner = self.inner();
        let account = inner.accounts.get(&target.account)?;
        let shown = account.channel.capabilities().typing?;
        let (progress, seen) = watch::channel(Instant::now());
        let over = CancellationToken::new();
        let signs = Signs {
            account: Arc::clone(account),
            target: target.clone(),
            every: (shown * RENEW_AT_PERCENT / 100).max(LEAST_PAUSE),
            seen,
        };
        drop(inner.tasks.spawn(signs.show(over.clone())));
        Some(Typing {
            progress,
            _ends: over.drop_guard(),
        })
    }
}

struct Signs {
    account: Arc<Account>,
    target: Target,
    every: Duration,
    seen: watch::Receiver<Instant>,
}

impl Signs {
    async fn show(self, over: CancellationToken) {
        let mut shown = false;
        tokio::select! {
            biased;
            () = over.cancelled() => {}
            () = self.keep_showing(&mut shown) => {}
        }
        if shown {
            let target = self.target();
            let ends = self.account.channel.act(&target, Act::TypingEnds);
            // Where it cannot be taken back it runs out.
            let _ = tokio::time::timeout(SIGN_DEADLINE, ends).await;
        }
    }

    /// The conversation, by the id that it has now.
    fn target(&self) -> Target {
        self.account.places.now(&self.target)
    }

    /// Gives a sign again and again, until there was no progress for too long or the network wants
    /// none.
    async fn keep_showing(&self, shown: &mut bool) {
        loop {
            let wait = match self.sign(shown).await {
                Ok(()) => self.every,
                Err(Some(wait)) => wait.max(LEAST_PAUSE),
                Err(None) => return,
            };
            if !self.is_alive_after(wait).await {
                return;
            }
        }
    }

    /// Waits; says whether there was progress lately.
    async fn is_alive_after(&self, wait: Duration) -> bool {
        let next = Instant::now() + wait;
        let stale = *self.seen.borrow() + HARD_STOP;
        tokio::time::sleep_until(next.min(stale)).await;
        self.seen.borrow().elapsed() < HARD_STOP
    }

    /// One sign. Fails with the wait before the next try, or with none if it is of no use.
    async fn sign(&self, shown: &mut bool) -> Result<(), Option<Duration>> {
        let now = Instant::now();
        if !self.account.ledger.state().works() {
            return Err(Some(self.every));
        }
        let target = self.target();
        let room = self.account.desk.rates().take_spare(&target, now);
        room.map_err(|ready| Some(ready.saturating_duration_since(now)))?;
        *shown = true;
        let sign = self.account.channel.act(&target, Act::Typing);
        match tokio::time::timeout(SIGN_DEADLINE, sign).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.after(&error)),
            Err(_) => Err(Some(self.every)),
        }
    }

    fn after(&self, error: &ChannelError) -> Option<Duration> {
        match error {
            ChannelError::Limited { .. } => {
                self.account.desk.heed_shown(error, &self.target());
                silence(error)
            }
            ChannelError::Unreachable(_) | ChannelError::Unknown(_) => Some(self.every),
            _ => None,
        }
    }
}
