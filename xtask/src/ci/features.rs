//! The binary with each chat network alone, and with none: a network is one feature and one line of
//! composition, and nothing else may lean on it.

use anyhow::{Result, ensure};

use super::steps::Stage;
use crate::metadata::Metadata;

const BINARY: &str = "tidegate-cli";
const NETWORKS: &str = "tidegate-channels";

pub(super) fn check(stage: &Stage<'_>) -> Result<()> {
    let metadata = Metadata::read(stage.root)?;
    let networks = networks(&metadata);
    ensure!(
        !networks.is_empty(),
        "{BINARY} has no feature that turns on one of {NETWORKS}"
    );
    build(stage, "")?;
    networks
        .iter()
        .try_for_each(|network| build(stage, network))
}

/// The features of the binary that turn on a network of the same name.
fn networks(metadata: &Metadata) -> Vec<&str> {
    let turns_on = |name: &str, means: &[String]| means.contains(&format!("{NETWORKS}/{name}"));
    metadata
        .members()
        .filter(|package| package.name == BINARY)
        .flat_map(|package| &package.features)
        .filter(|(name, means)| turns_on(name, means))
        .map(|(name, _)| name.as_str())
        .collect()
}

/// Clippy in place of check: what stands unused without a network is a warning, and so an error.
fn build(stage: &Stage<'_>, features: &str) -> Result<()> {
    stage
        .cargo(&["clippy", "--package", BINARY, "--locked", "--quiet"])
        .args(["--no-default-features", "--features", features])
        .args(["--", "-D", "warnings"])
        .run()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_a_feature_that_turns_one_on() {
        let metadata: Metadata = serde_json::from_str(
            r#"{
            "packages": [
                {"id": "c", "name": "tidegate-cli", "dependencies": [], "features": {
                    "default": ["one"],
                    "one": ["tidegate-channels/one"],
                    "other": ["tidegate-gateway/other"],
                    "two": ["tidegate-channels/two"]}},
                {"id": "h", "name": "helper", "dependencies": [], "features": {
                    "three": ["tidegate-channels/three"]}}],
            "workspace_members": ["c"],
            "resolve": {"nodes": []}}"#,
        )
        .unwrap();
        assert_eq!(networks(&metadata), ["one", "two"]);
    }
}
