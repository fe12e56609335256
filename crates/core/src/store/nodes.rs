//! Commands of nodes, from the moment before they are sent to some time after their end; names of
//! nodes; and the January list of paired names.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tidegate_protocol::DeviceId;

use super::StoreError;
use crate::node::CallEnding;
use crate::run::Once;
use crate::secret::SecretHash;

/// A command to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNodeCall {
    /// A random id; the node repeats it in its answer.
    pub id: String,
    /// The node.
    pub node: DeviceId,
    /// The command.
    pub command: String,
    /// Who asked, and how a repetition is recognised.
    pub once: Once,
    /// Set if it waits for the node; else it is sent at once.
    pub waits: Option<WaitingCall>,
    /// Now, in Unix milliseconds.
    pub at_ms: u64,
}

/// What of a command must be kept until its node comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingCall {
    /// What it takes, as JSON text.
    pub params: Option<String>,
    /// How long the node may take, in milliseconds.
    pub timeout_ms: u64,
    /// When it is given up, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// How much may wait for one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingRoom {
    /// Commands.
    pub calls: u32,
    /// Bytes of their params.
    pub bytes: u64,
}

/// How far a command is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallState {
    /// It waits for its node.
    Waiting(WaitingCall),
    /// It was sent, or is just about to be.
    Sent,
    /// It is over.
    Ended(CallEnding),
}

/// A stored command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeCall {
    /// Its id.
    pub id: String,
    /// The node.
    pub node: DeviceId,
    /// The command.
    pub command: String,
    /// Who asked: the storage key of a principal.
    pub by: String,
    /// The caller's name for it.
    pub key: String,
    /// When it was asked for, in Unix milliseconds.
    pub at_ms: u64,
    /// How far it is.
    pub state: CallState,
}

/// What storing a command found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallBegun {
    /// It is stored.
    New,
    /// Its key was used before; nothing was stored.
    Known(KnownCall),
    /// Too much waits for this node already; nothing was stored.
    NoRoom,
}

/// For what a key was used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownCall {
    /// For the same.
    Repeat(Box<NodeCall>),
    /// For something else.
    KeyReused,
}

/// What a name says of itself in the January list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeNameplate {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Version of its program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// A name that asks to be paired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeAsk {
    /// A random id.
    pub request_id: String,
    /// The id that the node gives itself.
    pub node_id: String,
    /// What it says of itself.
    pub plate: NodeNameplate,
    /// Since when, in Unix milliseconds.
    pub at_ms: u64,
}

/// A name that was paired.
#[derive(Debug, Clone)]
pub struct PairedName {
    /// The id that the node gives itself.
    pub node_id: String,
    /// What it says of itself.
    pub plate: NodeNameplate,
    /// Hash of its token.
    pub token: SecretHash,
    /// Since when it is known, in Unix milliseconds.
    pub created_at_ms: u64,
    /// When it was approved, in Unix milliseconds.
    pub approved_at_ms: u64,
}

/// Commands and names of nodes.
#[async_trait]
pub trait NodeStore: Send + Sync + 'static {
    /// Stores a command before it is sent, or as waiting, or says that it was asked before. Those
    /// that waited for too long end first.
    async fn begin_call(
        &self,
        call: NewNodeCall,
        room: WaitingRoom,
    ) -> Result<CallBegun, StoreError>;
    /// For what the key of a request was used before. `None` if it is new.
    async fn find_call(&self, once: &Once) -> Result<Option<KnownCall>, StoreError>;
    /// Ends a command. False if it had ended, or is not known: then nothing changed.
    async fn end_call(&self, id: &str, ending: CallEnding, now_ms: u64)
    -> Result<bool, StoreError>;
    /// Takes the oldest command that waits for this node, and counts it as sent. Those that waited
    /// for too long end first.
    async fn next_call(
        &self,
        node: &DeviceId,
        now_ms: u64,
    ) -> Result<Option<(NodeCall, WaitingCall)>, StoreError>;
    /// A command that was taken was not sent after all: it waits again, in its old place.
    async fn put_back(&self, id: &str) -> Result<(), StoreError>;
    /// One command.
    async fn call(&self, id: &str) -> Result<Option<NodeCall>, StoreError>;
    /// The commands that wait and are not given up at this time, oldest first.
    async fn waiting_calls(&self, now_ms: u64) -> Result<Vec<NodeCall>, StoreError>;
    /// Ends a command that waits as cancelled. False if none of this id waits.
    async fn cancel_call(&self, id: &str, now_ms: u64) -> Result<bool, StoreError>;
    /// After a start: whatever was sent and has no end was interrupted.
    async fn recover_calls(&self, now_ms: u64) -> Result<u64, StoreError>;
    /// Forgets commands that ended before this.
    async fn prune_calls(&self, ended_before_ms: u64) -> Result<u64, StoreError>;

    /// Gives a node a name.
    async fn name_node(&self, node_id: &str, name: &str) -> Result<(), StoreError>;
    /// The names that were given, by node.
    async fn node_names(&self) -> Result<Vec<(String, String)>, StoreError>;

    /// Stores a name that asks to be paired, or gives the stored one of this node and false. Those
    /// older than `expired_before_ms` are forgotten; at most `max_pending` are kept, the oldest go.
    async fn ask_pairing(
        &self,
        ask: NodeAsk,
        expired_before_ms: u64,
        max_pending: u32,
    ) -> Result<(NodeAsk, bool), StoreError>;
    /// Names that ask, newest first.
    async fn pairing_asks(&self, after_ms: u64) -> Result<Vec<NodeAsk>, StoreError>;
    /// Names that were paired, newest first.
    async fn paired_names(&self) -> Result<Vec<PairedName>, StoreError>;
    /// Pairs a name that asked after this time, with this token. `None` if there is no such
    /// request.
    async fn pair_name(
        &self,
        request_id: &str,
        token: SecretHash,
        after_ms: u64,
        now_ms: u64,
    ) -> Result<Option<PairedName>, StoreError>;
    /// Refuses a name, and says which it was.
    async fn refuse_name(&self, request_id: &str) -> Result<Option<String>, StoreError>;
}
