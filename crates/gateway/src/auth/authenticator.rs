//! Checks shared secrets, and counts the wrong ones.

use std::net::IpAddr;

use tidegate_core::SecretHash;
use tidegate_protocol::api::connect::ConnectAuth;

use super::limiter::{Kind, Limiter};
use crate::config::GatewayConfig;

/// Secrets of at least this many characters cannot be guessed; checking them is never refused.
const STRONG_CHARS: usize = 32;

/// Checks shared secrets.
pub(crate) struct Authenticator {
    token: Known,
    password: Option<Known>,
    limiter: Limiter,
}

struct Known {
    hash: SecretHash,
    strong: bool,
}

impl Known {
    fn of(secret: &str) -> Self {
        Self {
            hash: SecretHash::of(secret),
            strong: secret.chars().count() >= STRONG_CHARS,
        }
    }
}

/// What a shown secret is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// It is the shared secret or password.
    Good,
    /// Nothing of this kind was shown.
    Missing(Kind),
    /// It is wrong.
    Wrong(Kind),
    /// Too many wrong ones came from there; it may not even be looked at.
    Limited {
        /// When to try again, in milliseconds.
        retry_after_ms: u64,
    },
}

impl Authenticator {
    pub(crate) fn new(config: &GatewayConfig) -> Self {
        Self {
            token: Known::of(config.token.expose()),
            password: config
                .password
                .as_ref()
                .map(|password| Known::of(password.expose())),
            limiter: Limiter::default(),
        }
    }

    /// `token` or `password`, for the snapshot.
    pub(crate) const fn mode(&self) -> &'static str {
        if self.password.is_some() {
            "password"
        } else {
            "token"
        }
    }

    /// Looks at the shared secrets of a connect. A wrong one is counted only by
    /// [`Authenticator::wrong`], since it may still be a device token.
    pub(crate) fn check(&self, peer: IpAddr, auth: Option<&ConnectAuth>) -> Shown {
        let token = auth.and_then(|auth| auth.token.as_deref());
        let password = auth.and_then(|auth| auth.password.as_deref());
        let mut worst = Shown::Missing(if self.password.is_some() {
            Kind::Password
        } else {
            Kind::Token
        });
        // Newer clients put the same secret into both fields.
        let tries = [
            (token, Some(&self.token), Kind::Token),
            (password, self.password.as_ref(), Kind::Password),
            (password, Some(&self.token), Kind::Token),
            (token, self.password.as_ref(), Kind::Password),
        ];
        for (index, (shown, known, kind)) in tries.into_iter().enumerate() {
            let (Some(shown), Some(known)) = (shown, known) else {
                continue;
            };
            let crossed = index >= 2;
            if crossed && (self.password.is_none() || token != password) {
                continue;
            }
            if !known.strong
                && let Some(retry_after_ms) = self.limiter.blocked(peer, kind)
            {
                worst = Shown::Limited { retry_after_ms };
                continue;
            }
            if known.hash.matches(shown) {
                return Shown::Good;
            }
            if !crossed && !matches!(worst, Shown::Limited { .. }) {
                worst = Shown::Wrong(kind);
            }
        }
        worst
    }

    /// Whether this is the gateway's token or password, for HTTP routes.
    pub(crate) fn is_bearer(&self, peer: IpAddr, secret: &str) -> Shown {
        let auth = ConnectAuth {
            token: Some(secret.to_owned()),
            password: self.password.is_some().then(|| secret.to_owned()),
            ..Default::default()
        };
        self.check(peer, Some(&auth))
    }

    /// Counts a wrong secret. Gives the waiting time once there were too many.
    pub(crate) fn wrong(&self, peer: IpAddr, kind: Kind) -> Option<u64> {
        self.limiter.wrong(peer, kind)
    }
}
