//! A run: one turn of an agent, from acceptance to its end.

use serde::{Deserialize, Serialize};
use tidegate_protocol::{DeviceId, Role, RunId};

use crate::channel::{InboundMedia, Target};
use crate::origin::Origin;
use crate::principal::Principal;
use crate::session::SessionKey;
use crate::transcript::{Maker, Usage};

/// Who asked for an effect and how a repetition is recognised. Stored with the effect itself, in
/// the same transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The verified principal, see `PrincipalId::storage_key`.
    pub principal: String,
    /// The method.
    pub method: &'static str,
    /// The caller's idempotency key.
    pub key: String,
    /// Hex SHA-256 of the params in canonical form.
    pub params_hash: String,
}

/// A device that asked for a run, and as what. What is taken back from the device is taken from the
/// run too (SECURITY T18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByDevice {
    /// The device.
    pub device: DeviceId,
    /// As what it asked.
    pub role: Role,
}

impl ByDevice {
    /// The device of a caller, if it is one.
    pub fn of(caller: &Principal) -> Option<Self> {
        let device = caller.id.device()?.clone();
        Some(Self {
            device,
            role: caller.role,
        })
    }
}

/// What a run was asked to do, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunRequest {
    /// What to tell the agent.
    pub message: String,
    /// The session as the caller named it: events repeat it.
    pub echo_key: String,
    /// Thinking level of this run only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<String>,
    /// Words added to the system prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_system_prompt: Option<String>,
    /// Deadline in milliseconds from its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Whether the caller may administer: tools need it, and so do `/new` and `/model x`, like the
    /// methods that they stand for.
    #[serde(default)]
    pub may_administer: bool,
    /// The device that asked, if one did: `may_administer` holds only as long as its right does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ByDevice>,
    /// A name for the session, if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The chat network that it came from: the answer goes back there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Where the answer of a run that no network asked for is delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver_to: Option<Target>,
    /// Files that came with it, not fetched yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<InboundMedia>,
}

/// A run to accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRun {
    /// The id that it gets if that is free; else the store takes `spare_run_id`.
    pub run_id: RunId,
    /// A random id.
    pub spare_run_id: RunId,
    /// Who asked.
    pub once: Once,
    /// The session; made with `new_session_id` if it does not exist.
    pub session_key: SessionKey,
    /// A random id for a session that is made.
    pub new_session_id: String,
    /// What to do.
    pub request: RunRequest,
    /// Whether the session's queue takes another run; a repeat needs no room.
    pub room: bool,
    /// Whether the session begins anew with it, under `new_session_id`, since the old
    /// conversation is over.
    pub renews: bool,
    /// Now, in Unix milliseconds.
    pub at_ms: u64,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    /// Stored; waits for its session.
    Queued,
    /// At work.
    Running,
    /// Over.
    Ended,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunStatus {
    /// With an answer.
    Ok,
    /// With an error that the user was told.
    Error,
    /// Stopped by somebody.
    Aborted,
    /// By the end of the gateway.
    Interrupted,
}

/// The kind of a failure, for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The provider refused the content.
    Refusal,
    /// A deadline passed.
    Timeout,
    /// Too many requests.
    RateLimit,
    /// The conversation is too long for the model.
    ContextLength,
    /// The key was refused.
    Auth,
    /// Anything else.
    Unknown,
}

impl FailureKind {
    /// The word on the wire; `Auth` is not one of the family's words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refusal => "refusal",
            Self::Timeout => "timeout",
            Self::RateLimit => "rate_limit",
            Self::ContextLength => "context_length",
            Self::Auth | Self::Unknown => "unknown",
        }
    }
}

/// The end of a run, as it is stored and replayed to whoever asks again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunEnd {
    /// How.
    pub status: RunStatus,
    /// The answer's words; empty if there are none.
    pub text: String,
    /// Why it failed, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What kind of failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureKind>,
    /// Who made the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maker: Option<Maker>,
    /// Tokens.
    pub usage: Usage,
}

/// A stored run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The session.
    pub session_key: SessionKey,
    /// The session's id at acceptance.
    pub session_id: String,
    /// What to do.
    pub request: RunRequest,
    /// How far it is.
    pub state: RunState,
    /// When it was accepted, in Unix milliseconds.
    pub accepted_at_ms: u64,
    /// When it began.
    pub started_at_ms: Option<u64>,
    /// When it ended.
    pub ended_at_ms: Option<u64>,
    /// How it ended; there if and only if it ended.
    pub end: Option<RunEnd>,
}

/// What acceptance found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Accepted {
    /// A new run was stored.
    New(Run),
    /// The same request was accepted before.
    Repeat(Run),
    /// The key was used before with other params.
    KeyReused,
    /// It is new and there is no room for it; nothing was stored.
    NoRoom,
}
