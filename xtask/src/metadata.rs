//! The part of `cargo metadata` that the checks read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::shell::Cmd;

/// The platform that the figures are for: a check gives the same answer on every machine.
pub(crate) const PLATFORM: &str = "x86_64-unknown-linux-gnu";

#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    workspace_members: BTreeSet<String>,
    resolve: Resolve,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    /// Its features, with what each turns on.
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
}

/// One line of a `Cargo.toml`.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Absent for a normal dependency; else `dev` or `build`.
    pub(crate) kind: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<NodeDep>,
}

#[derive(Deserialize)]
struct NodeDep {
    pkg: String,
    dep_kinds: Vec<DepKind>,
}

#[derive(Deserialize)]
struct DepKind {
    kind: Option<String>,
}

impl Metadata {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let text = Cmd::new("cargo", root)
            .args([
                "metadata",
                "--locked",
                "--format-version=1",
                "--filter-platform",
                PLATFORM,
            ])
            .stdout()?;
        serde_json::from_str(&text).context("`cargo metadata` has another form than expected")
    }

    /// Our own packages.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
    }

    /// The names of all packages that a normal dependency reaches from `start`, itself left out.
    pub(crate) fn reached_from(&self, start: &Package) -> BTreeSet<&str> {
        let names: BTreeMap<&str, &str> = self
            .packages
            .iter()
            .map(|package| (&*package.id, &*package.name))
            .collect();
        let nodes: BTreeMap<&str, &Node> = self
            .resolve
            .nodes
            .iter()
            .map(|node| (&*node.id, node))
            .collect();
        let mut seen = BTreeSet::from([&*start.id]);
        let mut open = vec![&*start.id];
        while let Some(id) = open.pop() {
            for dep in nodes.get(id).map(|node| &*node.deps).unwrap_or_default() {
                let normal = dep.dep_kinds.iter().any(|kind| kind.kind.is_none());
                if normal && seen.insert(&dep.pkg) {
                    open.push(&dep.pkg);
                }
            }
        }
        seen.remove(&*start.id);
        seen.iter()
            .filter_map(|id| names.get(id).copied())
            .collect()
    }
}
