//! Chat networks: how each of our accounts is, and signing one out.
//!
//! The rows carry the names that the family's page and apps read, and beside them what we add: the
//! word of the state, why, since when, and when the next try is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, ChannelId};
use crate::macros::{events, methods};

/// How long `channels.status` waits for the networks when not told, in milliseconds (V3 3.2).
pub const PROBE_TIMEOUT_MS: u64 = 10_000;
/// The longest that it waits, in milliseconds.
pub const PROBE_TIMEOUT_MOST_MS: u64 = 60_000;

/// What the family's apps show for a network: a longer name, and the name of a system picture.
/// None for networks that they do not know.
pub fn family_words(channel: &str) -> Option<(&'static str, &'static str)> {
    match channel {
        "telegram" => Some(("Telegram Bot", "paperplane")),
        "discord" => Some(("Discord Bot", "bubble.left.and.bubble.right")),
        "slack" => Some(("Slack Bot", "number")),
        _ => None,
    }
}

/// How an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelState {
    /// Switched off, or the gateway is stopping.
    Stopped,
    /// Waits for its turn to begin.
    Starting,
    /// Tries to get through.
    Connecting,
    /// The way in proved itself within the last interval.
    Live,
    /// Works, but not as it should.
    Degraded,
    /// Failed, and tries again.
    Backoff,
    /// A person must sign in or set it up.
    NeedsLogin,
    /// Somebody else has the account; tries again.
    Conflict,
}

impl ChannelState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Stopped,
        Self::Starting,
        Self::Connecting,
        Self::Live,
        Self::Degraded,
        Self::Backoff,
        Self::NeedsLogin,
        Self::Conflict,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::Starting => "starting",
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Degraded => "degraded",
            Self::Backoff => "backoff",
            Self::NeedsLogin => "needs-login",
            Self::Conflict => "conflict",
        }
    }

    /// Whether messages get through.
    pub const fn works(self) -> bool {
        matches!(self, Self::Live | Self::Degraded)
    }
}

/// Params of `channels.status`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelsStatusParams {
    /// Ask the networks who we are, before answering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<bool>,
    /// How long to wait for them, in milliseconds; 10 000 if absent, at most 60 000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1000))]
    pub timeout_ms: Option<u64>,
    /// Only this network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
}

/// Answer of `channels.status`. Without any configured network everything is empty.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelsStatusResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// Networks in the order to show.
    pub channel_order: Vec<String>,
    /// Their names.
    pub channel_labels: BTreeMap<String, String>,
    /// Their longer names.
    pub channel_detail_labels: BTreeMap<String, String>,
    /// Names of system pictures, for the family's apps.
    pub channel_system_images: BTreeMap<String, String>,
    /// The same once more, in order.
    pub channel_meta: Vec<ChannelMeta>,
    /// Each network in brief: how its default account is.
    pub channels: BTreeMap<String, ChannelSummary>,
    /// The accounts of each network, the default one first.
    pub channel_accounts: BTreeMap<String, Vec<ChannelAccount>>,
    /// Which account of a network is meant when none is named.
    pub channel_default_account_id: BTreeMap<String, String>,
}

/// What a network is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelMeta {
    /// The network.
    pub id: String,
    /// Its name.
    pub label: String,
    /// Its longer name.
    pub detail_label: String,
    /// Name of a system picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_image: Option<String>,
}

/// A network in brief: how its default account is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, as the family's clients read them"
)]
pub struct ChannelSummary {
    /// Whether there is a credential.
    pub configured: bool,
    /// Whether the network knows us by it, as far as we saw.
    pub linked: bool,
    /// Whether it is switched on and at work or trying.
    pub running: bool,
    /// Whether messages get through.
    pub connected: bool,
    /// The word of the state.
    pub state: ChannelState,
    /// How events arrive: `polling`, `webhook` or `socket`.
    pub mode: String,
    /// Where the credential is: `env`, `file`, `exec` or `config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_source: Option<String>,
    /// When it was started last, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_start_at: Option<u64>,
    /// When it stopped last, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_stop_at: Option<u64>,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// What the network said when it was asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ChannelProbe>,
    /// When that was, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_probe_at: Option<u64>,
}

