//! Where a value came from.

use std::collections::BTreeMap;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody said otherwise.
    Default,
    /// The profile's own default.
    Profile(String),
    /// The configuration file, at this line.
    File {
        /// Counted from 1.
        line: usize,
    },
    /// The last copy of the file that was valid, at this line.
    LastGood {
        /// Counted from 1.
        line: usize,
    },
    /// An environment variable.
    Env(String),
    /// An argument.
    Flag(&'static str),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Profile(name) => write!(f, "default of profile {name}"),
            Self::File { line } => write!(f, "file, line {line}"),
            Self::LastGood { line } => write!(f, "last good file, line {line}"),
            Self::Env(name) => write!(f, "env {name}"),
            Self::Flag(name) => write!(f, "argument {name}"),
        }
    }
}

/// Where each value came from, by path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Provenance {
    places: BTreeMap<String, (usize, usize)>,
    over: BTreeMap<String, Source>,
    last_good: bool,
}

impl Provenance {
    /// For the values of a file.
    pub(crate) fn of_file(places: BTreeMap<String, (usize, usize)>, last_good: bool) -> Self {
        Self {
            places,
            over: BTreeMap::new(),
            last_good,
        }
    }

    /// Something weightier than the file said it.
    pub(crate) fn put(&mut self, path: &str, source: Source) {
        self.over.insert(path.to_owned(), source);
    }

    /// Where the value at this path came from.
    pub(crate) fn source(&self, path: &str) -> Source {
        if let Some(source) = self.over.get(path) {
            return source.clone();
        }
        match self.places.get(path) {
            Some((line, _)) if self.last_good => Source::LastGood { line: *line },
            Some((line, _)) => Source::File { line: *line },
            None => Source::Default,
        }
    }

    /// Whether the file says it.
    pub(crate) fn in_file(&self, path: &str) -> bool {
        self.places.contains_key(path)
    }
}
