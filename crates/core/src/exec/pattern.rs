//! Entries of an allowlist. What is allowed always is one executable by its path and its content,
//! with exactly these arguments in this directory: never a shell line, never a glob.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::hash::ContentHash;
use super::risky::{Risk, risk};
use super::subject::{Flaw, Pinned, Subject};

/// One entry, as it stands in the file.
///
/// Entries of other members of the family have a path or a glob (`pattern`) and no hash. They are
/// kept as they are and shown, but allow nothing: what they name is asked about (SECURITY T48).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct Entry(Map<String, Value>);

/// What an entry of ours holds besides `pattern`, which is the path of its executable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PinnedEntry {
    /// The path of the executable.
    #[serde(rename = "pattern")]
    pub path: String,
    /// Its content.
    pub sha256: ContentHash,
    /// All arguments, the name of the program first.
    pub argv: Vec<String>,
    /// The path of the directory.
    pub cwd: String,
    /// Who reads the executable, if it is a script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<Pinned>,
}

/// Why "allow always" is not possible for a subject.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRemembered {
    /// It is asked about every time.
    #[error("it cannot be allowed always: {0}")]
    Risky(Risk),
    /// It is no proper execution.
    #[error(transparent)]
    Flawed(#[from] Flaw),
}

impl Entry {
    /// The entry that allows exactly this from now on.
    ///
    /// # Errors
    /// What is asked about every time is never remembered.
    pub fn remember(subject: &Subject, id: String, now_ms: u64) -> Result<Self, NotRemembered> {
        let pin = PinnedEntry::of(subject)?;
        let Ok(Value::Object(mut fields)) = serde_json::to_value(pin) else {
            // Strings and lists of strings always become an object.
            return Err(NotRemembered::Flawed(Flaw::Empty));
        };
        fields.insert("id".to_owned(), id.into());
        fields.insert("addedAt".to_owned(), now_ms.into());
        Ok(Self(fields))
    }

    /// Its id, if it has one.
    pub fn id(&self) -> Option<&str> {
        self.0.get("id").and_then(Value::as_str)
    }

    /// The path, or the glob of a foreign entry.
    pub fn pattern(&self) -> &str {
        self.0
            .get("pattern")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// What it pins; `None` for a foreign entry, which allows nothing.
    pub fn pin(&self) -> Option<PinnedEntry> {
        serde_json::from_value(Value::Object(self.0.clone())).ok()
    }

    /// Whether it allows exactly this.
    pub fn allows(&self, subject: &Subject) -> bool {
        self.pin()
            .is_some_and(|pin| PinnedEntry::of(subject).is_ok_and(|wanted| pin == wanted))
    }

    /// Whether it names the executable, by path or by glob, whatever the arguments.
    pub fn names(&self, subject: &Subject) -> bool {
        glob_matches(self.pattern(), &subject.executable.path)
    }

    /// Notes that it has just allowed something. Unix time in milliseconds.
    pub fn mark_used(&mut self, now_ms: u64) {
        self.0.insert("lastUsedAt".to_owned(), now_ms.into());
    }
}

impl PinnedEntry {
    fn of(subject: &Subject) -> Result<Self, NotRemembered> {
        subject.check()?;
        if let Some(risk) = risk(subject) {
            return Err(NotRemembered::Risky(risk));
        }
        Ok(Self {
            path: subject.executable.path.clone(),
            sha256: subject.executable.sha256,
            argv: subject.argv.clone(),
            cwd: subject.cwd.path.clone(),
            interpreter: subject
                .interpreter
                .as_ref()
                .map(|interpreter| interpreter.file.clone()),
        })
    }
}

impl TryFrom<Map<String, Value>> for Entry {
    type Error = &'static str;

    fn try_from(fields: Map<String, Value>) -> Result<Self, Self::Error> {
        match fields.get("pattern") {
            Some(Value::String(pattern)) if !pattern.is_empty() => Ok(Self(fields)),
            _ => Err("an entry of an allowlist needs a pattern"),
        }
    }
}

impl From<Entry> for Map<String, Value> {
    fn from(entry: Entry) -> Self {
        entry.0
    }
}

/// `*` for any characters, `?` for one. Its answer only changes a text, never a verdict. Takes time
/// in proportion to the product of the lengths at most.
fn glob_matches(glob: &str, path: &str) -> bool {
    let glob: Vec<char> = glob.chars().collect();
    // Which beginnings of the glob match what has been read of the path.
    let mut reached = vec![false; glob.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    pass_stars(&glob, &mut reached);
    for c in path.chars() {
        let mut next = vec![false; glob.len() + 1];
        for (at, wanted) in glob.iter().enumerate() {
            if !reached.get(at).copied().unwrap_or(false) {
                continue;
            }
            let to = if *wanted == '*' { at } else { at + 1 };
            if (matches!(*wanted, '*' | '?') || *wanted == c)
                && let Some(slot) = next.get_mut(to)
            {
                *slot = true;
            }
        }
        pass_stars(&glob, &mut next);
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

/// A star also stands for nothing.
fn pass_stars(glob: &[char], reached: &mut [bool]) {
    for (at, wanted) in glob.iter().enumerate() {
        if *wanted == '*'
            && reached.get(at).copied().unwrap_or(false)
            && let Some(slot) = reached.get_mut(at + 1)
        {
            *slot = true;
        }
    }
}

#[cfg(test)]
mod tests;
