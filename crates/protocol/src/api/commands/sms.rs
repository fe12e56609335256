//! Text messages by the phone's own number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::macros::commands;

/// Params of `sms.send`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsSendParams {
    /// The number.
    #[schemars(length(min = 1, max = 64))]
    pub to: String,
    /// The words.
    #[schemars(length(min = 1, max = 4096))]
    pub message: String,
}

/// Answer of `sms.send`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SmsSendResult {
    /// Whether the phone took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ok: Option<bool>,
    /// The number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

commands! {
    /// Sends a text message in the owner's name.
    pub SmsSend = "sms.send" {
        params: SmsSendParams,
        result: SmsSendResult,
        risk: Dangerous,
        platforms: [Android],
        queueable: false,
        scope: Write,
    }
}
