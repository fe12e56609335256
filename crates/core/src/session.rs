//! Session keys: names of conversations. A key is structured, lower case, and never joined to a
//! path. The grammar is that of the family (V3 11.1).

use tidegate_protocol::AgentId;

/// The word for the main session of the default agent, whatever its configured alias.
pub const MAIN: &str = "main";

/// Longest key in bytes.
pub const SESSION_KEY_MAX_BYTES: usize = 512;

/// A canonical session key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey(String);

/// The names that a key is read against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionNames {
    /// The agent that answers by default.
    pub default_agent: AgentId,
    /// The alias of the main session; [`MAIN`] unless configured.
    pub main_key: String,
}

/// Why a text is no session key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadSessionKey {
    /// Nothing but blanks.
    #[error("session key is empty")]
    Empty,
    /// Over the limit.
    #[error("session key is longer than {SESSION_KEY_MAX_BYTES} bytes")]
    TooLong,
    /// Control characters, or characters that turn the direction of writing.
    #[error("session key contains a control character")]
    Control,
    /// The agent's part breaks its rule.
    #[error("session key names an invalid agent id: use [a-z0-9][a-z0-9_-]{{0,63}}")]
    BadAgent,
}

/// What kind of conversation a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionKind {
    /// One person.
    Direct,
    /// A group or room.
    Group,
    /// The session shared by all.
    Global,
    /// Messages that could not be attributed.
    Unknown,
}

impl SessionKind {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Group => "group",
            Self::Global => "global",
            Self::Unknown => "unknown",
        }
    }
}

impl SessionNames {
    /// The canonical key of the main session.
    pub fn main(&self) -> SessionKey {
        SessionKey(format!("agent:{}:{}", self.default_agent, self.main_key))
    }

    /// The canonical key of an agent's main session.
    pub fn main_of(&self, agent: &AgentId) -> SessionKey {
        SessionKey(format!("agent:{agent}:{}", self.main_key))
    }

    /// Reads a key or alias: `main` is the default agent's main session, a bare name belongs to
    /// the default agent.
    ///
    /// # Errors
    /// See [`BadSessionKey`].
    pub fn canonical(&self, raw: &str) -> Result<SessionKey, BadSessionKey> {
        let text = raw.trim().to_lowercase();
        if text.is_empty() {
            return Err(BadSessionKey::Empty);
        }
        if text.len() > SESSION_KEY_MAX_BYTES {
            return Err(BadSessionKey::TooLong);
        }
        if text.chars().any(|c| c.is_control() || is_bidi(c)) {
            return Err(BadSessionKey::Control);
        }
        if text == "global" || text == "unknown" {
            return Ok(SessionKey(text));
        }
        if text == MAIN || text == self.main_key {
            return Ok(self.main());
        }
        let Some(rest) = text.strip_prefix("agent:") else {
            return Ok(SessionKey(format!("agent:{}:{text}", self.default_agent)));
        };
        let (agent, name) = rest.split_once(':').unwrap_or((rest, MAIN));
        if !is_agent_id(agent) {
            return Err(BadSessionKey::BadAgent);
        }
        let name = if name == MAIN {
            self.main_key.as_str()
        } else {
            name
        };
        if name.is_empty() {
            return Err(BadSessionKey::Empty);
        }
        Ok(SessionKey(format!("agent:{agent}:{name}")))
    }
}

impl SessionKey {
    /// A key that was made canonical before, from the store.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The agent that the key belongs to; none for `global` and `unknown`.
    pub fn agent(&self) -> Option<AgentId> {
        let rest = self.0.strip_prefix("agent:")?;
        Some(AgentId::new(rest.split(':').next()?))
    }

    /// What kind of conversation it is.
    pub fn kind(&self) -> SessionKind {
        match self.0.as_str() {
            "global" => SessionKind::Global,
            "unknown" => SessionKind::Unknown,
            key if key.contains(":group:") || key.contains(":channel:") => SessionKind::Group,
            _ => SessionKind::Direct,
        }
    }
}

impl std::fmt::Display for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the text may name an agent: `[a-z0-9][a-z0-9_-]{0,63}`.
pub fn is_agent_id(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= 64
        && text.starts_with(word)
        && text.chars().all(|c| word(c) || c == '_' || c == '-')
}

/// Characters that change the direction of writing: a key must look like what it is.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names() -> SessionNames {
        SessionNames {
            default_agent: AgentId::new("main"),
            main_key: "main".into(),
        }
    }

    #[test]
    fn aliases_and_bare_names() {
        let canonical = |raw: &str| names().canonical(raw).map(|key| key.to_string());
        assert_eq!(canonical("main").unwrap(), "agent:main:main");
        assert_eq!(canonical(" MAIN ").unwrap(), "agent:main:main");
        assert_eq!(canonical("notes").unwrap(), "agent:main:notes");
        assert_eq!(canonical("agent:Work").unwrap(), "agent:work:main");
        assert_eq!(
            canonical("agent:work:web:abc").unwrap(),
            "agent:work:web:abc"
        );
        assert_eq!(canonical("global").unwrap(), "global");
        assert_eq!(canonical("agent:../x:y"), Err(BadSessionKey::BadAgent));
        assert_eq!(canonical("agent:work:"), Err(BadSessionKey::Empty));
        assert_eq!(canonical("  "), Err(BadSessionKey::Empty));
        assert_eq!(canonical("a\u{202e}b"), Err(BadSessionKey::Control));
        assert_eq!(canonical(&"x".repeat(600)), Err(BadSessionKey::TooLong));
    }

    #[test]
    fn the_configured_main_key_is_an_alias_too() {
        let names = SessionNames {
            default_agent: AgentId::new("ana"),
            main_key: "home".into(),
        };
        assert_eq!(names.canonical("main").unwrap().as_str(), "agent:ana:home");
        assert_eq!(names.canonical("home").unwrap().as_str(), "agent:ana:home");
        assert_eq!(
            names.canonical("agent:bob:main").unwrap().as_str(),
            "agent:bob:home"
        );
    }

    proptest! {
        /// Reading a canonical key gives the same key.
        #[test]
        fn canonical_is_idempotent(raw in "\\PC{0,40}") {
            if let Ok(key) = names().canonical(&raw) {
                prop_assert_eq!(names().canonical(key.as_str()).unwrap(), key);
            }
        }
    }
}
