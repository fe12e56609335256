//! A home of its own for each test.

use std::fs;

use super::super::env::Environment;
use super::super::load::load_with;
use super::super::*;

pub(super) struct Home {
    pub(super) dir: tempfile::TempDir,
}

impl Home {
    pub(super) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(".tidegate")).unwrap();
        Self { dir }
    }

    pub(super) fn state(&self) -> std::path::PathBuf {
        self.dir.path().join(".tidegate")
    }

    pub(super) fn write(&self, text: &str) {
        fs::write(self.state().join("tidegate.json"), text).unwrap();
    }

    pub(super) fn load(
        &self,
        pairs: &[(&str, &str)],
        overrides: &Overrides,
    ) -> Result<Loaded, ConfigError> {
        let mut all = vec![("HOME", self.dir.path().to_str().unwrap())];
        all.extend_from_slice(pairs);
        load_with(overrides, &Environment::of(&all))
    }
}

pub(super) fn daemon() -> Overrides {
    Overrides {
        for_daemon: true,
        ..Overrides::default()
    }
}
