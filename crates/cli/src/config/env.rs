//! The environment of the process, taken once; a test brings its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Names of the shared secret, the first that is set wins.
pub(crate) const TOKEN_NAMES: [&str; 5] = [
    "TIDEGATE_GATEWAY_TOKEN",
    "CLAWDIS_GATEWAY_TOKEN",
    "CLAWDBOT_GATEWAY_TOKEN",
    "CODERCLAW_GATEWAY_TOKEN",
    "OPENCLAW_GATEWAY_TOKEN",
];
/// The port.
pub(crate) const PORT: &str = "TIDEGATE_GATEWAY_PORT";
/// The state directory.
pub(crate) const STATE_DIR: &str = "TIDEGATE_STATE_DIR";
/// The configuration file.
pub(crate) const CONFIG_PATH: &str = "TIDEGATE_CONFIG_PATH";

/// Environment variables. An empty one counts as not set.
#[derive(Clone, Default)]
pub(crate) struct Environment(BTreeMap<String, String>);

impl Environment {
    /// That of this process.
    pub(crate) fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
                .collect(),
        )
    }

    /// One of a test.
    #[cfg(test)]
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Self {
        Self(
            pairs
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
        )
    }

    /// A variable.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// The first of some variables that is set, with its name.
    pub(crate) fn first<'n>(&self, names: &[&'n str]) -> Option<(&'n str, String)> {
        names.iter().find_map(|name| Some((*name, self.get(name)?)))
    }

    /// The home directory.
    pub(crate) fn home(&self) -> Option<PathBuf> {
        self.get("HOME")
            .map(PathBuf::from)
            .filter(|home| home.is_absolute())
    }

    /// A path from the environment or the configuration, which must not depend on the working directory.
    pub(crate) fn rooted(&self, path: &str) -> Option<PathBuf> {
        match path.strip_prefix("~/") {
            Some(rest) => self.home().map(|home| home.join(rest)),
            None if Path::new(path).is_absolute() => Some(PathBuf::from(path)),
            None => None,
        }
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Environment({} variables)", self.0.len())
    }
}
