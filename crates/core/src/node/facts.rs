//! What a node says of itself when it connects. It is shown; a right it gives none.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_protocol::command::Platform;

use super::platform_of;

/// What a node says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeFacts {
    /// Its name.
    pub display_name: Option<String>,
    /// Its operating system.
    pub platform: Option<String>,
    /// Version of its program.
    pub version: Option<String>,
    /// For example `iPhone`.
    pub device_family: Option<String>,
    /// For example `iPhone17,1`.
    pub model_identifier: Option<String>,
    /// Where it connected from; none if from this machine.
    pub remote_ip: Option<String>,
    /// Its `PATH`.
    pub path_env: Option<String>,
    /// Its abilities.
    pub caps: BTreeSet<String>,
    /// The commands that it offers.
    pub declared: BTreeSet<String>,
    /// What its operating system permits.
    pub permissions: BTreeMap<String, bool>,
}

impl NodeFacts {
    /// Words as they are kept: without blanks around them, none empty, none twice.
    pub fn words(words: impl IntoIterator<Item = String>) -> BTreeSet<String> {
        words
            .into_iter()
            .map(|word| word.trim().to_owned())
            .filter(|word| !word.is_empty())
            .collect()
    }

    /// Its operating system, if it is one that we know.
    pub fn system(&self) -> Option<Platform> {
        platform_of(self.platform.as_deref(), self.device_family.as_deref())
    }
}
