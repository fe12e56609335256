//! What a client shows to be let in.

/// A secret on its way to the gateway: no `Debug` text, no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

impl Credential {
    /// Hides a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credential(..)")
    }
}

/// Everything that a client may show. It is sent to the address of the same
/// [`crate::ConnectOptions`] and nowhere else.
#[derive(Debug, Clone, Default)]
pub struct Auth {
    /// The shared secret, or a device token.
    pub token: Option<Credential>,
    /// The shared password.
    pub password: Option<Credential>,
    /// A one-time code.
    pub bootstrap_token: Option<Credential>,
}

impl Auth {
    /// Only the shared secret.
    pub fn token(secret: impl Into<String>) -> Self {
        Self {
            token: Some(Credential::new(secret)),
            ..Self::default()
        }
    }

    /// Whether there is nothing to show.
    pub const fn is_empty(&self) -> bool {
        self.token.is_none() && self.password.is_none() && self.bootstrap_token.is_none()
    }
}
