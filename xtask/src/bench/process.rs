//! What Linux tells about a process.

use std::fs;

use anyhow::{Context, Result};

/// CPU time of all its threads so far, in milliseconds; from the scheduler's nanoseconds.
pub(super) fn cpu_ms(pid: u32) -> Result<f64> {
    let mut total = 0.0;
    let threads = fs::read_dir(format!("/proc/{pid}/task")).context("the process is gone")?;
    for thread in threads {
        let text = fs::read_to_string(thread?.path().join("schedstat")).unwrap_or_default();
        let ns: f64 = text
            .split_whitespace()
            .next()
            .and_then(|word| word.parse().ok())
            .unwrap_or_default();
        total += ns / 1e6;
    }
    Ok(total)
}

/// Resident memory, in MiB.
pub(super) fn rss_mib(pid: u32) -> Result<f64> {
    status_mib(pid, "VmRSS:")
}

/// Resident memory that is the process's own, in MiB: without the pages of files, which come and go
/// with what else the machine does.
pub(crate) fn own_mib(pid: u32) -> Result<f64> {
    status_mib(pid, "RssAnon:")
}

/// The most that was resident since the start or the last reset, in MiB.
pub(crate) fn peak_mib(pid: u32) -> Result<f64> {
    status_mib(pid, "VmHWM:")
}

/// Lets the peak begin anew, and gives where it begins.
pub(super) fn reset_peak(pid: u32) -> Result<f64> {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").context("the peak cannot be reset")?;
    peak_mib(pid)
}

fn status_mib(pid: u32, name: &str) -> Result<f64> {
    let status =
        fs::read_to_string(format!("/proc/{pid}/status")).context("the process is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib: f64 = line
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|word| word.parse().ok())
        .with_context(|| format!("the status tells no {name}"))?;
    Ok(kib / 1024.0)
}

/// The three load averages.
pub(super) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Processor, kernel and memory of this machine.
pub(super) fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let value = text
            .lines()
            .find(|line| line.starts_with(name))
            .and_then(|line| line.split_once(':'));
        value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
    };
    let cpu = read("/proc/cpuinfo");
    let cores = cpu
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    let kib: u64 = field(&read("/proc/meminfo"), "MemTotal")
        .split_whitespace()
        .next()
        .and_then(|word| word.parse().ok())
        .unwrap_or_default();
    format!(
        "{cores} cores of {}, {} GiB, Linux {}",
        field(&cpu, "model name"),
        kib.div_ceil(1024 * 1024),
        read("/proc/sys/kernel/osrelease").trim()
    )
}
