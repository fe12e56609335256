//! The files that the rules look at.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::shell::Cmd;

/// A text file of the repository.
pub(super) struct Source {
    /// From the root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

/// Made by a program or recorded from one: nobody words or formats it by hand.
const MADE: &[&str] = &[
    "Cargo.lock",
    "clients/ts/src/generated.ts",
    "crates/protocol/gen/",
    "testkit/recordings/",
    "ui/dist/",
    "ui/dist-a2ui/",
];

/// Endings of files that hold code.
const CODE: &[&str] = &[
    "cjs", "css", "html", "js", "mjs", "rs", "sh", "sql", "toml", "ts", "tsx", "yaml", "yml",
];

impl Source {
    #[cfg(test)]
    pub(super) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    pub(super) fn is_made(&self) -> bool {
        self.path.ends_with("package-lock.json")
            || self.path.contains("/fixtures/")
            || MADE.iter().any(|start| self.path.starts_with(start))
    }

    pub(super) fn is_rust(&self) -> bool {
        self.ending() == Some("rs")
    }

    pub(super) fn is_code(&self) -> bool {
        !self.is_made() && self.ending().is_some_and(|ending| CODE.contains(&ending))
    }

    fn ending(&self) -> Option<&str> {
        Path::new(&self.path).extension()?.to_str()
    }
}

/// All text files that are in the repository, or would be with the next `git add --all`.
pub(super) fn sources(root: &Path) -> Result<Vec<Source>> {
    let list = Cmd::new("git", root)
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--deduplicate",
        ])
        .stdout()?;
    let mut sources = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        let file = root.join(path);
        // In the index still, and deleted; or a link, whose target is looked at by itself.
        if !file.symlink_metadata().is_ok_and(|meta| meta.is_file()) {
            continue;
        }
        let bytes = fs::read(&file).with_context(|| format!("cannot read {path}"))?;
        if let Ok(text) = String::from_utf8(bytes)
            && !text.contains('\0')
        {
            sources.push(Source {
                path: path.to_owned(),
                text,
            });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}
