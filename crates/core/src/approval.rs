//! A person decides whether something may run: what is asked, who may decide, how it ends.

use serde::{Deserialize, Serialize};
use tidegate_protocol::{AgentId, ConnId, Role, RunId, Scope};

use crate::exec::{Decision, Entry, NotRemembered};
use crate::principal::{Principal, PrincipalId};

mod matter;

pub use matter::{Matter, Words};

/// The shortest beginning of an id that may stand for a question, in bytes; lists show as much of it.
pub const ID_BEGINNING: usize = 8;

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

/// Why "allow always" cannot be decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAlways {
    /// It is not remembered.
    #[error(transparent)]
    Subject(#[from] NotRemembered),
    /// Nothing of it was looked at.
    #[error("it cannot be allowed always: its program was not looked at")]
    Words,
}

impl Question {
    /// Whether "allow always" can be decided.
    ///
    /// # Errors
    /// Why not.
    pub fn can_be_remembered(&self) -> Result<(), NotAlways> {
        match (&self.matter, &self.asker) {
            (Matter::Subject(subject), _) => {
                Entry::remember(subject, String::new(), 0)?;
                Ok(())
            }
            // The client itself remembers, or does not.
            (Matter::Words(_), Asker::Client { .. }) => Ok(()),
            (Matter::Words(_), Asker::Run) => Err(NotAlways::Words),
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
