//! Names of things, as they stand on the wire. An id is a name, never a right.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($( $(#[doc = $doc:literal])* $name:ident max $max:literal; )+) => {$(
        $(#[doc = $doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(inline)]
        pub struct $name(#[schemars(length(min = 1, max = $max))] String);

        impl $name {
            /// Takes the text as it is; bounds are checked by the schema at the edge.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

text_id! {
    /// Lower-case hex SHA-256 of the device's raw Ed25519 public key; computed by the gateway.
    DeviceId max 64;
    /// One WebSocket connection; a random uuid.
    ConnId max 64;
    /// One agent run; the caller's idempotency key where that is free.
    RunId max 256;
    /// The caller's name for one effect: same key and same params, same effect, once.
    IdempotencyKey max 256;
    /// A configured agent: `[a-z0-9][a-z0-9_-]{0,63}`.
    AgentId max 64;
    /// A chat network, by the family's word for it.
    ChannelId max 64;
    /// One of our accounts on a network: a key of `channels.<id>.accounts`, else `default`.
    AccountId max 64;
}

impl AgentId {
    /// The agent where none is configured or named.
    pub const MAIN: &'static str = "main";
}
