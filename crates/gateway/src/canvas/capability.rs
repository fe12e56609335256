//! Capabilities: whoever knows one may look at one session's canvas, and at nothing else (SECURITY
//! T35). Each is given to a connection and ends with it, so that whatever closes the connection of a
//! device, its revocation too, also ends what the device was given. No address is ever looked at.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::clock::millis;
use tidegate_core::secret::hex;
use tidegate_core::{IdGen, SecretHash, SessionKey, Standing};
use tidegate_protocol::ConnId;
use tokio_util::sync::CancellationToken;

/// How long a capability lives without being used.
pub(super) const IDLE: Duration = Duration::from_mins(10);
/// How long it lives at most.
const LIFE: Duration = Duration::from_hours(12);
/// Capabilities of one connection; the oldest gives way.
const PER_CONN: usize = 16;
/// Capabilities of all.
const TOTAL: usize = 4_096;

/// What was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    /// The secret, for the address.
    pub(super) token: String,
    /// When it ends unless it is used, in Unix milliseconds.
    pub(super) expires_at_ms: u64,
}

/// What a valid capability opens.
#[derive(Debug, Clone)]
pub(super) struct Opens {
    pub(super) session: SessionKey,
    /// Cancelled when it ends before its time.
    pub(super) over: CancellationToken,
}

#[derive(Debug)]
struct Capability {
    conn: ConnId,
    /// Whether what the connection's device was admitted with still holds; none without a device.
    standing: Option<Standing>,
    session: SessionKey,
    made_at_ms: u64,
    used_at_ms: u64,
    over: CancellationToken,
}

/// Every capability, by the hash of its secret.
#[derive(Debug, Default)]
pub(super) struct Capabilities(Mutex<HashMap<[u8; 32], Capability>>);

impl Capabilities {
    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Capability>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a connection a capability for a session's canvas.
    pub(super) fn give(
        &self,
        conn: &ConnId,
        standing: Option<Standing>,
        session: SessionKey,
        now_ms: u64,
        ids: &dyn IdGen,
    ) -> Given {
        let token = hex(&ids.secret());
        let capability = Capability {
            conn: conn.clone(),
            standing,
            session,
            made_at_ms: now_ms,
            used_at_ms: now_ms,
            over: CancellationToken::new(),
        };
        let expires_at_ms = capability.ends_at_ms();
        let mut all = self.lock();
        end(&mut all, |one| now_ms >= one.ends_at_ms());
        while all.values().filter(|one| one.conn == *conn).count() >= PER_CONN {
            end_oldest(&mut all, |one| one.conn == *conn);
        }
        if all.len() >= TOTAL {
            end_oldest(&mut all, |_| true);
        }
        all.insert(*SecretHash::of(&token).as_bytes(), capability);
        Given {
            token,
            expires_at_ms,
        }
    }

    /// What a capability opens; to ask is to use it.
    pub(super) fn open(&self, token: &str, now_ms: u64) -> Option<Opens> {
        let hash = *SecretHash::of(token).as_bytes();
        let mut all = self.lock();
        let capability = all.get_mut(&hash)?;
        if now_ms >= capability.ends_at_ms() || !capability.stands() {
            capability.over.cancel();
            all.remove(&hash);
            return None;
        }
        capability.used_at_ms = now_ms;
        Some(Opens {
            session: capability.session.clone(),
            over: capability.over.clone(),
        })
    }

    /// Ends what a connection was given.
    pub(super) fn end_of(&self, conn: &ConnId) {
        end(&mut self.lock(), |one| one.conn == *conn);
    }
}

impl Capability {
    fn stands(&self) -> bool {
        self.standing.as_ref().is_none_or(Standing::is_current)
    }

    fn ends_at_ms(&self) -> u64 {
        let idle = self.used_at_ms.saturating_add(millis(IDLE));
        idle.min(self.made_at_ms.saturating_add(millis(LIFE)))
    }
}

fn end(all: &mut HashMap<[u8; 32], Capability>, which: impl Fn(&Capability) -> bool) {
    all.retain(|_, one| {
        let ends = which(one);
        if ends {
            one.over.cancel();
        }
        !ends
    });
}

fn end_oldest(all: &mut HashMap<[u8; 32], Capability>, which: impl Fn(&Capability) -> bool) {
    let oldest = all
        .iter()
        .filter(|(_, one)| which(one))
        .min_by_key(|(_, one)| one.used_at_ms)
        .map(|(hash, _)| *hash);
    if let Some(one) = oldest.and_then(|hash| all.remove(&hash)) {
        one.over.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::SystemIds;

    const START_MS: u64 = 1_000_000;

    fn give(all: &Capabilities, conn: &str, session: &str, now_ms: u64) -> String {
        let session = SessionKey::stored(session);
        all.give(&ConnId::new(conn), None, session, now_ms, &SystemIds)
            .token
    }

    fn opens(all: &Capabilities, token: &str, now_ms: u64) -> Option<String> {
        all.open(token, now_ms)
            .map(|opens| opens.session.to_string())
    }

    #[test]
    fn it_opens_its_own_session_until_nobody_used_it_for_ten_minutes() {
        let all = Capabilities::default();
        let a = give(&all, "one", "agent:main:a", START_MS);
        let b = give(&all, "one", "agent:main:b", START_MS);
        assert_ne!(a, b);
        assert_eq!(a.len(), 64);
        assert_eq!(opens(&all, &a, START_MS).as_deref(), Some("agent:main:a"));
        assert_eq!(opens(&all, "", START_MS), None);
        assert_eq!(opens(&all, &a.to_uppercase(), START_MS), None);
        let idle = millis(IDLE);
        assert!(opens(&all, &a, START_MS + idle - 1).is_some());
        // Used a moment ago; the other one was not.
        assert!(opens(&all, &a, START_MS + idle + 1).is_some());
        assert_eq!(opens(&all, &b, START_MS + idle), None);
    }

    #[test]
    fn it_ends_after_twelve_hours_however_much_it_is_used() {
        let all = Capabilities::default();
        let token = give(&all, "one", "s", START_MS);
        let step = millis(IDLE) - 1;
        let mut now = START_MS;
        while now < START_MS + millis(LIFE) {
            assert!(opens(&all, &token, now).is_some());
            now += step;
        }
        assert_eq!(opens(&all, &token, START_MS + millis(LIFE)), None);
    }

    #[test]
    fn it_ends_with_its_connection_and_tells_so() {
        let all = Capabilities::default();
        let mine = give(&all, "one", "s", START_MS);
        let other = give(&all, "two", "s", START_MS);
        let over = all.open(&mine, START_MS).unwrap().over;
        all.end_of(&ConnId::new("one"));
        assert!(over.is_cancelled());
        assert_eq!(opens(&all, &mine, START_MS), None);
        assert!(opens(&all, &other, START_MS).is_some());
    }

    #[test]
    fn a_connection_has_sixteen_and_takes_none_of_others() {
        let all = Capabilities::default();
        let other = give(&all, "two", "s", START_MS);
        let first = give(&all, "one", "s", START_MS);
        for n in 1..=16 {
            give(&all, "one", "s", START_MS + n);
        }
        assert_eq!(opens(&all, &first, START_MS + 20), None);
        assert!(opens(&all, &other, START_MS + 20).is_some());
        assert_eq!(all.lock().len(), 17);
    }
}
