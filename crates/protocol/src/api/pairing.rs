//! People on chat networks who ask to be let in, and those who were (DECISIONS D14).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, ChannelId};
use crate::macros::{events, methods};

/// Params of `channels.pairing.list` and `channels.senders.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendersParams {
    /// Only on this network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// Only through this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
}

/// Answer of `channels.pairing.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelsPairingListResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// Those who wait, oldest first.
    pub requests: Vec<SenderAsking>,
}

/// Somebody who asks to be let in. Names are what the person says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SenderAsking {
    /// The network.
    pub channel: ChannelId,
    /// Through which account.
    pub account_id: AccountId,
    /// The network's stable id of the person.
    pub sender_id: String,
    /// What the person is called there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The code that the person was shown.
    pub code: String,
    /// Since when, in Unix milliseconds.
    pub created_at_ms: u64,
    /// When the code is void, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// Params of `channels.pairing.approve`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelsPairingApproveParams {
    /// The network.
    pub channel: ChannelId,
    /// The code that the person was shown; case and dashes do not matter.
    #[schemars(length(min = 1, max = 32))]
    pub code: String,
    /// The person is the owner, and may do in chats what the owner's devices may. Needs
    /// `operator.admin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<bool>,
}

/// Answer of `channels.pairing.approve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelsPairingApproveResult {
    /// Always true.
    pub ok: bool,
    /// Who was let in.
    pub sender: SenderAdmitted,
}

/// Somebody who was let in, for direct chats with one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SenderAdmitted {
    /// The network.
    pub channel: ChannelId,
    /// Through which account.
    pub account_id: AccountId,
    /// The network's stable id of the person.
    pub sender_id: String,
    /// What the person is called there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether the person is the owner.
    pub owner: bool,
    /// Since when, in Unix milliseconds.
    pub since_ms: u64,
}

/// Params of `channels.pairing.dismiss`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelsPairingDismissParams {
    /// The network.
    pub channel: ChannelId,
    /// The account; the network's default one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The network's stable id of the person.
    #[schemars(length(min = 1, max = 256))]
    pub sender_id: String,
}

/// Answer of `channels.pairing.dismiss`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelsPairingDismissResult {
    /// Always true.
    pub ok: bool,
    /// Whether the person waited or was let in.
    pub removed: bool,
}

/// Answer of `channels.senders.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelsSendersListResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// Those who were let in by a code.
    pub senders: Vec<SenderAdmitted>,
}

methods! {
    /// People on chat networks who wait to be let in, with the codes that they were shown.
    pub ChannelsPairingList = "channels.pairing.list" {
        params: SendersParams,
        result: ChannelsPairingListResult,
        access: operator(Pairing),
        effect: read,
        since: 3,
    }
    /// Lets in whoever was shown this code. The code is spent.
    pub ChannelsPairingApprove = "channels.pairing.approve" {
        params: ChannelsPairingApproveParams,
        result: ChannelsPairingApproveResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// Refuses somebody who waits, or takes the right of somebody who was let in away again.
    pub ChannelsPairingDismiss = "channels.pairing.dismiss" {
        params: ChannelsPairingDismissParams,
        result: ChannelsPairingDismissResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// People on chat networks who were let in by a code.
    pub ChannelsSendersList = "channels.senders.list" {
        params: SendersParams,
        result: ChannelsSendersListResult,
        access: operator(Pairing),
        effect: read,
        since: 3,
    }
}

events! {
    /// Somebody on a chat network asks to be let in.
    pub ChannelsPairingRequested = "channels.pairing.requested" {
        payload: SenderAsking,
        access: operator(Pairing),
        delivery: Drop,
    }
}
