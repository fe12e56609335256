//! One owner of an account on the host (DECISIONS D17): two pollers on one bot steal each other's
//! messages.

use std::any::Any;

use tidegate_protocol::ChannelId;

/// Held while an account is ours; dropping it gives the account free.
pub struct Claim(#[expect(dead_code, reason = "held for its drop")] Box<dyn Any + Send + Sync>);

impl Claim {
    /// A claim that lasts as long as this value.
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self(Box::new(held))
    }
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Claim")
    }
}

/// Somebody else has the account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{by}")]
pub struct Held {
    /// Who, as far as it is known: a sentence for the owner.
    pub by: String,
}

/// Where accounts are claimed.
pub trait Claims: Send + Sync + 'static {
    /// Claims the account with this fingerprint (see `Channel::fingerprint`) for the whole host.
    ///
    /// # Errors
    /// Another process of this host has it.
    fn claim(&self, channel: &ChannelId, fingerprint: &str) -> Result<Claim, Held>;
}
