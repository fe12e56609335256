//! The file of the rules, as `exec.approvals.get` and `set` carry it. What another member of the
//! family wrote into it is kept, whether we know it or not.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use super::pattern::Entry;
use super::policy::{Ask, Policy, Security};

/// The only version there is.
pub const FILE_VERSION: u32 = 1;
/// The name under which rules for every agent stand.
pub const ANY_AGENT: &str = "*";
/// Most entries of one agent.
pub const ENTRIES_MAX: usize = 1000;

/// The rules for all agents on one machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovalsFile {
    /// [`FILE_VERSION`].
    #[serde(deserialize_with = "known_version")]
    pub version: u32,
    /// The socket of another member of the family. Kept, not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<Socket>,
    /// What holds where an agent has no rule of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<Rules>,
    /// Rules by agent; [`ANY_AGENT`] for all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub agents: BTreeMap<String, AgentRules>,
    /// What we do not know.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A socket that another program listens on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Socket {
    /// Its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The secret for it. Never shown: see [`ApprovalsFile::shown`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Rules; what is absent is inherited.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rules {
    /// What may run at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<Security>,
    /// When a person is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Ask>,
    /// What counts if nobody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_fallback: Option<Security>,
    /// Kept for the family and without effect here: a skill's program is named without a hash, so
    /// it is asked about as any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_allow_skills: Option<bool>,
    /// What we do not know.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The rules of one agent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentRules {
    /// What is allowed always; at most [`ENTRIES_MAX`].
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "bounded"
    )]
    pub allowlist: Vec<Entry>,
    /// The rest.
    #[serde(flatten)]
    pub rules: Rules,
}

impl Default for ApprovalsFile {
    fn default() -> Self {
        Self {
            version: FILE_VERSION,
            socket: None,
            defaults: None,
            agents: BTreeMap::new(),
            rest: Map::new(),
        }
    }
}

impl ApprovalsFile {
    /// What holds for an agent: its own rules, then those for any agent, then the defaults, then
    /// [`Policy::default`]. Entries for any agent count for it too.
    pub fn policy(&self, agent: &str) -> Policy {
        let any = self.agents.get(ANY_AGENT).filter(|_| agent != ANY_AGENT);
        let own = self.agents.get(agent);
        let layers: Vec<&Rules> = [own, any]
            .into_iter()
            .flatten()
            .map(|layer| &layer.rules)
            .chain(self.defaults.as_ref())
            .collect();
        let fallback = Policy::default();
        Policy {
            security: layers
                .iter()
                .find_map(|rules| rules.security)
                .unwrap_or(fallback.security),
            ask: layers
                .iter()
                .find_map(|rules| rules.ask)
                .unwrap_or(fallback.ask),
            ask_fallback: layers
                .iter()
                .find_map(|rules| rules.ask_fallback)
                .unwrap_or(fallback.ask_fallback),
            allowlist: [own, any]
                .into_iter()
                .flatten()
                .flat_map(|layer| layer.allowlist.clone())
                .collect(),
        }
    }

    /// Adds an entry for an agent; the oldest gives way at [`ENTRIES_MAX`].
    pub fn allow(&mut self, agent: &str, entry: Entry) {
        let allowlist = &mut self.agents.entry(agent.to_owned()).or_default().allowlist;
        if allowlist.len() >= ENTRIES_MAX {
            allowlist.remove(0);
        }
        allowlist.push(entry);
    }

    /// The file for others to see: without the socket's secret.
    #[must_use]
    pub fn shown(&self) -> Self {
        let mut shown = self.clone();
        if let Some(socket) = &mut shown.socket {
            socket.token = None;
        }
        shown
    }

    /// What is stored when somebody who saw [`Self::shown`] sets the file: theirs, with the secret
    /// that they could not see.
    #[must_use]
    pub fn replaced_by(&self, mut next: Self) -> Self {
        let kept = self.socket.as_ref().and_then(|socket| socket.token.clone());
        match &mut next.socket {
            Some(socket) if socket.token.is_none() => socket.token = kept,
            Some(_) => {}
            None => next.socket.clone_from(&self.socket),
        }
        next
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        FILE_VERSION => Ok(FILE_VERSION),
        other => Err(de::Error::custom(format!(
            "version {FILE_VERSION} expected, this is {other}"
        ))),
    }
}

fn bounded<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Entry>, D::Error> {
    let entries = Vec::<Entry>::deserialize(deserializer)?;
    if entries.len() > ENTRIES_MAX {
        return Err(de::Error::custom(format!("at most {ENTRIES_MAX} entries")));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests;
