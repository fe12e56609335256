//! Where the state directory and the file are. Nothing here depends on the working directory,
//! unless an argument says so (T52).

use std::path::{Path, PathBuf};

use super::env::{self, Environment};
use super::overrides::{ConfigError, Overrides};

/// Name of the file in the state directory.
const FILE_NAME: &str = "tidegate.json";
/// Name of the copy of the last file with which the daemon started well.
const LAST_GOOD_NAME: &str = "config.last-good.json5";

/// The state directory: argument, profile, environment, default.
///
/// # Errors
/// There is no home directory, or the path depends on the working directory.
pub(crate) fn state_dir(overrides: &Overrides, env: &Environment) -> Result<PathBuf, ConfigError> {
    if let Some(path) = &overrides.state_dir {
        return absolute(path);
    }
    let suffix = match overrides.profile.as_deref() {
        None | Some("default") => String::new(),
        Some(name) => {
            let letters = name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            if name.is_empty() || name.len() > 32 || !letters {
                let message =
                    "--profile: a profile's name has lower-case letters, digits and -, at most 32";
                return Err(ConfigError::Unusable(message.to_owned()));
            }
            format!("-{name}")
        }
    };
    if suffix.is_empty()
        && let Some(path) = env.get(env::STATE_DIR)
    {
        return rooted(env, env::STATE_DIR, &path);
    }
    let home = env.home().ok_or_else(|| {
        ConfigError::Unusable(format!(
            "HOME is not set: set {} to an absolute path",
            env::STATE_DIR
        ))
    })?;
    Ok(home.join(format!(".tidegate{suffix}")))
}

/// The configuration file, whether or not it exists.
///
/// # Errors
/// As [`state_dir`].
pub(crate) fn config_path(overrides: &Overrides) -> Result<PathBuf, ConfigError> {
    let env = Environment::of_process();
    config_path_in(overrides, &env, &state_dir(overrides, &env)?)
}

pub(super) fn config_path_in(
    overrides: &Overrides,
    env: &Environment,
    state_dir: &Path,
) -> Result<PathBuf, ConfigError> {
    match (&overrides.config_path, env.get(env::CONFIG_PATH)) {
        (Some(path), _) => absolute(path),
        (None, Some(path)) => rooted(env, env::CONFIG_PATH, &path),
        (None, None) => Ok(state_dir.join(FILE_NAME)),
    }
}

/// Where the last good copy is.
pub(super) fn last_good_path(state_dir: &Path) -> PathBuf {
    state_dir.join(LAST_GOOD_NAME)
}

fn absolute(path: &Path) -> Result<PathBuf, ConfigError> {
    std::path::absolute(path)
        .map_err(|error| ConfigError::Unusable(format!("{}: {error}", path.display())))
}

fn rooted(env: &Environment, name: &str, path: &str) -> Result<PathBuf, ConfigError> {
    env.rooted(path)
        .ok_or_else(|| ConfigError::Unusable(format!("{name}={path}: must be an absolute path")))
}
