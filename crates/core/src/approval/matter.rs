//! What is to be decided: one execution that was looked at, or a command in words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tidegate_protocol::strict::canonical;

use crate::exec::{Ask, Policy, Reason, Refusal, Security, Subject, SubjectHash, Verdict};

/// In front of the bytes of words that are hashed.
const WORDS_DOMAIN: &str = "tidegate exec words v1";

/// What is to be decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "of")]
pub enum Matter {
    /// Exactly this execution.
    Subject(Box<Subject>),
    /// A command of which nothing was looked at: of a client that runs it itself, or for a node that
    /// cannot look.
    Words(Box<Words>),
}

/// A command as somebody tells it.
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

impl Matter {
    /// What a decision is for: any other matter has another hash.
    pub fn hash(&self) -> SubjectHash {
        match self {
            Self::Subject(subject) => subject.hash(),
            Self::Words(words) => words.hash(),
        }
    }

    /// What an agent's rules say. A command of which nothing was looked at is in no allowlist.
    pub fn judge(&self, policy: &Policy) -> Verdict {
        match self {
            Self::Subject(subject) => policy.decide(subject),
            Self::Words(_) => unseen(policy),
        }
    }
}

fn unseen(policy: &Policy) -> Verdict {
    match (policy.security, policy.ask) {
        (Security::Deny, _) => Verdict::Refuse(Refusal::Denied),
        (_, Ask::Always) => Verdict::Ask(Reason::Always),
        (Security::Full, _) => Verdict::Run,
        (Security::Allowlist, Ask::OnMiss) => Verdict::Ask(Reason::NotListed),
        (Security::Allowlist, Ask::Off) => Verdict::Refuse(Refusal::Unapproved(Reason::NotListed)),
    }
}

impl From<Subject> for Matter {
    fn from(subject: Subject) -> Self {
        Self::Subject(Box::new(subject))
    }
}

impl From<Words> for Matter {
    fn from(words: Words) -> Self {
        Self::Words(Box::new(words))
    }
}

impl Words {
    fn hash(&self) -> SubjectHash {
        // Texts and lists of texts always become JSON.
        let value = serde_json::to_value(self).unwrap_or_default();
        let bytes = format!("{WORDS_DOMAIN}\n{}", canonical(&value));
        SubjectHash::from_bytes(Sha256::digest(bytes).into())
    }
}
