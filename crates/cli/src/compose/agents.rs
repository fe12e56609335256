//! Agents, runners and limits from the configuration.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::agents::{Agent, Agents, OFFLINE, QueueRules, RunLimits, Workspace};
use tidegate_core::runner::{AgentRunner, ModelInfo, ModelRef};
use tidegate_core::{Clock, SessionNames};
use tidegate_protocol::api::agent::AgentIdentity;
use tidegate_protocol::{AgentId, ChannelId};
use tidegate_runners::{Api, HttpClient, OfflineRunner, ProviderSettings, build};

use crate::config::Loaded;
use crate::config::model_agents::{AgentConfig, ProviderConfig};
use crate::config::model_sessions::QueueConfig;
use crate::exit::Exit;
use crate::output::Failure;

/// What a turn sees of the conversation.
const HISTORY_MESSAGES: u32 = 400;
const HISTORY_BYTES: usize = 2 * 1024 * 1024;

/// Builds the snapshot that the engine works with.
///
/// # Errors
/// A provider cannot work with its settings, or the default model names no provider.
pub(super) fn agents(loaded: &Loaded, clock: &Arc<dyn Clock>) -> Result<Agents, Failure> {
    let config = &loaded.config;
    let runners = runners(loaded, clock)?;
    let fallback = default_model(loaded);
    let defaults = &config.agents.defaults;
    let mut list = Vec::new();
    for (index, agent) in config.agents.list.iter().enumerate() {
        let key = format!("agents.list[{index}].model.primary");
        let own = agent
            .model
            .as_ref()
            .and_then(|model| model.primary.as_deref());
        let model = model_of(&key, own, &fallback, &runners)?;
        list.push(configured(agent, model, defaults.system_prompt.as_ref()));
    }
    if list.is_empty() {
        let key = "agents.defaults.model.primary";
        let model = model_of(key, None, &fallback, &runners)?;
        list.push(Agent {
            id: AgentId::new(AgentId::MAIN),
            name: None,
            identity: AgentIdentity::default(),
            model,
            system_prompt: defaults.system_prompt.clone(),
            workspace: None,
        });
    }
    for agent in &mut list {
        agent.workspace = workspace(loaded, &agent.id);
    }
    // Beside a model that answers, the built-in agent is no choice to offer.
    let mut runners = runners;
    if list.iter().all(|agent| agent.model.provider != OFFLINE) {
        runners.remove(OFFLINE);
    }
    let first = config
        .agents
        .list
        .iter()
        .position(|agent| agent.default)
        .unwrap_or(0);
    list.swap(0, first);
    let default_agent = list
        .first()
        .map_or_else(|| AgentId::new(AgentId::MAIN), |agent| agent.id.clone());
    Ok(Agents {
        names: SessionNames {
            default_agent,
            main_key: config.session.main_key.clone(),
        },
        model_configured: list.iter().any(|agent| agent.model.provider != OFFLINE),
        list,
        runners,
        thinking: defaults.thinking_default.level(),
        limits: RunLimits {
            concurrent: to_usize(defaults.max_concurrent),
            queue: queue(&config.messages.queue),
            timeout: Duration::from_secs(defaults.timeout_seconds.into()),
            idle_timeout: Duration::from_secs(defaults.idle_timeout_seconds.into()),
            history_messages: HISTORY_MESSAGES,
            history_bytes: HISTORY_BYTES,
        },
    })
}

fn workspace(loaded: &Loaded, agent: &AgentId) -> Option<Workspace> {
    let mut all = loaded.workspaces.iter();
    let placed = all.find(|placed| placed.agent == agent.as_str())?;
    Some(Workspace::at(placed.dir.clone()))
}

fn queue(config: &QueueConfig) -> QueueRules {
    QueueRules {
        mode: config.mode.mode(),
        by_channel: config
            .by_channel
            .iter()
            .map(|(channel, mode)| (ChannelId::new(channel.clone()), mode.mode()))
            .collect(),
        debounce: Duration::from_millis(config.debounce_ms.into()),
        cap: to_usize(config.cap),
        drop: config.drop.rule(),
    }
}

fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn configured(agent: &AgentConfig, model: ModelRef, prompt: Option<&String>) -> Agent {
    let identity = agent.identity.clone().unwrap_or_default();
    Agent {
        id: AgentId::new(agent.id.clone()),
        name: agent.name.clone(),
        identity: AgentIdentity {
            name: identity.name,
            theme: identity.theme,
            emoji: identity.emoji,
            avatar: identity.avatar,
        },
        model,
        system_prompt: agent.system_prompt.as_ref().or(prompt).cloned(),
        workspace: None,
    }
}

fn runners(
    loaded: &Loaded,
    clock: &Arc<dyn Clock>,
) -> Result<BTreeMap<String, Arc<dyn AgentRunner>>, Failure> {
    let offline: Arc<dyn AgentRunner> = Arc::new(OfflineRunner::new(Arc::clone(clock)));
    let mut runners = BTreeMap::from([(OFFLINE.to_owned(), offline)]);
    let providers = &loaded.config.models.providers;
    if providers.is_empty() {
        return Ok(runners);
    }
    let bad = |error: tidegate_runners::BuildError| Failure::new(Exit::Config, error.to_string());
    let http = HttpClient::new().map_err(bad)?;
    for (name, provider) in providers {
        let key = loaded.secrets.provider_keys.get(name).cloned();
        let runner = build(
            settings(name, provider, key),
            http.clone(),
            Arc::clone(clock),
        )
        .map_err(bad)?;
        runners.insert(name.clone(), runner);
    }
    Ok(runners)
}

fn settings(
    name: &str,
    provider: &ProviderConfig,
    api_key: Option<tidegate_core::Secret<String>>,
) -> ProviderSettings {
    let model = |model: &crate::config::model_agents::ModelConfig| ModelInfo {
        id: model.id.clone(),
        name: model.name.clone().unwrap_or_else(|| model.id.clone()),
        context_window: model.context_window,
        reasoning: model.reasoning,
        input: model
            .input
            .iter()
            .map(|input| input.as_str().to_owned())
            .collect(),
    };
    ProviderSettings {
        name: name.to_owned(),
        api: if provider.api.is_openai() {
            Api::OpenAi
        } else {
            Api::Anthropic
        },
        base_url: provider.base_url.clone(),
        api_key,
        models: provider.models.iter().map(model).collect(),
        max_output_tokens: provider.max_output_tokens,
    }
}

/// The model where none is named: the configured one, else the first that a provider lists, else
/// the offline agent.
fn default_model(loaded: &Loaded) -> String {
    let listed = || {
        let mut providers = loaded.config.models.providers.iter();
        providers
            .find_map(|(name, provider)| Some(format!("{name}/{}", provider.models.first()?.id)))
    };
    let chosen = loaded.config.agents.defaults.model.primary.clone();
    chosen
        .or_else(listed)
        .unwrap_or_else(|| format!("{OFFLINE}/{OFFLINE}"))
}

fn model_of(
    key: &str,
    own: Option<&str>,
    fallback: &str,
    runners: &BTreeMap<String, Arc<dyn AgentRunner>>,
) -> Result<ModelRef, Failure> {
    let text = own.unwrap_or(fallback);
    let known = || runners.keys().cloned().collect::<Vec<_>>().join(", ");
    ModelRef::parse(text)
        .filter(|model| runners.contains_key(&model.provider))
        .ok_or_else(|| {
            Failure::new(
                Exit::Config,
                format!(
                    "{key} is \"{text}\", which names no configured provider (there are: {})",
                    known()
                ),
            )
            .next("write it as provider/model, the provider being a key of models.providers")
        })
}
