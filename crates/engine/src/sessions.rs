//! Sessions: reading them, and changing what may be changed.

use tidegate_core::SessionKey;
use tidegate_core::runner::ThinkingLevel;
use tidegate_core::store::{
    HistoryPage, HistoryQuery, Patched, Session, SessionListing, SessionQuery, SettingsPatch,
};
use tidegate_protocol::{Patch, RunId};

use crate::{Engine, EngineError};

/// A session's messages with what is going on in it.
#[derive(Debug, Clone)]
pub struct HistoryView {
    /// The session, if it exists.
    pub session: Option<Session>,
    /// The messages.
    pub page: HistoryPage,
    /// Runs that wait.
    pub queued: Vec<QueuedView>,
    /// The run at work: its id, its text and its thinking so far, without what is among the messages.
    pub active: Option<(RunId, String, String)>,
}

/// A run that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedView {
    /// The run.
    pub run_id: RunId,
    /// What it was told.
    pub text: String,
}

impl Engine {
    /// One session.
    ///
    /// # Errors
    /// The store failed.
    pub async fn session(&self, key: &SessionKey) -> Result<Option<Session>, EngineError> {
        Ok(self.inner().sessions.session(key).await?)
    }

    /// The session of an id.
    ///
    /// # Errors
    /// The store failed.
    pub async fn session_by_id(&self, id: &str) -> Result<Option<Session>, EngineError> {
        Ok(self.inner().sessions.session_by_id(id).await?)
    }

    /// Sessions, newest first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn sessions(&self, query: SessionQuery) -> Result<Vec<SessionListing>, EngineError> {
        Ok(self.inner().sessions.sessions(query).await?)
    }

    /// How many sessions an agent has; all of them for `None`.
    ///
    /// # Errors
    /// The store failed.
    pub async fn session_count(&self, agent: Option<&str>) -> Result<u64, EngineError> {
        Ok(self.inner().sessions.session_count(agent).await?)
    }

    /// Messages of a session and what is going on in it.
    ///
    /// # Errors
    /// The store failed.
    pub async fn history(
        &self,
        key: &SessionKey,
        query: HistoryQuery,
    ) -> Result<HistoryView, EngineError> {
        let inner = self.inner();
        let active = inner.lanes.active(key).and_then(|id| {
            let live = inner.live.get(&id)?;
            let progress = live.progress();
            let (text, thinking) = progress.not_stored();
            Some((id, text.to_owned(), thinking.to_owned()))
        });
        let queued = inner
            .lanes
            .queued(key)
            .into_iter()
            .map(|(run_id, text)| QueuedView { run_id, text })
            .collect();
        let session = inner.sessions.session(key).await?;
        let page = inner.sessions.history(key, query).await?;
        Ok(HistoryView {
            session,
            page,
            queued,
            active,
        })
    }

    /// Changes settings of a session, making it if needed.
    ///
    /// # Errors
    /// A value is not allowed, or the store failed.
    pub async fn patch_session(
        &self,
        key: &SessionKey,
        mut patch: SettingsPatch,
    ) -> Result<Session, EngineError> {
        patch.thinking_level = check_thinking(patch.thinking_level, self.inner().agents.thinking)?;
        patch.verbose_level =
            word_or_clear(patch.verbose_level, "verboseLevel", &["on", "full", "off"])?;
        patch.reasoning_level = word_or_clear(
            patch.reasoning_level,
            "reasoningLevel",
            &["on", "off", "stream"],
        )?;
        if let Patch::Set(word) = &patch.model {
            patch.model = Patch::Set(
                self.find_model(word)
                    .await
                    .map_err(EngineError::Invalid)?
                    .to_string(),
            );
        }
        if matches!(patch.spawned_by, Patch::Set(_)) && !key.as_str().contains(":subagent:") {
            return Err(EngineError::invalid(
                "spawnedBy is only supported for subagent:* sessions",
            ));
        }
        let label = match &patch.label {
            Patch::Set(label) => label.clone(),
            _ => String::new(),
        };
        let inner = self.inner();
        match inner
            .sessions
            .patch_session(key, patch, inner.ids.uuid(), self.now_ms())
            .await?
        {
            Patched::Ok(session) => {
                self.sessions_changed();
                Ok(*session)
            }
            Patched::LabelTaken => Err(EngineError::invalid(format!(
                "label already in use: {label}"
            ))),
            Patched::SpawnedByFixed => {
                Err(EngineError::invalid("spawnedBy cannot be changed once set"))
            }
        }
    }

    /// Begins a session anew under its key, and ends what it has at work.
    ///
    /// # Errors
    /// The store failed.
    pub async fn reset_session(&self, key: &SessionKey) -> Result<Session, EngineError> {
        self.abort(key, None).await?;
        self.end_work_of(key);
        let inner = self.inner();
        let session = inner
            .sessions
            .reset_session(key, inner.ids.uuid(), self.now_ms())
            .await?;
        self.sessions_changed();
        Ok(session)
    }

    /// Deletes a session, ending its runs and what it has at work first. Says whether it existed.
    ///
    /// # Errors
    /// It is the main session, a run of it does not end, or the store failed.
    pub async fn delete_session(
        &self,
        key: &SessionKey,
        messages: bool,
    ) -> Result<bool, EngineError> {
        let is_main = self
            .agent_of(key)
            .is_ok_and(|agent| *key == self.inner().agents.names.main_of(&agent.id));
        if is_main {
            return Err(EngineError::invalid(format!(
                "Cannot delete the main session ({key})."
            )));
        }
        for run in self.abort(key, None).await?.run_ids {
            if self.wait(&run, DELETE_WAIT).await?.is_none() {
                return Err(EngineError::Busy {
                    what: format!("session {key} still has a run at work"),
                    retry_after_ms: 5_000,
                });
            }
        }
        self.end_work_of(key);
        let existed = self.inner().sessions.delete_session(key, messages).await?;
        self.sessions_changed();
        Ok(existed)
    }
}

/// How long a deletion waits for a run to end (V3 3.2).
const DELETE_WAIT: std::time::Duration = std::time::Duration::from_secs(15);

/// `off` is the absence of a level, unless the default is another one.
fn check_thinking(
    patch: Patch<String>,
    default: ThinkingLevel,
) -> Result<Patch<String>, EngineError> {
    match patch {
        Patch::Set(word) if word == "off" && default == ThinkingLevel::Off => Ok(Patch::Clear),
        Patch::Set(word) => {
            thinking_level(&word).map(|level| Patch::Set(level.as_str().to_owned()))
        }
        other => Ok(other),
    }
}

/// Reads a thinking level.
pub(crate) fn thinking_level(word: &str) -> Result<ThinkingLevel, EngineError> {
    ThinkingLevel::parse(word).ok_or_else(|| {
        let levels: Vec<_> = ThinkingLevel::ALL
            .iter()
            .map(|level| level.as_str())
            .collect();
        EngineError::invalid(format!("invalid thinkingLevel (use {})", levels.join("|")))
    })
}

fn word_or_clear(
    patch: Patch<String>,
    field: &str,
    words: &[&str],
) -> Result<Patch<String>, EngineError> {
    match patch {
        Patch::Set(word) if !words.contains(&word.as_str()) => Err(EngineError::invalid(format!(
            "invalid {field} (use {})",
            words.join("|")
        ))),
        other => Ok(other),
    }
}
