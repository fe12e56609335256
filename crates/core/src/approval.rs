//! A person decides whether something may run: what is asked, who may decide, how it ends.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tidegate_protocol::{AgentId, ConnId, Role, RunId, Scope};

use crate::exec::{Decision, Subject};
use crate::principal::{Principal, PrincipalId};

/// What is to be decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "of")]
pub enum Matter {
    /// Exactly this execution; an approval of it can be spent.
    Subject(Box<Subject>),
    /// What a client says that it wants to run. Nothing of it was looked at: the client is told the
    /// decision, and nothing here ever runs by it.
    Words(Box<Words>),
}

/// A command as a client tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Words {
    /// The command.
    pub command: String,
    /// Its arguments, the name of the program first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argv: Option<Vec<String>>,
    /// The directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<String>,
    /// What is added to the environment.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// The kind of machine: `gateway`, `node`, `sandbox`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Which node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_id: Option<String>,
    /// Its rule of what may run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security: Option<String>,
    /// Its rule of when a person is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// The path of the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_path: Option<String>,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Asker {
    /// A run of an agent.
    Run,
    /// A client, over a connection.
    Client {
        /// See `PrincipalId::storage_key`.
        principal: String,
        /// The connection.
        connection: ConnId,
    },
}

/// What a person is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// What is to be decided.
    pub matter: Matter,
    /// Who asks.
    pub asker: Asker,
    /// Why it is asked about, a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// For which agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// In which session, by its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<String>,
    /// In which run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
}

/// How a question ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// This, once.
    AllowOnce,
    /// This, and exactly this again.
    AllowAlways,
    /// No.
    Deny,
    /// Nobody decided in time, or the process that asked is gone.
    Expired,
    /// Whoever asked does not want to know any more.
    Withdrawn,
}

/// The end of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// How.
    pub outcome: Outcome,
    /// Who decided, see `PrincipalId::storage_key`; none if nobody did.
    pub by: Option<String>,
    /// When, in Unix milliseconds.
    pub at_ms: u64,
}

/// A question with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its name.
    pub id: String,
    /// What is asked.
    pub question: Question,
    /// Since when, in Unix milliseconds.
    pub asked_at_ms: u64,
    /// From when on no decision counts, in Unix milliseconds.
    pub expires_at_ms: u64,
    /// Its end; none while it waits.
    pub ending: Option<Ending>,
    /// When the decision was used, in Unix milliseconds: that happens once.
    pub spent_at_ms: Option<u64>,
}

/// Why somebody may not decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MayNotDecide {
    /// The right is missing.
    #[error("missing scope: {}", Scope::Approvals.as_str())]
    Scope,
    /// Only the owner decides in a chat.
    #[error("only the owner decides about commands in a chat")]
    Guest,
    /// Nobody decides about a question of their own.
    #[error("whoever asks does not decide: answer from another device")]
    Asker,
}

impl Outcome {
    /// Every way.
    pub const ALL: [Self; 5] = [
        Self::AllowOnce,
        Self::AllowAlways,
        Self::Deny,
        Self::Expired,
        Self::Withdrawn,
    ];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllowOnce => "allow-once",
            Self::AllowAlways => "allow-always",
            Self::Deny => "deny",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// What a person decided; none if nobody did.
    pub const fn decision(self) -> Option<Decision> {
        match self {
            Self::AllowOnce => Some(Decision::AllowOnce),
            Self::AllowAlways => Some(Decision::AllowAlways),
            Self::Deny => Some(Decision::Deny),
            Self::Expired | Self::Withdrawn => None,
        }
    }

    /// Whether it may run.
    pub const fn allows(self) -> bool {
        matches!(self, Self::AllowOnce | Self::AllowAlways)
    }
}

impl From<Decision> for Outcome {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::AllowOnce => Self::AllowOnce,
            Decision::AllowAlways => Self::AllowAlways,
            Decision::Deny => Self::Deny,
        }
    }
}

impl Question {
    /// The execution, if it was looked at.
    pub fn subject(&self) -> Option<&Subject> {
        match &self.matter {
            Matter::Subject(subject) => Some(subject),
            Matter::Words(_) => None,
        }
    }

    /// Whether this principal, on this connection if there is one, may decide (SECURITY T50).
    ///
    /// # Errors
    /// Why not.
    pub fn may_be_decided_by(
        &self,
        caller: &Principal,
        connection: Option<&ConnId>,
    ) -> Result<(), MayNotDecide> {
        if caller.role != Role::Operator || !caller.scopes.grants(Scope::Approvals) {
            return Err(MayNotDecide::Scope);
        }
        match &caller.id {
            PrincipalId::Guest => return Err(MayNotDecide::Guest),
            PrincipalId::Sender { .. } if !caller.scopes.contains(Scope::Admin) => {
                return Err(MayNotDecide::Guest);
            }
            _ => {}
        }
        match &self.asker {
            Asker::Run => Ok(()),
            Asker::Client {
                principal,
                connection: asked_on,
            } => {
                // The owner's secret is shared by many clients; a device is one.
                let same_device = matches!(caller.id, PrincipalId::Device(_))
                    && caller.id.storage_key() == *principal;
                if same_device || connection == Some(asked_on) {
                    return Err(MayNotDecide::Asker);
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests;
