//! The folder of the node: `node` in the state directory, 0700, with its key, its tokens, its rules
//! for programs, its configuration and its status. One process at a time.

mod lock;

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tidegate_client::private_file;
use tidegate_client::{DeviceIdentity, TokenCache};

use crate::config::{GatewayConfig, HostConfig};
use crate::status::Status;

pub(crate) use lock::Lock;

const CONFIG: &str = "node.json";
const STATUS: &str = "status.json";
const APPROVALS: &str = "exec-approvals.json";
const SCRATCH: &str = "scratch";

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// It cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Somebody else owns it.
    #[error("{} belongs to another user", .0.display())]
    Foreign(PathBuf),
    /// Another node host has it.
    #[error("another node host runs here (see `tidegate node status`)")]
    Taken,
    /// The configuration makes no sense.
    #[error("{}: {why}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

/// The folder.
#[derive(Debug, Clone)]
pub struct Home {
    state_dir: PathBuf,
    path: PathBuf,
}

impl Home {
    /// The node's folder in this state directory, made if it is not there.
    ///
    /// # Errors
    /// It cannot be made ours alone.
    pub fn in_state_dir(state_dir: &Path) -> Result<Self, HomeError> {
        let home = Self {
            state_dir: state_dir.to_owned(),
            path: state_dir.join("node"),
        };
        home.prepare()?;
        Ok(home)
    }

    /// The node's folder in this state directory, if a node ever was here. Nothing is made.
    ///
    /// # Errors
    /// It is there, and cannot be made ours alone.
    pub fn find(state_dir: &Path) -> Result<Option<Self>, HomeError> {
        let is_there = state_dir.join("node").is_dir();
        is_there.then(|| Self::in_state_dir(state_dir)).transpose()
    }

    fn prepare(&self) -> Result<(), HomeError> {
        let bad = |source| self.bad(&self.path, source);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.path)
            .map_err(bad)?;
        let meta = std::fs::metadata(&self.path).map_err(bad)?;
        if meta.uid() != rustix::process::geteuid().as_raw() {
            return Err(HomeError::Foreign(self.path.clone()));
        }
        if meta.mode() & 0o077 != 0 {
            let private = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(&self.path, private).map_err(bad)?;
        }
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The state directory that it is in: that of a gateway too, if the same user runs one here.
    pub(crate) fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.path.join(CONFIG)
    }

    /// The rules for programs.
    pub(crate) fn approvals_file(&self) -> PathBuf {
        self.path.join(APPROVALS)
    }

    /// Where work in progress lies.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.path.join(SCRATCH)
    }

    /// What the owner wrote; the default if there is no file.
    ///
    /// # Errors
    /// It cannot be read, others can read it, or it makes no sense.
    pub fn config(&self) -> Result<HostConfig, HomeError> {
        let path = self.config_file();
        let text = private_file::read(&path).map_err(|source| self.bad(&path, source))?;
        HostConfig::from_text(text.as_deref().unwrap_or("{}"))
            .map_err(|why| HomeError::Config { path, why })
    }

    /// Notes which gateway this is a node of; the rest of the file stays as it is.
    ///
    /// # Errors
    /// The file makes no sense, or cannot be written.
    pub fn set_gateway(&self, gateway: GatewayConfig) -> Result<(), HomeError> {
        let mut config = self.config()?;
        config.gateway = Some(gateway);
        let path = self.config_file();
        let text = serde_json::to_string_pretty(&config)
            .map_err(|why| self.bad(&path, io::Error::other(why)))?;
        private_file::replace(&path, &(text + "\n")).map_err(|source| self.bad(&path, source))
    }

    /// The key of this node, made if there is none.
    ///
    /// # Errors
    /// The file is damaged, others can read it, or it cannot be written.
    pub fn identity(&self) -> Result<DeviceIdentity, HomeError> {
        DeviceIdentity::load_or_create(&self.path)
            .map_err(|source| self.bad(&self.path.join(tidegate_client::identity::FILE), source))
    }

    /// The tokens that gateways gave to this node.
    pub fn tokens(&self) -> TokenCache {
        TokenCache::in_state_dir(&self.path)
    }

    /// What the node host that runs here says of itself; `None` if none runs.
    ///
    /// # Errors
    /// The files cannot be read.
    pub fn status(&self) -> Result<Option<Status>, HomeError> {
        if !self.is_taken()? {
            return Ok(None);
        }
        self.last_status()
    }

    /// What the last node host here said of itself, whether it still runs or not.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_status(&self) -> Result<Option<Status>, HomeError> {
        let path = self.path.join(STATUS);
        let text = private_file::read(&path).map_err(|source| self.bad(&path, source))?;
        let status = text.as_deref().map(serde_json::from_str).transpose();
        status.map_err(|why| self.bad(&path, io::Error::other(why)))
    }

    /// Tells everybody who may read here.
    pub(crate) fn tell_status(&self, status: &Status) -> io::Result<()> {
        let text = serde_json::to_string_pretty(status).map_err(io::Error::other)?;
        private_file::replace(&self.path.join(STATUS), &(text + "\n"))
    }

    #[expect(
        clippy::unused_self,
        reason = "reads as what it is: an error of this home"
    )]
    fn bad(&self, path: &Path, source: io::Error) -> HomeError {
        HomeError::Io {
            path: path.to_owned(),
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::lock::LOCK;
    use super::*;

    #[test]
    fn the_folder_is_ours_alone_and_has_one_host() {
        let state = tempfile::tempdir().unwrap();
        let home = Home::in_state_dir(state.path()).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().mode() & 0o777;
        assert_eq!(mode(home.path()), 0o700);
        std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o755)).unwrap();
        Home::in_state_dir(state.path()).unwrap();
        assert_eq!(mode(home.path()), 0o700);

        assert_eq!(home.status().unwrap(), None);
        let lock = home.lock().unwrap();
        assert!(matches!(home.lock(), Err(HomeError::Taken)));
        let status = Status::new("device", vec!["system.which".into()]);
        home.tell_status(&status).unwrap();
        assert_eq!(home.status().unwrap(), Some(status));
        drop(lock);
        assert_eq!(home.status().unwrap(), None, "a dead host says nothing");
        let last = home.last_status().unwrap().unwrap();
        assert_eq!(last.device_id, "device", "but what it said is there");
        for name in [STATUS, LOCK] {
            assert_eq!(mode(&home.path().join(name)), 0o600, "{name}");
        }
    }

    #[test]
    fn the_gateway_is_noted_and_the_rest_stays() {
        let state = tempfile::tempdir().unwrap();
        let home = Home::in_state_dir(state.path()).unwrap();
        let text = r#"{"displayName": "attic", "folders": [{"name": "a", "path": "/a"}]}"#;
        private_file::replace(&home.config_file(), text).unwrap();
        let gateway = GatewayConfig {
            url: "ws://127.0.0.1:1".into(),
            tls_fingerprint: None,
        };
        home.set_gateway(gateway.clone()).unwrap();
        let config = home.config().unwrap();
        assert_eq!(config.gateway, Some(gateway));
        assert_eq!(config.display_name.as_deref(), Some("attic"));
        assert_eq!(config.folders.len(), 1);
        std::fs::set_permissions(home.config_file(), PermissionsExt::from_mode(0o644)).unwrap();
        assert!(home.config().is_err(), "others could have written it");
    }
}
