//! The dependency rule: arrows point down, siblings never see each other, the engine never sees
//! the edge. Read from `cargo metadata`, held against the tables below; there is no list of
//! exceptions. Dev-dependencies are free: a test may stand on whatever it needs.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Result, bail};

use crate::metadata::{Metadata, PLATFORM, Package};
use crate::shell::Cmd;

/// Who may see whom. A package of ours that has no row here fails the check, and so does a row
/// without a package.
const ARROWS: &[(&str, &[&str])] = &[
    ("tidegate-protocol", &[]),
    ("tidegate-outbox", &[]),
    ("tidegate-core", &["tidegate-protocol"]),
    ("tidegate-engine", &["tidegate-core", "tidegate-protocol"]),
    (
        "tidegate-gateway",
        &[
            "tidegate-engine",
            "tidegate-core",
            "tidegate-protocol",
            "tidegate-outbox",
        ],
    ),
    ("tidegate-store", &["tidegate-core", "tidegate-protocol"]),
    (
        "tidegate-runners",
        &["tidegate-core", "tidegate-protocol", "tidegate-exec"],
    ),
    ("tidegate-channels", &["tidegate-core", "tidegate-protocol"]),
    ("tidegate-exec", &["tidegate-core"]),
    ("tidegate-client", &["tidegate-protocol"]),
    // The same rules decide on both sides of a connection, so a node sees core too.
    (
        "tidegate-node",
        &[
            "tidegate-client",
            "tidegate-protocol",
            "tidegate-core",
            "tidegate-exec",
        ],
    ),
    (
        "tidegate-cli",
        &[
            "tidegate-protocol",
            "tidegate-core",
            "tidegate-outbox",
            "tidegate-engine",
            "tidegate-gateway",
            "tidegate-store",
            "tidegate-runners",
            "tidegate-channels",
            "tidegate-client",
            "tidegate-exec",
            "tidegate-node",
        ],
    ),
    (
        "tidegate-testkit",
        &[
            "tidegate-engine",
            "tidegate-gateway",
            "tidegate-store",
            "tidegate-client",
            "tidegate-core",
            "tidegate-protocol",
        ],
    ),
    // Judges the adapters, so it must not know them, nor anything that they are made of.
    ("tidegate-fakes", &[]),
    (
        "xtask",
        &["tidegate-protocol", "tidegate-fakes", "tidegate-testkit"],
    ),
];

/// Foreign crates that only these packages may name in their `Cargo.toml`.
const ROOMS: &[(&str, &[&str])] = &[
    ("axum", &["tidegate-gateway", "tidegate-fakes"]),
    ("hyper", &["tidegate-gateway"]),
    ("hyper-util", &["tidegate-gateway"]),
    ("rusqlite", &["tidegate-store"]),
    ("clap", &["tidegate-cli", "xtask"]),
    // TLS ends in the edge; our own client alone decides whom it trusts.
    ("rcgen", &["tidegate-gateway"]),
    ("tokio-rustls", &["tidegate-gateway", "tidegate-client"]),
    ("webpki-roots", &["tidegate-client"]),
    ("mdns-sd", &["tidegate-cli"]),
    ("notify", &["tidegate-gateway"]),
];

/// Foreign crates that must not be reached from a package, not even through another one.
const ABSENT: &[(&str, &[&str])] = &[
    (
        "tidegate-protocol",
        &[
            "tokio",
            "mio",
            "axum",
            "tungstenite",
            "rusqlite",
            "reqwest",
            "hyper",
        ],
    ),
    (
        "tidegate-core",
        &["axum", "tungstenite", "rusqlite", "reqwest", "hyper"],
    ),
    (
        "tidegate-engine",
        &["axum", "tungstenite", "rusqlite", "reqwest", "hyper"],
    ),
];

/// Packages in the default build of the binary for Linux, ours included (D27).
const MAX_PACKAGES: usize = 410;

pub(crate) fn run(root: &Path) -> Result<()> {
    let metadata = Metadata::read(root)?;
    let mut problems = Vec::new();
    arrows(&metadata, &mut problems);
    rooms(&metadata, &mut problems);
    absences(&metadata, &mut problems);
    let packages = default_build(root)?;
    println!("deps: {packages} packages in the default build for Linux, at most {MAX_PACKAGES}");
    if packages > MAX_PACKAGES {
        problems.push(format!(
            "{packages} packages in the default build, {MAX_PACKAGES} allowed; \
             `cargo tree -p tidegate-cli -e normal,build` shows where they come from"
        ));
    }
    if problems.is_empty() {
        return Ok(());
    }
    bail!(
        "{}\nfix: take the dependency out of that Cargo.toml, and speak through a port of \
         crates/core instead (the rule: ARCHITECTURE.md, the tables: xtask/src/deps.rs)",
        problems.join("\n")
    )
}

