//! The folder of canvases: open to the agents' tools, so nothing of the gateway's own may be in it.

use std::path::{Path, PathBuf};

use super::env::Environment;
use super::model::Config;
use super::placed::real;

/// The folder of canvases in the state directory.
const FOLDER: &str = "canvas";
/// Where it is configured.
pub(super) const KEY: &str = "canvasHost.root";

/// Where canvases are kept. Whether it may be there is judged by [`judge`].
pub(crate) fn canvas_root(config: &Config, env: &Environment, state_dir: &Path) -> PathBuf {
    let named = config.canvas_host.root.as_deref();
    let named = named.and_then(|root| env.rooted(root));
    named.unwrap_or_else(|| state_dir.join(FOLDER))
}

/// Whether nothing of the gateway's own is there.
///
/// # Errors
/// It is: with what to do.
pub(super) fn judge(config: &Config, env: &Environment, state_dir: &Path) -> Result<(), String> {
    let root = real(&canvas_root(config, env, state_dir));
    let state = real(state_dir);
    let among = root.starts_with(&state) && !root.starts_with(state.join(FOLDER));
    if among || state.starts_with(&root) {
        return Err(format!(
            "the gateway's own files are there, and agents write in it: name a folder of its own, or one below {}",
            state_dir.join(FOLDER).display()
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_clear_of_the_gateways_own_files() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state");
        for (root, good) in [
            (None, true),
            (Some("state/canvas"), true),
            (Some("state/canvas/more"), true),
            (Some("pages"), true),
            (Some("state"), false),
            (Some("state/secrets"), false),
            (Some(""), false),
        ] {
            let root = root.map(|root| home.path().join(root));
            let config = json!({ "canvasHost": { "root": root } });
            let config = serde_json::from_value(config).unwrap();
            let judged = judge(&config, &Environment::of_process(), &state);
            assert_eq!(judged.is_ok(), good, "{root:?}: {judged:?}");
        }
    }
}
