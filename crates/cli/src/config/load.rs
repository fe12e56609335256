//! From the file, the environment and the arguments to what is in force.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tidegate_core::Secret;
use tidegate_protocol::api::config::ConfigIssue;

use super::accounts::accounts;
use super::env::{self, Environment};
use super::file::{Judged, judge, read};
use super::finding::Finding;
use super::model::{Config, DEV_PORT};
use super::overrides::{ConfigError, Overrides};
pub(crate) use super::paths::state_dir;
use super::paths::{config_path_in, last_good_path};
use super::provenance::{Provenance, Source};
use super::secret_ref::SecretRef;
use super::secrets::{from_file, resolve};
use super::workspaces::{Placed, placed};

/// How the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FileState {
    /// There is none: the defaults are in force.
    Missing,
    /// It is in force.
    Valid,
    /// It is invalid; the last good copy is in force.
    LastKnownGood {
        /// For the first line of the log, `status` and health: key, line and command.
        problem: String,
    },
}

/// Secrets that were found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets {
    /// The shared secret, if one is configured; else the one in the state directory counts.
    pub(crate) token: Option<Secret<String>>,
    /// The password.
    pub(crate) password: Option<Secret<String>>,
    /// Keys of providers, by their name. One that could not be had is missing, with a warning.
    pub(crate) provider_keys: BTreeMap<String, Secret<String>>,
    /// Secrets of channels, by their place such as `channels.mine.token`. One that could not be had
    /// is missing, with a warning.
    pub(crate) channels: BTreeMap<String, Secret<String>>,
}

impl Secrets {
    /// All of them, for the log to leave out.
    pub(crate) fn all(&self) -> Vec<Secret<String>> {
        self.token
            .iter()
            .chain(&self.password)
            .chain(self.provider_keys.values())
            .chain(self.channels.values())
            .cloned()
            .collect()
    }
}

/// What is in force.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    /// The state directory; it may not exist yet.
    pub(crate) state_dir: PathBuf,
    /// The configuration file; it may not exist.
    pub(crate) config_path: PathBuf,
    /// The configuration.
    pub(crate) config: Config,
    /// How the file is.
    pub(crate) source: FileState,
    /// What is wrong with the file.
    pub(crate) issues: Vec<ConfigIssue>,
    /// What is odd about it.
    pub(crate) warnings: Vec<ConfigIssue>,
    /// Where each value came from.
    pub(crate) provenance: Provenance,
    /// Secrets, resolved.
    pub(crate) secrets: Secrets,
    /// The agents' folders, in the order of the configuration; they may not exist yet.
    pub(crate) workspaces: Vec<Placed>,
    /// Whether a first file may be written.
    pub(super) may_write: bool,
    /// The file's text, if it is in force.
    pub(super) text: Option<Secret<String>>,
}

/// Loads the configuration. Writes nothing.
///
/// # Errors
/// The file is invalid and there is no last good copy, or an argument or a variable is of no use.
pub(crate) fn load(overrides: &Overrides) -> Result<Loaded, ConfigError> {
    load_with(overrides, &Environment::of_process())
}

/// The same with an environment of the caller's.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_with(overrides: &Overrides, env: &Environment) -> Result<Loaded, ConfigError> {
    let state_dir = state_dir(overrides, env)?;
    let config_path = config_path_in(overrides, env, &state_dir)?;
    let Chosen {
        source,
        judged,
        text,
    } = choose(&config_path, &state_dir, env)?;
    let last_good = matches!(source, FileState::LastKnownGood { .. });
    let issues = judged.errors.iter().map(Finding::to_issue).collect();
    let config = judged.config.unwrap_or_default();
    // What was judged good has its places.
    let workspaces = placed(&config.agents, env, &state_dir).unwrap_or_default();
    let mut loaded = Loaded {
        provenance: Provenance::of_file(judged.places, last_good),
        warnings: judged.warnings.iter().map(Finding::to_issue).collect(),
        config,
        workspaces,
        secrets: Secrets::default(),
        state_dir,
        config_path,
        source,
        issues,
        may_write: overrides.for_daemon && !overrides.allow_unconfigured,
        text,
    };
    loaded.overlay(overrides, env)?;
    loaded.find_secrets(overrides, env)?;
    Ok(loaded)
}

/// The file that counts.
struct Chosen {
    source: FileState,
    judged: Judged,
    text: Option<Secret<String>>,
}