/// What a package needs to run or to build, as its `Cargo.toml` says; tests aside.
fn named(package: &Package) -> impl Iterator<Item = &str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind.as_deref() != Some("dev"))
        .map(|dependency| &*dependency.name)
}

fn arrows(metadata: &Metadata, problems: &mut Vec<String>) {
    let ours: BTreeSet<&str> = metadata.members().map(|package| &*package.name).collect();
    for (name, _) in ARROWS {
        if !ours.contains(name) {
            problems.push(format!(
                "{name}: has a row of arrows, but is no package of ours"
            ));
        }
    }
    for package in metadata.members() {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package.name) else {
            problems.push(format!("{}: has no row of arrows", package.name));
            continue;
        };
        for target in named(package).filter(|name| ours.contains(name)) {
            if !allowed.contains(&target) {
                problems.push(format!("{} -> {target}: no such arrow", package.name));
            }
        }
    }
}

fn rooms(metadata: &Metadata, problems: &mut Vec<String>) {
    for package in metadata.members() {
        for (foreign, owners) in ROOMS {
            if named(package).any(|name| name == *foreign) && !owners.contains(&&*package.name) {
                let owners = owners.join(" and ");
                problems.push(format!("{} -> {foreign}: only for {owners}", package.name));
            }
        }
    }
}

fn absences(metadata: &Metadata, problems: &mut Vec<String>) {
    for package in metadata.members() {
        let Some((_, absent)) = ABSENT.iter().find(|(name, _)| *name == package.name) else {
            continue;
        };
        let reached = metadata.reached_from(package);
        for foreign in *absent {
            if reached.contains(foreign) {
                problems.push(format!("{} reaches {foreign}: it must not", package.name));
            }
        }
    }
}

/// How many packages `cargo build` compiles. From `cargo tree`, which resolves the features of
/// the binary alone; metadata mixes in what our tests switch on.
fn default_build(root: &Path) -> Result<usize> {
    let tree = Cmd::new("cargo", root)
        .args([
            "tree",
            "--locked",
            "--package",
            "tidegate-cli",
            "--edges",
            "normal,build",
        ])
        .args(["--target", PLATFORM, "--prefix", "none", "--format", "{p}"])
        .stdout()?;
    let packages: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty())
        .collect();
    Ok(packages.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(packages: &str) -> Metadata {
        serde_json::from_str(packages).unwrap()
    }

    const UPWARD: &str = r#"{
        "packages": [
            {"id": "e", "name": "tidegate-engine", "dependencies": [
                {"name": "tidegate-gateway", "kind": null},
                {"name": "rusqlite", "kind": null},
                {"name": "tidegate-testkit", "kind": "dev"}]},
            {"id": "n", "name": "tidegate-new", "dependencies": []},
            {"id": "t", "name": "tidegate-testkit", "dependencies": []},
            {"id": "h", "name": "helper", "dependencies": []},
            {"id": "x", "name": "reqwest", "dependencies": []}],
        "workspace_members": ["e", "n", "t"],
        "resolve": {"nodes": [
            {"id": "e", "deps": [{"pkg": "h", "dep_kinds": [{"kind": null}]}]},
            {"id": "h", "deps": [{"pkg": "x", "dep_kinds": [{"kind": null}]}]},
            {"id": "n", "deps": []}, {"id": "x", "deps": []}]}}"#;

    #[test]
    fn an_unknown_package_and_a_row_without_one_are_problems() {
        let mut problems = Vec::new();
        arrows(&world(UPWARD), &mut problems);
        assert!(problems.contains(&"tidegate-new: has no row of arrows".to_owned()));
        assert!(
            problems
                .iter()
                .any(|problem| problem.starts_with("tidegate-store: has a row"))
        );
    }

    #[test]
    fn an_arrow_that_points_up_is_a_problem_and_one_of_a_test_is_not() {
        let both = UPWARD.replace("\"tidegate-new\"", "\"tidegate-gateway\"");
        let mut problems = Vec::new();
        arrows(&world(&both), &mut problems);
        assert!(
            problems.contains(&"tidegate-engine -> tidegate-gateway: no such arrow".to_owned())
        );
        assert!(
            !problems
                .iter()
                .any(|problem| problem.contains("testkit:  no such"))
        );
    }

    #[test]
    fn a_foreign_crate_outside_its_room_is_a_problem() {
        let mut problems = Vec::new();
        rooms(&world(UPWARD), &mut problems);
        assert_eq!(
            problems,
            ["tidegate-engine -> rusqlite: only for tidegate-store"]
        );
    }

    #[test]
    fn a_foreign_crate_is_found_behind_another() {
        let mut problems = Vec::new();
        absences(&world(UPWARD), &mut problems);
        assert_eq!(problems, ["tidegate-engine reaches reqwest: it must not"]);
    }
}