/// One account. Times without a unit in their name are Unix milliseconds too: those names are the
/// family's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, as the family's clients read them"
)]
pub struct ChannelAccount {
    /// The account.
    pub account_id: AccountId,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Whether there is a credential.
    pub configured: bool,
    /// Whether the network knows us by it, as far as we saw.
    pub linked: bool,
    /// Whether it is at work or trying.
    pub running: bool,
    /// Whether messages get through.
    pub connected: bool,
    /// Tries since messages got through last.
    pub reconnect_attempts: u32,
    /// When messages began to get through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_connected_at: Option<u64>,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// When it was started last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_start_at: Option<u64>,
    /// When it stopped last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_stop_at: Option<u64>,
    /// When a message arrived last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_inbound_at: Option<u64>,
    /// When the network took one of ours last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_outbound_at: Option<u64>,
    /// When the network was asked last who we are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_probe_at: Option<u64>,
    /// What it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ChannelProbe>,
    /// How events arrive: `polling`, `webhook` or `socket`.
    pub mode: String,
    /// Who may write to us directly: `pairing`, `allowlist`, `open` or `disabled`.
    pub dm_policy: String,
    /// The list for direct chats.
    pub allow_from: Vec<String>,
    /// Where the credential is: `env`, `file`, `exec` or `config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_source: Option<String>,
    /// The path that the network calls, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook_path: Option<String>,
    /// The word of the state.
    pub state: ChannelState,
    /// Why it is in it, if something is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// Since when, in Unix milliseconds.
    pub state_since_ms: u64,
    /// When the next try is, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try_at_ms: Option<u64>,
    /// When the way in proved itself last, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_proof_at_ms: Option<u64>,
    /// Whether the gateway is not ready without it.
    pub required: bool,
    /// Parts in the outbox that wait or are on their way.
    pub open: u64,
    /// Parts that were given up.
    pub dead: u64,
    /// Its last changes of state, oldest first, at most 20.
    pub last_events: Vec<ChannelStateChange>,
}

/// A change of state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelStateChange {
    /// When, in Unix milliseconds.
    pub at_ms: u64,
    /// Into which state.
    pub state: ChannelState,
    /// Why, if something is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a network said when it was asked who we are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelProbe {
    /// Whether it knows us.
    pub ok: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub elapsed_ms: u64,
    /// Who we are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<ChannelBot>,
    /// What the owner should switch on or know, a sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Who we are on a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelBot {
    /// Our stable id.
    pub id: String,
    /// Our handle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Our name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Params of `channels.logout`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChannelsLogoutParams {
    /// The network.
    pub channel: ChannelId,
    /// The account; the network's default one if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
}

/// Answer of `channels.logout`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelsLogoutResult {
    /// The network.
    pub channel: ChannelId,
    /// The account.
    pub account_id: AccountId,
    /// Whether a credential was deleted.
    pub cleared: bool,
    /// Whether no credential is left for it.
    pub logged_out: bool,
    /// Where one still is, out of our reach: `env`, `exec` or `config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remains_in: Option<String>,
}

/// Every account in brief, as an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelsBrief {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// All of them: a newer event takes the place of an unsent older one.
    pub accounts: Vec<AccountBrief>,
}

/// One account in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountBrief {
    /// The network.
    pub channel: ChannelId,
    /// The account.
    pub account_id: AccountId,
    /// The word of the state.
    pub state: ChannelState,
    /// Why it is in it, if something is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_reason: Option<String>,
    /// Since when, in Unix milliseconds.
    pub state_since_ms: u64,
    /// When the next try is, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try_at_ms: Option<u64>,
    /// Whether the gateway is not ready without it.
    pub required: bool,
    /// Parts in the outbox that wait or are on their way.
    pub open: u64,
    /// Parts that were given up.
    pub dead: u64,
}

methods! {
    /// How every account on every chat network is; with `probe` the networks are asked first.
    pub ChannelsStatus = "channels.status" {
        params: ChannelsStatusParams,
        result: ChannelsStatusResult,
        access: operator(Read),
        effect: read,
        since: 3,
        waits: true,
    }
    /// Stops an account and deletes the credential that the gateway keeps for it.
    pub ChannelsLogout = "channels.logout" {
        params: ChannelsLogoutParams,
        result: ChannelsLogoutResult,
        access: operator(Admin),
        effect: idempotent,
        since: 3,
    }
}

events! {
    /// An account changed its state, or how much waits or lies dead in its outbox.
    pub ChannelsChanged = "channels.changed" {
        payload: ChannelsBrief,
        access: operator(Read),
        delivery: Latest,
    }
}

#[cfg(test)]
mod tests {
    use super::ChannelState;

    #[test]
    fn a_word_is_the_one_on_the_wire() {
        for state in ChannelState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
