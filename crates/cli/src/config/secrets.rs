//! The one place that turns a reference into the secret. What goes wrong names the key and the
//! place, never the value.

use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use tidegate_core::Secret;

use super::env::Environment;
use super::secret_ref::SecretRef;

/// The longest secret in bytes.
pub(crate) const MAX_BYTES: u64 = 64 * 1024;
/// How long a command may take.
pub(crate) const EXEC_DEADLINE: Duration = Duration::from_secs(5);
/// Where commands are looked for: a path of our own, not the caller's (T51).
const EXEC_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// A secret that could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub(crate) struct SecretError {
    /// The key, or the argument, that asked for it.
    pub(crate) key: String,
    /// What went wrong.
    pub(crate) problem: String,
}

/// Finds a secret.
///
/// # Errors
/// It is not there, empty, too long or not text.
pub(crate) fn resolve(
    key: &str,
    reference: &SecretRef,
    env: &Environment,
) -> Result<Secret<String>, SecretError> {
    let found = match reference {
        SecretRef::Plain(secret) => Ok(secret.clone()),
        SecretRef::Env(name) => match env.get(name) {
            Some(value) => Ok(Secret::new(value)),
            None => Err(format!("the environment variable {name} is not set")),
        },
        SecretRef::File(path) => rooted(path, env).and_then(|path| read_file(&path)),
        SecretRef::Exec(argv) => run(argv, env),
    };
    found
        .and_then(|secret| checked(&secret))
        .map_err(|problem| SecretError {
            key: key.to_owned(),
            problem,
        })
}

/// Reads a secret from a file that an argument names; a pipe will do as well.
///
/// # Errors
/// It is not there, empty, too long or not text.
pub(crate) fn from_file(argument: &str, path: &Path) -> Result<Secret<String>, SecretError> {
    read_file(path)
        .and_then(|secret| checked(&secret))
        .map_err(|problem| SecretError {
            key: argument.to_owned(),
            problem,
        })
}

fn checked(secret: &Secret<String>) -> Result<Secret<String>, String> {
    let text = secret.expose().trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err("the secret is empty".to_owned());
    }
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("the secret has spaces, line breaks or control characters in it".to_owned());
    }
    Ok(Secret::new(text.to_owned()))
}

/// A path that does not depend on the working directory (T52).
fn rooted(path: &str, env: &Environment) -> Result<PathBuf, String> {
    if let Some(rest) = path.strip_prefix("~/") {
        return env
            .home()
            .map(|home| home.join(rest))
            .ok_or_else(|| "HOME is not set".to_owned());
    }
    if path.starts_with('/') {
        return Ok(PathBuf::from(path));
    }
    Err(format!(
        "the path {path} must be absolute, or start with ~/"
    ))
}

fn read_file(path: &Path) -> Result<Secret<String>, String> {
    let shown = path.display();
    let file = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).unwrap_or(0))
        .open(path)
        .map_err(|error| format!("the file {shown} cannot be read: {error}"))?;
    if file.metadata().is_ok_and(|meta| meta.is_dir()) {
        return Err(format!("{shown} is a directory"));
    }
    read_limited(file).map_err(|problem| format!("the file {shown} {problem}"))
}

fn read_limited(source: impl Read) -> Result<Secret<String>, String> {
    let mut bytes = Vec::new();
    source
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("is longer than 64 KiB".to_owned());
    }
    String::from_utf8(bytes)
        .map(Secret::new)
        .map_err(|_| "is not UTF-8 text".to_owned())
}

/// Runs a command: argv only, no shell, an environment of our own, nothing on stdin.
fn run(argv: &[String], env: &Environment) -> Result<Secret<String>, String> {
    let [program, arguments @ ..] = argv else {
        return Err("the command is empty".to_owned());
    };
    if program.contains('/') && !program.starts_with('/') {
        return Err(format!(
            "the program {program} must be an absolute path, or a bare name"
        ));
    }
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", EXEC_PATH)
        .env("LANG", "C.UTF-8")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0);
    if let Some(home) = env.home() {
        command.env("HOME", home);
    }
    let mut child = command
        .spawn()
        .map_err(|error| format!("the command {program} cannot be run: {error}"))?;
    let outcome = output(&mut child);
    stop_group(&child);
    let status = child.wait();
    let secret = outcome.map_err(|problem| format!("the command {program} {problem}"))?;
    match status {
        Ok(status) if status.success() => Ok(secret),
        Ok(status) => Err(format!("the command {program} ended with {status}")),
        Err(error) => Err(format!("the command {program} was lost: {error}")),
    }
}

/// What a child prints, until it closes its output and ends or the deadline is over.
fn output(child: &mut Child) -> Result<Secret<String>, String> {
    let Some(stdout) = child.stdout.take() else {
        return Err("has no output".to_owned());
    };
    let (done, wait) = sync_channel(1);
    // The thread ends with the pipe: the whole group of the child is killed below.
    std::thread::spawn(move || {
        let _ = done.send(read_limited(stdout));
    });
    match wait.recv_timeout(EXEC_DEADLINE) {
        Ok(read) => read,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            Err("took longer than 5 s".to_owned())
        }
    }
}

fn stop_group(child: &Child) {
    let pid = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
}
