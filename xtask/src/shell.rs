//! Starting other programs: one builder, with the environment that `cargo run` adds taken away.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, bail};

/// The folder of the workspace: the nearest one above the current folder that holds `xtask/`.
pub(crate) fn workspace_root() -> Result<PathBuf> {
    let start = std::env::current_dir().context("the current folder is gone")?;
    start
        .ancestors()
        .find(|dir| dir.join("xtask/Cargo.toml").is_file() && dir.join("Cargo.toml").is_file())
        .map(Path::to_path_buf)
        .with_context(|| format!("{} is not inside the workspace", start.display()))
}

/// Where `program` is found in `path` (a value of the variable PATH), if anywhere.
pub(crate) fn find_in_path(program: &str, path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(path)
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
}

/// A program about to be started.
pub(crate) struct Cmd {
    inner: Command,
    line: String,
}

impl Cmd {
    pub(crate) fn new(program: impl AsRef<OsStr>, dir: &Path) -> Self {
        let program = program.as_ref();
        let mut inner = Command::new(program);
        inner.current_dir(dir).stdin(Stdio::null());
        // `cargo run` describes the xtask package to us. Handed on, it would make build scripts
        // that watch these names (ring's does) run again: a rebuild of half the tree.
        for (name, _) in std::env::vars_os() {
            if is_of_the_running_package(&name) {
                inner.env_remove(name);
            }
        }
        Self {
            inner,
            line: program.to_string_lossy().into_owned(),
        }
    }

    pub(crate) fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, args: I) -> Self {
        for arg in args {
            self.line.push(' ');
            self.line.push_str(&arg.as_ref().to_string_lossy());
            self.inner.arg(arg);
        }
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.inner.env(name, value);
        self
    }

    /// Takes our environment away, but for PATH.
    pub(crate) fn only_path(mut self) -> Self {
        self.inner.env_clear();
        if let Some(path) = std::env::var_os("PATH") {
            self.inner.env("PATH", path);
        }
        self
    }

    /// What it says on standard error goes into a file.
    pub(crate) fn errors_to(mut self, path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("cannot make {}", path.display()))?;
        self.inner.stderr(file);
        Ok(self)
    }

    /// Starts it with its standard output in a pipe; the caller ends it.
    pub(crate) fn spawn(mut self) -> Result<Child> {
        self.inner.stdout(Stdio::piped());
        self.inner
            .spawn()
            .with_context(|| format!("cannot start `{}`", self.line))
    }

    /// Runs it and takes both outputs; however it ends.
    pub(crate) fn output(mut self) -> Result<Output> {
        self.inner
            .output()
            .with_context(|| format!("cannot start `{}`", self.line))
    }

    /// Runs it with our own output; anything but success is an error.
    pub(crate) fn run(mut self) -> Result<()> {
        println!("$ {}", self.line);
        let status = self
            .inner
            .status()
            .with_context(|| format!("cannot start `{}`", self.line))?;
        if !status.success() {
            bail!("`{}` ended with {status}", self.line);
        }
        Ok(())
    }

    /// Runs it and takes its standard output; what it says on standard error goes into the error.
    pub(crate) fn stdout(mut self) -> Result<String> {
        let output = self
            .inner
            .output()
            .with_context(|| format!("cannot start `{}`", self.line))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!(
                "`{}` ended with {}: {}",
                self.line,
                output.status,
                said.trim()
            );
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{}` printed no UTF-8", self.line))
    }

    /// Runs it with both outputs in one stream and gives each line to `line`, in order. Says
    /// whether the program ended well: what a failure means is for the caller, who saw the lines.
    pub(crate) fn lines(mut self, mut line: impl FnMut(&str)) -> Result<bool> {
        println!("$ {}", self.line);
        let (reader, writer) = std::io::pipe().context("cannot make a pipe")?;
        let second = writer.try_clone().context("cannot copy a pipe")?;
        self.inner.stdout(writer).stderr(second);
        let mut child = self
            .inner
            .spawn()
            .with_context(|| format!("cannot start `{}`", self.line))?;
        // The builder holds our ends of the pipe: while it lives, the reader never sees the end.
        drop(self.inner);
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes)? > 0 {
            line(String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']));
            bytes.clear();
        }
        Ok(child.wait()?.success())
    }
}

fn is_of_the_running_package(name: &OsString) -> bool {
    let name = name.to_string_lossy();
    ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"]
        .iter()
        .any(|start| name.starts_with(start))
        || matches!(
            &*name,
            "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_both_outputs_arrive_and_the_end_is_told() {
        let dir = std::env::temp_dir();
        let mut seen = Vec::new();
        let good = Cmd::new("sh", &dir)
            .args(["-c", "echo one; echo two >&2; printf three; exit 3"])
            .lines(|line| seen.push(line.to_owned()))
            .unwrap();
        assert!(!good);
        assert_eq!(seen, ["one", "two", "three"]);
    }

    #[test]
    fn what_cargo_says_of_us_is_not_handed_on() {
        // nextest and `cargo test` set CARGO_PKG_NAME for this very process.
        let dir = std::env::temp_dir();
        let seen = Cmd::new("sh", &dir)
            .args(["-c", "echo \"[$CARGO_PKG_NAME]\""])
            .stdout()
            .unwrap();
        assert_eq!(seen, "[]\n");
    }

    #[test]
    fn a_failure_carries_what_the_program_said() {
        let dir = std::env::temp_dir();
        let error = Cmd::new("sh", &dir)
            .args(["-c", "echo because >&2; exit 1"])
            .stdout()
            .unwrap_err();
        assert!(error.to_string().contains("because"), "{error}");
    }
}
