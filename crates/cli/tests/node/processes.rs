//! Processes of this machine, for a test that wants none left. Wardens have an empty environment,
//! so that no mark finds them: they are found as descendants.

use rustix::process::{Pid, Signal, kill_process};

use crate::house::until;

/// A process that cannot be confused with a later one of the same number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Process {
    pid: i32,
    parent: i32,
    state: char,
    /// Ticks since the machine started.
    started: u64,
}

impl Process {
    fn read(pid: i32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // proc_pid_stat(5): behind the name the state is field 3, the parent 4, the start 22.
        let (_, rest) = stat.rsplit_once(')')?;
        let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
        Some(Self {
            pid,
            parent: fields.get(1)?.parse().ok()?,
            state: fields.first()?.chars().next()?,
            started: fields.get(19)?.parse().ok()?,
        })
    }

    /// Whether it is a warden.
    pub(crate) fn is_warden(self) -> bool {
        let line = std::fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        words.any(|word| word == tidegate_exec::warden::WORD.as_bytes())
    }

    /// Whether it still runs. One that only waits to be counted by its parent does not.
    pub(crate) fn lives(self) -> bool {
        let now = Self::read(self.pid);
        now.is_some_and(|now| now.started == self.started && now.state != 'Z')
    }
}

/// Everything below a process that runs.
pub(crate) fn descendants(of: u32) -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let all: Vec<Process> = pids.filter_map(Process::read).collect();
    let mut parents = vec![i32::try_from(of).unwrap()];
    let mut found = Vec::new();
    while let Some(parent) = parents.pop() {
        for process in all.iter().filter(|process| process.parent == parent) {
            parents.push(process.pid);
            found.push(*process);
        }
    }
    found.retain(|process| process.state != 'Z');
    found
}

/// Stops a process where it is, so that it starts no other before it is looked at and killed.
pub(crate) async fn freeze(pid: u32) {
    let pid = i32::try_from(pid).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::STOP).unwrap();
    let is_still = || Process::read(pid).is_some_and(|process| process.state == 'T');
    until("a process that stands still", is_still).await;
}
