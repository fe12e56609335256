//! Where folders really are, and the configuration judged by that.

use std::path::{Path, PathBuf};

use super::env::Environment;
use super::file::Judged;
use super::finding::Finding;
use super::model::Config;
use super::{canvas_root, workspaces};

const WITH_ITSELF: &str =
    "this file itself is there, and agents write in it: name a folder of its own, or move the file";

/// The path without links, as far as it exists.
pub(super) fn real(path: &Path) -> PathBuf {
    for above in path.ancestors() {
        if let (Ok(known), Ok(rest)) = (above.canonicalize(), path.strip_prefix(above)) {
            return known.join(rest);
        }
    }
    path.to_owned()
}

/// The folders that cannot be where they are: each with its key and what to do.
fn misplaced(
    config: &Config,
    env: &Environment,
    state_dir: &Path,
    file: &Path,
) -> Vec<(String, String)> {
    let canvases = canvas_root::canvas_root(config, env, state_dir);
    let mut wrong = Vec::new();
    let mut open = vec![(canvas_root::KEY.to_owned(), canvases)];
    match workspaces::placed(&config.agents, env, state_dir) {
        Ok(placed) => open.extend(
            placed
                .into_iter()
                .filter_map(|one| Some((one.key?, one.dir))),
        ),
        Err(found) => wrong.extend(found),
    }
    if let Err(message) = canvas_root::judge(config, env, state_dir) {
        wrong.push((canvas_root::KEY.into(), message));
    }
    let file = real(file);
    open.retain(|(key, dir)| {
        file.starts_with(real(dir)) && !wrong.iter().any(|(known, _)| known == key)
    });
    wrong.extend(open.into_iter().map(|(key, _)| (key, WITH_ITSELF.into())));
    wrong
}

impl Judged {
    /// Judged once more where it counts: by the home, the state directory, and the file's own place.
    pub(crate) fn placed_in(mut self, env: &Environment, state_dir: &Path, file: &Path) -> Self {
        let Some(config) = &self.config else {
            return self;
        };
        for (path, message) in misplaced(config, env, state_dir, file) {
            let at = self.nearest_place(&path);
            self.errors.push(Finding { path, message, at });
            self.config = None;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_folder_that_is_open_to_agents_holds_the_file() {
        let home = tempfile::tempdir().unwrap();
        let (state, file) = (home.path().join("state"), home.path().join("etc/own.json"));
        let own = |key: &str, dir: &str| {
            let dir = home.path().join(dir);
            let config = match key {
                canvas_root::KEY => json!({ "canvasHost": { "root": dir } }),
                _ => json!({ "agents": { "defaults": { "workspace": dir } } }),
            };
            misplaced(
                &serde_json::from_value(config).unwrap(),
                &Environment::of_process(),
                &state,
                &file,
            )
        };
        for key in [canvas_root::KEY, "agents.defaults.workspace"] {
            assert_eq!(own(key, "pages"), []);
            assert_eq!(own(key, "etc/pages"), []);
            assert_eq!(own(key, "etc"), [(key.to_owned(), WITH_ITSELF.to_owned())]);
        }
    }
}
