//! Who may call a method and who may hear an event.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a connection is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A person's client or an automation: calls methods within its scopes.
    Operator,
    /// A machine that offers commands.
    Node,
}

impl Role {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Node => "node",
        }
    }

    /// Reads the word on the wire.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "operator" => Some(Self::Operator),
            "node" => Some(Self::Node),
            _ => None,
        }
    }
}

/// A right of an operator.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub enum Scope {
    /// Everything.
    #[serde(rename = "operator.admin")]
    Admin,
    /// Decide on commands that wait for a person.
    #[serde(rename = "operator.approvals")]
    Approvals,
    /// Decide on devices that want to join.
    #[serde(rename = "operator.pairing")]
    Pairing,
    /// Answer questions that an agent asks.
    #[serde(rename = "operator.questions")]
    Questions,
    /// See state and history.
    #[serde(rename = "operator.read")]
    Read,
    /// Talk to agents and send messages; includes [`Scope::Read`].
    #[serde(rename = "operator.write")]
    Write,
}

impl Scope {
    /// Every scope, in the order of their names.
    pub const ALL: [Self; 6] = [
        Self::Admin,
        Self::Approvals,
        Self::Pairing,
        Self::Questions,
        Self::Read,
        Self::Write,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "operator.admin",
            Self::Approvals => "operator.approvals",
            Self::Pairing => "operator.pairing",
            Self::Questions => "operator.questions",
            Self::Read => "operator.read",
            Self::Write => "operator.write",
        }
    }

    /// Reads the word on the wire, exactly: no case folding, no trimming, no wildcards.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

/// Who may call a method or hear an event. There is no default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Only as the first frame of a connection.
    Handshake,
    /// An operator that holds the scope.
    Operator(Scope),
    /// A node.
    Node,
    /// Whoever showed a device identity, in either role.
    Device,
    /// Everyone who finished the handshake.
    Any,
}

impl Access {
    /// The form used in the published schema and in the reference.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Handshake => "handshake",
            Self::Operator(scope) => scope.as_str(),
            Self::Node => "node",
            Self::Device => "device",
            Self::Any => "any",
        }
    }
}
