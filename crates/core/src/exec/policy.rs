//! May it run? Deny is the default; what is not known is asked about.

use serde::{Deserialize, Serialize};

use super::pattern::Entry;
use super::risky::{Risk, risk};
use super::subject::{Flaw, Subject};

/// What may run at all, the strictest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Nothing.
    Deny,
    /// What an entry allows, and what is approved.
    Allowlist,
    /// Everything.
    Full,
}

/// When a person is asked, the most often first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Every time.
    Always,
    /// For what no entry allows.
    OnMiss,
    /// Never: what would be asked about is refused.
    Off,
}

/// The rules for one agent.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// What may run at all.
    pub security: Security,
    /// When a person is asked.
    pub ask: Ask,
    /// What counts if nobody answers.
    pub ask_fallback: Security,
    /// What is allowed always.
    pub allowlist: Vec<Entry>,
}

/// What is to be done with a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Run it.
    Run,
    /// Ask a person.
    Ask(Reason),
    /// Do not run it, whoever asks.
    Refuse(Refusal),
}

/// Why a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The policy asks about everything.
    #[error("every command of this agent is asked about")]
    Always,
    /// It is asked about every time.
    #[error("{0}")]
    Risky(Risk),
    /// An entry names the program, but not this execution.
    #[error("the allowlist names the program, but not exactly this call of it")]
    OtherCall,
    /// No entry names it.
    #[error("it is not in the allowlist")]
    NotListed,
}

/// Why it does not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing may run.
    #[error("this agent may not run commands")]
    Denied,
    /// It would be asked about, and nobody may be asked, or nobody answered.
    #[error("it needs an approval, and there is none: {0}")]
    Unapproved(Reason),
    /// It is no proper execution.
    #[error(transparent)]
    Flawed(#[from] Flaw),
}

impl Default for Policy {
    /// Nothing is known, everything is asked about, no answer is a no.
    fn default() -> Self {
        Self {
            security: Security::Allowlist,
            ask: Ask::OnMiss,
            ask_fallback: Security::Deny,
            allowlist: Vec::new(),
        }
    }
}

impl Policy {
    /// What is to be done with a subject.
    pub fn decide(&self, subject: &Subject) -> Verdict {
        if let Err(flaw) = subject.check() {
            return Verdict::Refuse(Refusal::Flawed(flaw));
        }
        match self.security {
            Security::Deny => return Verdict::Refuse(Refusal::Denied),
            Security::Full if self.ask != Ask::Always => return Verdict::Run,
            Security::Allowlist | Security::Full => {}
        }
        if self.ask == Ask::Always {
            return Verdict::Ask(Reason::Always);
        }
        match (self.listed(subject), self.ask) {
            (Ok(_), _) => Verdict::Run,
            (Err(reason), Ask::Off) => Verdict::Refuse(Refusal::Unapproved(reason)),
            (Err(reason), _) => Verdict::Ask(reason),
        }
    }

    /// What is to be done with a subject about which nobody answered. Never more than its entries
    /// allow: a fallback of `full` counts as `allowlist`, since silence is no approval.
    pub fn unanswered(&self, subject: &Subject) -> Verdict {
        let silent = Self {
            ask: Ask::Off,
            ..self.clone()
        };
        match (self.security, self.ask_fallback) {
            (Security::Deny, _) | (_, Security::Deny) => {
                let reason = silent.listed(subject).err().unwrap_or(Reason::Always);
                Verdict::Refuse(Refusal::Unapproved(reason))
            }
            _ => Self {
                security: Security::Allowlist,
                ..silent
            }
            .decide(subject),
        }
    }

    /// The entry that allows the subject.
    ///
    /// # Errors
    /// Why none does.
    pub fn listed(&self, subject: &Subject) -> Result<&Entry, Reason> {
        if let Some(risk) = risk(subject) {
            return Err(Reason::Risky(risk));
        }
        if let Some(entry) = self.allowlist.iter().find(|entry| entry.allows(subject)) {
            return Ok(entry);
        }
        let named = self.allowlist.iter().any(|entry| entry.names(subject));
        Err(if named {
            Reason::OtherCall
        } else {
            Reason::NotListed
        })
    }
}

#[cfg(test)]
mod tests;
