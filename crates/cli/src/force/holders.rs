//! Who listens on a port.

use std::path::Path;
use std::process::{Command, Stdio};

/// Where lsof is looked for (T51).
const LSOF_PATH: &str =
    "/usr/bin:/usr/sbin:/bin:/sbin:/usr/local/bin:/usr/local/sbin:/opt/homebrew/bin";
/// A process that listens on the port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    /// Its number.
    pub(crate) pid: i32,
    /// Its name.
    pub(crate) command: String,
    /// Its user.
    pub(crate) uid: u32,
}

impl Holder {
    /// Whether it is a gateway of ours.
    pub(crate) fn is_tidegate(&self) -> bool {
        self.command.starts_with("tidegate")
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = if self.is_tidegate() {
            "a Tidegate gateway, "
        } else {
            ""
        };
        write!(
            f,
            "{what}process {} ({})",
            self.pid,
            self.command.escape_debug()
        )
    }
}

/// Who listens on the port: by lsof, else by the lock of the state directory. None without lsof.
pub(crate) fn holders(port: u16, state_dir: &Path) -> Option<Vec<Holder>> {
    let listed = lsof(port);
    if listed.as_ref().is_some_and(|found| !found.is_empty()) {
        return listed;
    }
    // The kernel must say that a program of ours listens there: the gateway of the lock may listen
    // elsewhere.
    let me = rustix::process::geteuid().as_raw();
    let by_lock: Vec<_> = crate::lock::holder(state_dir)
        .map(|held| held.pid)
        .filter(|_| crate::listener::listeners(port).contains(&me))
        .and_then(from_proc)
        .into_iter()
        .collect();
    if by_lock.is_empty() {
        listed
    } else {
        Some(by_lock)
    }
}

fn lsof(port: u16) -> Option<Vec<Holder>> {
    let output = Command::new("lsof")
        .args([
            "-w",
            "-nP",
            &format!("-iTCP:{port}"),
            "-sTCP:LISTEN",
            "-Fpcu",
        ])
        .env("PATH", LSOF_PATH)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    Some(parse(&String::from_utf8_lossy(&output.stdout)))
}

/// Reads `p<pid>`, `c<command>`, `u<uid>` lines; a `p` begins a process.
pub(super) fn parse(text: &str) -> Vec<Holder> {
    let mut found: Vec<Holder> = Vec::new();
    for line in text.lines() {
        let mut chars = line.chars();
        let (kind, rest) = (chars.next(), chars.as_str());
        match (kind, found.last_mut()) {
            (Some('p'), _) => {
                if let Ok(pid) = rest.parse() {
                    found.push(Holder {
                        pid,
                        command: String::new(),
                        uid: u32::MAX,
                    });
                }
            }
            (Some('c'), Some(last)) => rest.clone_into(&mut last.command),
            (Some('u'), Some(last)) => last.uid = rest.parse().unwrap_or(u32::MAX),
            _ => {}
        }
    }
    found
}

/// A process by the files that everybody may read.
pub(super) fn from_proc(pid: i32) -> Option<Holder> {
    let command = std::fs::read_to_string(format!("/proc/{pid}/comm"))
        .ok()?
        .trim()
        .to_owned();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let uid = status.lines().find_map(|line| {
        line.strip_prefix("Uid:")?
            .split_whitespace()
            .nth(1)?
            .parse()
            .ok()
    })?;
    Some(Holder { pid, command, uid })
}
