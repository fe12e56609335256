//! The keys `models` and `agents`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::secret_ref::SecretRef;

/// Providers of models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ModelsConfig {
    /// Providers by a name of your choice, which comes first in `provider/model`. Default none: the agent is offline. reload: restart.
    pub(crate) providers: BTreeMap<String, ProviderConfig>,
}

/// One provider of models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProviderConfig {
    /// The language it speaks. No default. reload: restart.
    pub(crate) api: ProviderApi,
    /// Where it is: an `http` or `https` URL without a secret in it, such as `http://127.0.0.1:11434/v1`. No default. reload: restart.
    #[schemars(length(min = 1, max = 2048))]
    pub(crate) base_url: String,
    /// Its key. Default none. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) api_key: Option<SecretRef>,
    /// Models to offer. If any is named, the provider is not asked for its own list. Default none: it is asked. reload: restart.
    #[serde(default)]
    #[schemars(length(max = 1000))]
    pub(crate) models: Vec<ModelConfig>,
    /// Longest answer in tokens. Default: what the provider does. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub(crate) max_output_tokens: Option<u32>,
}

/// The language of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum ProviderApi {
    /// OpenAI's chat completions: OpenAI, Ollama, llama.cpp, vLLM and many more.
    #[serde(rename = "openai-completions")]
    OpenaiCompletions,
    /// Anthropic's messages.
    #[serde(rename = "anthropic-messages")]
    AnthropicMessages,
    /// The same as `openai-completions`.
    #[serde(rename = "openai")]
    Openai,
    /// The same as `anthropic-messages`.
    #[serde(rename = "anthropic")]
    Anthropic,
}

impl ProviderApi {
    /// Whether it is OpenAI's chat completions; else it is Anthropic's messages.
    pub(crate) const fn is_openai(self) -> bool {
        matches!(self, Self::OpenaiCompletions | Self::Openai)
    }
}

/// One model of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ModelConfig {
    /// Its id at the provider. No default. reload: restart.
    #[schemars(length(min = 1, max = 256))]
    pub(crate) id: String,
    /// Its name for people. Default: its id. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Its context in tokens. Default: unknown. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100_000_000))]
    pub(crate) context_window: Option<u64>,
    /// Whether it can think before it answers. Default: unknown. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reasoning: Option<bool>,
    /// What it takes. Default: text. reload: restart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) input: Vec<ModelInput>,
}

/// What a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModelInput {
    /// Words.
    Text,
    /// Pictures.
    Image,
}

impl ModelInput {
    /// The word on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
        }
    }
}

/// The agents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct AgentsConfig {
    /// What holds for every agent.
    pub(crate) defaults: AgentDefaults,
    /// The agents. Default: one, `main`. reload: restart.
    #[schemars(length(max = 100))]
    pub(crate) list: Vec<AgentConfig>,
}

/// What holds for every agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct AgentDefaults {
    /// Which model answers.
    pub(crate) model: ModelChoice,
    /// Deadline of a run in seconds. Default 600. reload: restart.
    #[schemars(range(min = 1, max = 86_400))]
    pub(crate) timeout_seconds: u32,
    /// Longest silence of a model in seconds. Default 120. reload: restart.
    #[schemars(range(min = 1, max = 86_400))]
    pub(crate) idle_timeout_seconds: u32,
    /// Runs at work at once, in the whole gateway. Default 4. reload: restart.
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) max_concurrent: u32,
    /// How much the model thinks before it answers, where a session does not say. Default `off`. reload: restart.
    pub(crate) thinking_default: Thinking,
    /// The folder of the default agent: an absolute path, or one that starts with `~/`. Default: `workspaces/<agent id>` in the state directory. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub(crate) workspace: Option<String>,
    /// What an agent is told about itself. No default. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 65_536))]
    pub(crate) system_prompt: Option<String>,
}

impl Default for AgentDefaults {
    fn default() -> Self {
        Self {
            model: ModelChoice::default(),
            timeout_seconds: 600,
            idle_timeout_seconds: 120,
            max_concurrent: 4,
            thinking_default: Thinking::Off,
            workspace: None,
            system_prompt: None,
        }
    }
}

/// Which model answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ModelChoice {
    /// The model as `provider/model`, the provider being a name in `models.providers`. Default: the first model of the first provider that lists one, else offline. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 320))]
    pub(crate) primary: Option<String>,
}

/// How much a model thinks before it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Thinking {
    /// Not at all.
    #[default]
    Off,
    /// As little as there is.
    Minimal,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// As much as there is.
    XHigh,
}

impl Thinking {
    /// The level of the engine.
    pub(crate) const fn level(self) -> tidegate_core::runner::ThinkingLevel {
        use tidegate_core::runner::ThinkingLevel as Level;
        match self {
            Self::Off => Level::Off,
            Self::Minimal => Level::Minimal,
            Self::Low => Level::Low,
            Self::Medium => Level::Medium,
            Self::High => Level::High,
            Self::XHigh => Level::XHigh,
        }
    }
}

/// One agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AgentConfig {
    /// Its id: a lower-case letter or digit, then letters, digits, `_` and `-`. No default. reload: restart.
    #[schemars(length(min = 1, max = 64))]
    pub(crate) id: String,
    /// Its name. Default: that of its identity. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Whether it answers where no agent is named. Default: the first of the list does. reload: restart.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) default: bool,
    /// How it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<IdentityConfig>,
    /// Its model, instead of the one in `agents.defaults`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<ModelChoice>,
    /// Its own folder: an absolute path, or one that starts with `~/`. Default: `workspaces/<agent id>` in the state directory, but of the default agent `agents.defaults.workspace`. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub(crate) workspace: Option<String>,
    /// What it is told about itself, instead of `agents.defaults.systemPrompt`. No default. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 65_536))]
    pub(crate) system_prompt: Option<String>,
}

/// How an agent is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct IdentityConfig {
    /// Its name. Default `Assistant`. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// Its theme, in words. No default. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) theme: Option<String>,
    /// Its emoji. No default. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) emoji: Option<String>,
    /// A letter, an emoji or the URL of a picture. Default: its emoji. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) avatar: Option<String>,
}
