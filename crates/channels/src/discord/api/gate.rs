//! Limits of rate, as Discord told them: who must wait, and how long. Calls that Discord would
//! refuse are not made, since it shuts out who makes too many of them.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Limits that are remembered. Each is forgotten when it is over.
const MOST_LIMITS: usize = 1000;

/// Which calls must wait.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Limits>);

#[derive(Debug, Default)]
struct Limits {
    /// Until then nothing is called.
    all: Option<Instant>,
    /// Until then nothing is called under a name.
    named: HashMap<String, Instant>,
}

/// How long a call must wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    pub(super) time: Duration,
    /// Every other call as well.
    pub(super) account: bool,
}

impl Gate {
    /// How long a call of this name must wait.
    pub(super) fn wait(&self, name: &str) -> Option<Wait> {
        let now = Instant::now();
        let limits = self.limits();
        let left = |until: Option<Instant>| until?.checked_duration_since(now);
        let all = left(limits.all);
        let named = left(limits.named.get(name).copied());
        let time = all.max(named).filter(|time| !time.is_zero())?;
        Some(Wait {
            time,
            account: all == Some(time),
        })
    }

    /// Nothing is called under this name for so long.
    pub(super) fn close(&self, name: &str, time: Duration) {
        let now = Instant::now();
        let mut limits = self.limits();
        if limits.named.len() >= MOST_LIMITS {
            limits.named.retain(|_, until| *until > now);
        }
        if limits.named.len() < MOST_LIMITS {
            limits.named.insert(name.to_owned(), now + time);
        }
    }

    /// Nothing at all is called for so long.
    pub(super) fn close_all(&self, time: Duration) {
        self.limits().all = Some(Instant::now() + time);
    }

    fn limits(&self) -> MutexGuard<'_, Limits> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_limit_ends() {
        let gate = Gate::default();
        gate.close("send", 3 * SECOND);
        assert_eq!(gate.wait("other"), None);
        let wait = gate.wait("send").unwrap();
        assert_eq!((wait.time, wait.account), (3 * SECOND, false));
        gate.close_all(5 * SECOND);
        assert!(gate.wait("send").unwrap().account);
        assert!(gate.wait("other").unwrap().account);
        tokio::time::advance(5 * SECOND).await;
        assert_eq!(gate.wait("send"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_are_remembered() {
        let gate = Gate::default();
        for name in 0..2 * MOST_LIMITS {
            gate.close(&name.to_string(), SECOND);
        }
        assert_eq!(gate.limits().named.len(), MOST_LIMITS);
        tokio::time::advance(2 * SECOND).await;
        gate.close("new", SECOND);
        assert_eq!(gate.limits().named.len(), 1);
    }
}
