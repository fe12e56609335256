//! Capabilities: whoever knows one may look at one session's canvas, and at nothing else (SECURITY
//! T35). Each is given to a connection and ends with it, so that whatever closes the connection of a
//! device, its revocation too, also ends what the device was given. One that was kept outlives its
//! connection for a while, but not the right of the device that asked. No address is ever looked at.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::clock::millis;
use tidegate_core::secret::hex;
use tidegate_core::{IdGen, SecretHash, SessionKey, Standing};
use tidegate_protocol::ConnId;
use tokio_util::sync::CancellationToken;

use super::holder::Holder;

/// How long a capability lives without being used.
pub(super) const IDLE: Duration = Duration::from_mins(10);
/// How long it lives at most.
const LIFE: Duration = Duration::from_hours(12);
/// How long one lives at most that outlives its connection: no end of a connection tells that nobody
/// wants it any more.
const KEPT_LIFE: Duration = Duration::from_hours(1);
/// Capabilities of one connection; the oldest gives way.
const PER_CONN: usize = 16;
/// Capabilities that outlive their connections; the oldest gives way.
const KEPT: usize = 64;
/// Capabilities of all.
const TOTAL: usize = 4_096;

/// How long a capability is given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    /// As long as the connection, at most.
    Connection,
    /// Beyond the connection: for a window that somebody opens with it.
    Kept,
}

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
    span: Span,
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

    /// Gives a capability for a session's canvas.
    pub(super) fn give(
        &self,
        to: &Holder,
        session: SessionKey,
        span: Span,
        now_ms: u64,
        ids: &dyn IdGen,
    ) -> Given {
        let conn = &to.conn;
        let token = hex(&ids.secret());
        let capability = Capability {
            conn: conn.clone(),
            standing: to.standing.clone(),
            session,
            span,
            made_at_ms: now_ms,
            used_at_ms: now_ms,
            over: CancellationToken::new(),
        };
        let expires_at_ms = capability.ends_at_ms();
        let mut all = self.lock();
        end(&mut all, |one| now_ms >= one.ends_at_ms());
        make_room(&mut all, PER_CONN, |one| one.conn == *conn);
        if span == Span::Kept {
            make_room(&mut all, KEPT, |one| one.span == Span::Kept);
        }
        make_room(&mut all, TOTAL, |_| true);
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

    /// Ends what a connection was given for its own time.
    pub(super) fn end_of(&self, conn: &ConnId) {
        let own = |one: &Capability| one.conn == *conn && one.span == Span::Connection;
        end(&mut self.lock(), own);
    }
}

impl Capability {
    fn stands(&self) -> bool {
        Standing::holds(self.standing.as_ref())
    }

    fn ends_at_ms(&self) -> u64 {
        let life = match self.span {
            Span::Connection => LIFE,
            Span::Kept => KEPT_LIFE,
        };
        let idle = self.used_at_ms.saturating_add(millis(IDLE));
        idle.min(self.made_at_ms.saturating_add(millis(life)))
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

/// Ends the oldest of these until there is room for one more.
fn make_room(
    all: &mut HashMap<[u8; 32], Capability>,
    most: usize,
    which: impl Fn(&Capability) -> bool,
) {
    while all.values().filter(|one| which(one)).count() >= most {
        let oldest = all
            .iter()
            .filter(|(_, one)| which(one))
            .min_by_key(|(_, one)| one.used_at_ms)
            .map(|(hash, _)| *hash);
        match oldest.and_then(|hash| all.remove(&hash)) {
            Some(one) => one.over.cancel(),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests;
