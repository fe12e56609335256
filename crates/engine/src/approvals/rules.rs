//! The rules that say what runs, what is asked about and what is refused.

use serde_json::Value;
use tidegate_core::exec::{ANY_AGENT, ApprovalsFile, Policy, Subject};
use tidegate_core::secret::sha256_hex;
use tidegate_core::store::{NewRules, StoreError, StoredRules};
use tidegate_protocol::AgentId;
use tidegate_protocol::strict::canonical;

use super::desk::Approvals;
use crate::EngineError;

/// What changes whenever an entry is used; it is no part of what names a state of the rules, so
/// that nobody who edits them is disturbed by it.
const LAST_USED: &str = "lastUsedAt";

/// The rules as they are.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesView {
    /// Whether anybody ever set any.
    pub exists: bool,
    /// What names this state of them.
    pub hash: String,
    /// The rules, without secrets.
    pub file: ApprovalsFile,
}

/// The stored rules, or the empty ones.
pub(super) struct There {
    /// The hash of the stored ones.
    pub(super) base: Option<String>,
    pub(super) file: ApprovalsFile,
}

impl Approvals<'_> {
    /// The rules.
    ///
    /// # Errors
    /// The store failed, or what it holds cannot be read.
    pub async fn rules(&self) -> Result<RulesView, EngineError> {
        let there = self.stored_rules().await?;
        Ok(view(&there.file, there.base.is_some()))
    }

    /// Sets the rules in place of those that `base` names.
    ///
    /// # Errors
    /// `base` is missing or names others than the present ones, or the store failed.
    pub async fn set_rules(
        &self,
        file: ApprovalsFile,
        base: Option<&str>,
    ) -> Result<RulesView, EngineError> {
        let desk = &self.engine.inner().approval_desk;
        let _rules = desk.rules.lock().await;
        let there = self.stored_rules().await?;
        if let Some(present) = &there.base {
            check_base(base, present)?;
        }
        let file = there.file.replaced_by(file);
        let new = self.new_rules(there.base, &file)?;
        if !self.engine.inner().approvals.set_exec_rules(new).await? {
            return Err(changed());
        }
        tracing::info!("the rules for commands were set");
        Ok(view(&file, true))
    }

    /// What holds for an agent. Entries name programs of this machine: on a node they allow
    /// nothing.
    pub(super) async fn policy(
        &self,
        agent: &AgentId,
        on_node: bool,
    ) -> Result<Policy, EngineError> {
        let mut policy = self.stored_rules().await?.file.policy(agent.as_str());
        if on_node {
            policy.allowlist.clear();
        }
        Ok(policy)
    }

    /// Notes with the entries that allow this that they just did. A failure is in the log: it does
    /// not make the rules another.
    pub(super) async fn note_use(&self, agent: &AgentId, subject: &Subject) {
        if let Err(error) = self.try_note_use(agent, subject).await {
            tracing::warn!(error = %error, "the use of an allowed command was not noted");
        }
    }

    async fn try_note_use(&self, agent: &AgentId, subject: &Subject) -> Result<(), EngineError> {
        let desk = &self.engine.inner().approval_desk;
        let _rules = desk.rules.lock().await;
        let There { base, mut file } = self.stored_rules().await?;
        let now_ms = self.engine.now_ms();
        let agents = [agent.as_str(), ANY_AGENT];
        for (name, rules) in &mut file.agents {
            if !agents.contains(&name.as_str()) {
                continue;
            }
            let used = rules.allowlist.iter_mut();
            for entry in used.filter(|entry| entry.allows(subject)) {
                entry.mark_used(now_ms);
            }
        }
        let new = self.new_rules(base, &file)?;
        self.engine.inner().approvals.set_exec_rules(new).await?;
        Ok(())
    }

    pub(super) async fn stored_rules(&self) -> Result<There, EngineError> {
        let stored = self.engine.inner().approvals.exec_rules().await?;
        let Some(stored) = stored else {
            return Ok(There {
                base: None,
                file: ApprovalsFile::default(),
            });
        };
        // Rules that cannot be read allow nothing: whoever asks is told that the store failed.
        let file = serde_json::from_str(&stored.text).map_err(unreadable)?;
        Ok(There {
            base: Some(stored.hash),
            file,
        })
    }

    pub(super) fn new_rules(
        &self,
        base: Option<String>,
        file: &ApprovalsFile,
    ) -> Result<NewRules, EngineError> {
        Ok(NewRules {
            base,
            rules: StoredRules {
                text: serde_json::to_string(file).map_err(unreadable)?,
                hash: hash(file),
                at_ms: self.engine.now_ms(),
            },
        })
    }
}

fn view(file: &ApprovalsFile, exists: bool) -> RulesView {
    RulesView {
        exists,
        hash: hash(file),
        file: file.shown(),
    }
}

/// Names a state of the rules: the same for the same rules, whatever secret they hold and whenever
/// an entry was used.
fn hash(file: &ApprovalsFile) -> String {
    let mut value = serde_json::to_value(file.shown()).unwrap_or(Value::Null);
    forget_uses(&mut value);
    sha256_hex(canonical(&value).as_bytes())
}

fn forget_uses(value: &mut Value) {
    let agents = value.get_mut("agents").and_then(Value::as_object_mut);
    let lists = agents.into_iter().flatten();
    for (_, rules) in lists {
        let entries = rules.get_mut("allowlist").and_then(Value::as_array_mut);
        for entry in entries.into_iter().flatten() {
            if let Value::Object(fields) = entry {
                fields.remove(LAST_USED);
            }
        }
    }
}

fn check_base(base: Option<&str>, present: &str) -> Result<(), EngineError> {
    match base {
        None => Err(EngineError::invalid(
            "exec approvals base hash required; re-run exec.approvals.get and retry",
        )),
        Some(base) if base != present => Err(changed()),
        Some(_) => Ok(()),
    }
}

fn changed() -> EngineError {
    EngineError::invalid(
        "exec approvals changed since last load; re-run exec.approvals.get and retry",
    )
}

fn unreadable(source: serde_json::Error) -> StoreError {
    StoreError::Failed {
        verb: "exec_rules",
        source: Box::new(source),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(value: Value) -> ApprovalsFile {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn the_hash_names_the_rules_and_not_their_use() {
        let with = |used: u64, ask: &str| {
            file(json!({
                "version": 1,
                "agents": { "main": { "ask": ask, "allowlist": [{ "pattern": "/bin/ls", "lastUsedAt": used }] } },
            }))
        };
        assert_eq!(hash(&with(1, "always")), hash(&with(2, "always")));
        assert_ne!(hash(&with(1, "always")), hash(&with(1, "on-miss")));
        let secret = |token: &str| {
            let socket = json!({ "path": "/s", "token": token });
            file(json!({ "version": 1, "socket": socket }))
        };
        assert_eq!(hash(&secret("a")), hash(&secret("b")));
    }
}
