//! Processes of this machine, as `/proc` shows them, and the end of those that are ours.
//!
//! A number may be given to another process at any time, so a signal goes through a pidfd, and only
//! if after opening it the process still is the one that was found (SECURITY T54).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A process that cannot be confused with a later one of the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    parent: i32,
    /// Ticks since the machine started.
    started: u64,
}

/// All descendants of a process, children first, without itself.
pub(crate) fn descendants(of: i32) -> Vec<Process> {
    let mut children: BTreeMap<i32, Vec<Process>> = BTreeMap::new();
    for process in all() {
        children.entry(process.parent).or_default().push(process);
    }
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([of]);
    let mut parents = vec![of];
    while let Some(parent) = parents.pop() {
        for child in children.remove(&parent).unwrap_or_default() {
            if seen.insert(child.pid) {
                parents.push(child.pid);
                found.push(child);
            }
        }
    }
    found
}

/// All processes that were started with this in their environment.
pub(crate) fn marked(variable: &str) -> Vec<Process> {
    let has = |process: &Process| {
        fs::read(format!("/proc/{}/environ", process.pid)).is_ok_and(|all| {
            all.split(|byte| *byte == 0)
                .any(|one| one == variable.as_bytes())
        })
    };
    all().filter(has).collect()
}

/// Sends a signal, if the process is still the one that was found. Whether it was sent.
pub(crate) fn signal(process: Process, signal: Signal) -> bool {
    let Some(pid) = Pid::from_raw(process.pid) else {
        return false;
    };
    let Ok(handle) = pidfd_open(pid, PidfdFlags::empty()) else {
        return false;
    };
    let same = read(process.pid).is_some_and(|now| now.started == process.started);
    same && pidfd_send_signal(&handle, signal).is_ok()
}

fn all() -> impl Iterator<Item = Process> {
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(read)
}

fn read(pid: i32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    parse(pid, &stat)
}

/// The name in brackets may hold anything, brackets too: what counts is behind the last one.
fn parse(pid: i32, stat: &str) -> Option<Process> {
    let (_, rest) = stat.rsplit_once(')')?;
    // proc_pid_stat(5): the state is field 3, the parent 4, the start 22.
    let mut fields = rest.split_ascii_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    let started = fields.nth(17)?.parse().ok()?;
    Some(Process {
        pid,
        parent,
        started,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_hides_nothing() {
        let stat = "7 (a) S 1 (b) S 42 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 991 1 2";
        assert_eq!(
            parse(7, stat),
            Some(Process {
                pid: 7,
                parent: 42,
                started: 991
            })
        );
        assert_eq!(parse(7, ""), None);
        assert_eq!(parse(7, "7 (a) S"), None);
    }

    #[test]
    fn another_process_with_the_number_is_left_alone() {
        let me = i32::try_from(std::process::id()).unwrap();
        let mine = read(me).unwrap();
        let stale = Process {
            started: mine.started - 1,
            ..mine
        };
        // Were it sent, this test would be over.
        assert!(!signal(stale, Signal::KILL));
    }

    #[test]
    fn children_are_found() {
        let mut child = std::process::Command::new("/bin/cat")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let me = i32::try_from(std::process::id()).unwrap();
        let found = descendants(me)
            .into_iter()
            .find(|process| process.pid == pid)
            .unwrap();
        assert!(signal(found, Signal::KILL));
        child.wait().unwrap();
        assert!(!signal(found, Signal::KILL));
    }
}