/// D18: the file if it is good; else the last good copy, loudly; else an error.
fn choose(path: &Path, state_dir: &Path, env: &Environment) -> Result<Chosen, ConfigError> {
    let judged = match read(path) {
        Ok(None) => {
            return Ok(Chosen {
                source: FileState::Missing,
                judged: Judged::default(),
                text: None,
            });
        }
        Ok(Some(text)) => {
            let judged = judge(&text).placed_in(env, state_dir, path);
            if judged.config.is_some() {
                return Ok(Chosen {
                    source: FileState::Valid,
                    judged,
                    text: Some(Secret::new(text)),
                });
            }
            judged
        }
        Err(finding) => Judged {
            errors: vec![finding],
            ..Judged::default()
        },
    };
    let copy = read(&last_good_path(state_dir))
        .ok()
        .flatten()
        .map(|text| judge(&text).placed_in(env, state_dir, path));
    let Some(Judged {
        config: Some(config),
        places,
        ..
    }) = copy
    else {
        return Err(ConfigError::Invalid {
            path: path.to_owned(),
            findings: judged.errors,
        });
    };
    let first = judged
        .errors
        .first()
        .map_or_else(String::new, ToString::to_string);
    let problem = format!(
        "{} is invalid and not used ({first}); the last good copy is in force. Fix it, then run: tidegate config validate",
        path.display()
    );
    let judged = Judged {
        config: Some(config),
        places,
        ..judged
    };
    Ok(Chosen {
        source: FileState::LastKnownGood { problem },
        judged,
        text: None,
    })
}

impl Loaded {
    /// Environment and arguments over the file.
    fn overlay(&mut self, overrides: &Overrides, env: &Environment) -> Result<(), ConfigError> {
        let gateway = &mut self.config.gateway;
        let port_in_file = self.provenance.in_file("gateway.port");
        let mut note = |path: &str, source: Source| self.provenance.put(path, source);
        let port_set = overrides.port.is_some() || env.get(env::PORT).is_some();
        if overrides.profile.as_deref() == Some("dev") && !port_set && !port_in_file {
            gateway.port = DEV_PORT;
            note("gateway.port", Source::Profile("dev".to_owned()));
        }
        if let Some(text) = env.get(env::PORT) {
            gateway.port = text.parse().map_err(|_| {
                ConfigError::Unusable(format!("{}: expected a number from 0 to 65535", env::PORT))
            })?;
            note("gateway.port", Source::Env(env::PORT.to_owned()));
        }
        if let Some((name, _)) = env.first(&env::TOKEN_NAMES) {
            gateway.auth.token = Some(SecretRef::Env(name.to_owned()));
            note("gateway.auth.token", Source::Env(name.to_owned()));
        }
        if let Some(port) = overrides.port {
            gateway.port = port;
            note("gateway.port", Source::Flag("--port"));
        }
        if let Some(bind) = overrides.bind {
            gateway.bind = bind;
            note("gateway.bind", Source::Flag("--bind"));
        }
        if let Some(path) = &overrides.password_file {
            gateway.auth.password = Some(SecretRef::File(path.display().to_string()));
            note("gateway.auth.password", Source::Flag("--password-file"));
        }
        if let Some(path) = &overrides.token_file {
            gateway.auth.token = Some(SecretRef::File(path.display().to_string()));
            note("gateway.auth.token", Source::Flag("--token-file"));
        } else if let Some(token) = &overrides.token {
            gateway.auth.token = Some(SecretRef::Plain(token.clone()));
            note("gateway.auth.token", Source::Flag("--token"));
        }
        Ok(())
    }

    /// A secret of the gateway itself that cannot be had is an error: going on would quietly let
    /// another secret count. A provider's is a warning: the gateway runs, that provider does not.
    fn find_secrets(
        &mut self,
        overrides: &Overrides,
        env: &Environment,
    ) -> Result<(), ConfigError> {
        let auth = &self.config.gateway.auth;
        self.secrets.token = match (&overrides.token_file, &auth.token) {
            (Some(path), _) => Some(from_file("--token-file", path)?),
            (None, Some(reference)) => Some(resolve("gateway.auth.token", reference, env)?),
            (None, None) => None,
        };
        if !overrides.for_daemon {
            return Ok(());
        }
        self.secrets.password = match (&overrides.password_file, &auth.password) {
            (Some(path), _) => Some(from_file("--password-file", path)?),
            (None, Some(reference)) => Some(resolve("gateway.auth.password", reference, env)?),
            (None, None) => None,
        };
        for (name, provider) in &self.config.models.providers {
            let Some(reference) = &provider.api_key else {
                continue;
            };
            let key = format!("models.providers.{name}.apiKey");
            match resolve(&key, reference, env) {
                Ok(secret) => {
                    self.secrets.provider_keys.insert(name.clone(), secret);
                }
                Err(error) => {
                    let message = format!(
                        "{}; this provider is asked without a key, and will probably refuse",
                        error.problem
                    );
                    self.warnings.push(ConfigIssue { path: key, message });
                }
            }
        }
        self.find_channel_secrets(env);
        Ok(())
    }

    /// A channel without its secret waits for its owner; the others run.
    fn find_channel_secrets(&mut self, env: &Environment) {
        for (channel, config) in &self.config.channels {
            for account in accounts(channel, config) {
                if account.config.enabled == Some(false) {
                    continue;
                }
                for (name, reference) in account.config.secrets() {
                    let Some(reference) = reference else { continue };
                    let key = format!("{}.{name}", account.path);
                    match resolve(&key, reference, env) {
                        Ok(secret) => {
                            self.secrets.channels.insert(key, secret);
                        }
                        Err(error) => {
                            let message = format!("{}; this account waits for it", error.problem);
                            self.warnings.push(ConfigIssue { path: key, message });
                        }
                    }
                }
            }
        }
    }
}
