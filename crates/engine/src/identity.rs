//! Agents and models: who answers for a session, and with what.

use futures_util::future::join_all;
use tidegate_core::SessionKey;
use tidegate_core::agents::Agent;
use tidegate_core::runner::{ModelInfo, ModelRef};
use tidegate_core::store::Session;
use tidegate_protocol::AgentId;
use tidegate_protocol::api::system::ModelRow;

use crate::{Engine, EngineError};

impl Engine {
    /// Reads a session key or alias, to look at what is there. Its agent may have left the
    /// configuration since: what was said stays readable.
    ///
    /// # Errors
    /// It is no key.
    pub fn session_key(&self, raw: &str) -> Result<SessionKey, EngineError> {
        Ok(self.inner().agents.names.canonical(raw)?)
    }

    /// As [`Self::session_key`], to put something there: somebody must answer in it.
    ///
    /// # Errors
    /// It is no key, or names an agent that is not configured.
    pub fn answered_key(&self, raw: &str) -> Result<SessionKey, EngineError> {
        let key = self.session_key(raw)?;
        self.agent_of(&key).map_err(EngineError::Invalid)?;
        Ok(key)
    }

    /// The agent that answers in a session.
    pub(crate) fn agent_of(&self, key: &SessionKey) -> Result<&Agent, String> {
        let agents = &self.inner().agents;
        let id = key
            .agent()
            .unwrap_or_else(|| agents.names.default_agent.clone());
        agents.get(&id).ok_or_else(|| {
            format!(
                "unknown agent id \"{id}\": add it to agents.list to go on here; \
                 what was said stays readable"
            )
        })
    }

    /// A configured agent.
    ///
    /// # Errors
    /// There is none of that id.
    pub fn agent(&self, id: &str) -> Result<&Agent, EngineError> {
        let id = AgentId::new(id.trim().to_lowercase());
        let found = self.inner().agents.get(&id);
        found.ok_or_else(|| EngineError::invalid(format!("unknown agent id \"{id}\"")))
    }

    /// The model of a session: its own choice, else its agent's.
    pub fn model_of(&self, agent: &Agent, session: Option<&Session>) -> ModelRef {
        session
            .and_then(|session| session.settings.model.as_deref())
            .and_then(ModelRef::parse)
            .unwrap_or_else(|| agent.model.clone())
    }

    /// What the configured providers offer; one that cannot be asked is left out and logged.
    pub async fn models(&self) -> Vec<ModelRow> {
        let asked = self.inner().agents.runners.iter().map(|(provider, runner)| async move {
            match runner.models().await {
                Ok(models) => models.into_iter().map(|model| row(provider, model)).collect(),
                Err(error) => {
                    tracing::warn!(provider = provider.as_str(), error = %error, "models could not be listed");
                    Vec::new()
                }
            }
        });
        join_all(asked).await.into_iter().flatten().collect()
    }

    /// Finds a model by `provider/id`, or by an id that only one provider has.
    ///
    /// # Errors
    /// A sentence for the user.
    pub(crate) async fn find_model(&self, word: &str) -> Result<ModelRef, String> {
        if let Some(model) = ModelRef::parse(word)
            && self.inner().agents.runners.contains_key(&model.provider)
        {
            return Ok(model);
        }
        let found: Vec<_> = self
            .models()
            .await
            .into_iter()
            .filter(|row| row.id == word)
            .collect();
        match found.as_slice() {
            [only] => Ok(ModelRef {
                provider: only.provider.clone(),
                model: only.id.clone(),
            }),
            [] => Err(format!(
                "unknown model \"{word}\": name it as provider/id; `/model` lists what there is"
            )),
            _ => Err(format!(
                "several providers have \"{word}\": name it as provider/id"
            )),
        }
    }
}

fn row(provider: &str, model: ModelInfo) -> ModelRow {
    ModelRow {
        id: model.id,
        name: model.name,
        provider: provider.to_owned(),
        context_window: model.context_window,
        reasoning: model.reasoning,
        input: (!model.input.is_empty()).then_some(model.input),
    }
}
