//! The settings of a provider, and how its runner is built from them.

use std::sync::Arc;

use reqwest::Url;
use tidegate_core::runner::{AgentRunner, ModelInfo};
use tidegate_core::{Clock, Secret};

use super::anthropic::Anthropic;
use super::http::HttpClient;
use super::openai::OpenAi;
use super::provider::Provider;

/// The dialect that a provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// Chat completions, as OpenAI and everybody who followed speak it.
    OpenAi,
    /// Anthropic's Messages.
    Anthropic,
}

impl Api {
    /// The word in the configuration and in a stored answer.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai-completions",
            Self::Anthropic => "anthropic-messages",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::OpenAi, Self::Anthropic]
            .into_iter()
            .find(|api| api.as_str() == text)
    }

    /// Where the dialect's own provider lives; an empty `base_url` means this.
    pub const fn default_base_url(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com",
        }
    }
}

/// One provider of the configuration.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Its name: the key under `models.providers`.
    pub name: String,
    /// Its dialect.
    pub api: Api,
    /// Its address; empty for the dialect's own provider.
    pub base_url: String,
    /// Its key; local servers need none.
    pub api_key: Option<Secret<String>>,
    /// Its models; empty to ask the provider.
    pub models: Vec<ModelInfo>,
    /// Limit of tokens of one answer.
    pub max_output_tokens: Option<u32>,
}

/// Settings with which no runner can be built. Names what to change.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The address cannot be used.
    #[error("models.providers.{provider}.baseUrl cannot be used: {problem}")]
    BaseUrl {
        /// The provider's name.
        provider: String,
        /// What is wrong with it, and what it should be.
        problem: String,
    },
    /// The key cannot be sent.
    #[error(
        "models.providers.{provider}.apiKey has characters that a key cannot have; look for line breaks or quotes in it"
    )]
    ApiKey {
        /// The provider's name.
        provider: String,
    },
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[source] reqwest::Error),
}

/// Makes the runner of one provider.
///
/// # Errors
/// The settings cannot work; nothing was dialled.
pub fn build(
    settings: ProviderSettings,
    http: HttpClient,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn AgentRunner>, BuildError> {
    let base = base_url(&settings)?;
    Ok(match settings.api {
        Api::OpenAi => Arc::new(Provider::<OpenAi>::new(settings, base, http, clock)?),
        Api::Anthropic => Arc::new(Provider::<Anthropic>::new(settings, base, http, clock)?),
    })
}

/// The address without a slash at its end, and, for Anthropic, with `/v1`.
fn base_url(settings: &ProviderSettings) -> Result<String, BuildError> {
    let wrong = |problem: &str| BuildError::BaseUrl {
        provider: settings.name.clone(),
        problem: problem.to_owned(),
    };
    let text = match settings.base_url.trim() {
        "" => settings.api.default_base_url(),
        text => text,
    };
    let url = Url::parse(text).map_err(|error| {
        wrong(&format!(
            "{error}; write it like {}",
            settings.api.default_base_url()
        ))
    })?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
        return Err(wrong(
            "it must begin with https:// (or http://) and name a host",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "it carries a name or password; put the key into apiKey instead",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it must end with the path, without ? or #"));
    }
    let base = url.as_str().trim_end_matches('/').to_owned();
    Ok(match settings.api {
        Api::Anthropic if !base.ends_with("/v1") => base + "/v1",
        Api::Anthropic | Api::OpenAi => base,
    })
}

#[cfg(test)]
mod tests;
