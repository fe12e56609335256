//! One gateway for each state directory (F16).
//!
//! The lock is a `flock` on an open file: the kernel lets go of it when the process ends, however
//! it ends, so there is never a stale one to remove. The number in the file is only for messages.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Name of the file in the state directory.
const FILE_NAME: &str = "gateway.lock";

/// Longer than [`holder`] holds the lock.
const GLANCE: Duration = Duration::from_millis(20);

/// Why the lock was not taken. Always exit code 78.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LockError {
    /// Another gateway holds it.
    #[error("a gateway is at work already with the state directory {}{}\nto talk to it: tidegate gateway health; for a second one: tidegate gateway --profile NAME", state_dir.display(), pid_text(*pid))]
    Held {
        /// The state directory.
        state_dir: PathBuf,
        /// Its process, as it says itself.
        pid: Option<i32>,
    },
    /// The file cannot be opened or locked.
    #[error("the lock {} cannot be taken: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

fn pid_text(pid: Option<i32>) -> String {
    pid.map_or_else(String::new, |pid| format!(" (process {pid})"))
}

/// The lock, held as long as this lives.
#[derive(Debug)]
pub(crate) struct StateLock {
    _file: File,
}

/// Takes the lock, or fails within a tenth of a second.
///
/// # Errors
/// Another gateway holds it.
pub(crate) fn acquire(state_dir: &Path) -> Result<StateLock, LockError> {
    let path = state_dir.join(FILE_NAME);
    let io = |source| LockError::Io {
        path: path.clone(),
        source,
    };
    let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .custom_flags(nofollow)
        .open(&path)
        .map_err(io)?;
    let mut tries_left = 3;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            // Somebody may only be looking, see `holder`.
            Err(TryLockError::WouldBlock) if tries_left > 0 => {
                tries_left -= 1;
                std::thread::park_timeout(GLANCE);
            }
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Held {
                    state_dir: state_dir.to_owned(),
                    pid: read_pid(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
    }
    file.set_len(0).map_err(io)?;
    writeln!(file, "{}", std::process::id()).map_err(io)?;
    Ok(StateLock { _file: file })
}

/// The process that holds the lock, if any does.
pub(crate) fn holder(state_dir: &Path) -> Option<i32> {
    let mut file = OpenOptions::new()
        .read(true)
        .open(state_dir.join(FILE_NAME))
        .ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read_pid(&mut file),
        _ => None,
    }
}

fn read_pid(file: &mut File) -> Option<i32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok().filter(|pid| *pid > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    #[test]
    fn one_of_twenty_wins_each_time() {
        let state = tempfile::tempdir().unwrap();
        let link = state.path().with_extension("link");
        std::os::unix::fs::symlink(state.path(), &link).unwrap();
        for _ in 0..25 {
            let barrier = Barrier::new(20);
            let kept: Vec<_> = std::thread::scope(|scope| {
                let threads: Vec<_> = (0..20)
                    .map(|i| {
                        let (barrier, dir) = (
                            &barrier,
                            if i % 2 == 0 {
                                state.path()
                            } else {
                                link.as_path()
                            },
                        );
                        scope.spawn(move || {
                            barrier.wait();
                            let taken = acquire(dir);
                            barrier.wait();
                            taken.ok()
                        })
                    })
                    .collect();
                threads
                    .into_iter()
                    .filter_map(|thread| thread.join().unwrap())
                    .collect()
            });
            assert_eq!(kept.len(), 1);
            assert_eq!(holder(state.path()), i32::try_from(std::process::id()).ok());
        }
        assert_eq!(holder(state.path()), None);
        std::fs::remove_file(link).unwrap();
    }

    #[test]
    fn a_killed_holder_leaves_nothing_behind() {
        let state = tempfile::tempdir().unwrap();
        let path = state.path().join(FILE_NAME);
        // Without a fork of its own, so that the lock dies with the process that we kill.
        let mut holder = std::process::Command::new("flock")
            .arg("-F")
            .arg(&path)
            .args(["sleep", "60"])
            .spawn()
            .unwrap();
        while acquire(state.path()).is_ok() {
            std::thread::yield_now();
        }
        assert!(matches!(acquire(state.path()), Err(LockError::Held { .. })));
        holder.kill().unwrap();
        holder.wait().unwrap();
        acquire(state.path()).unwrap();
    }
}
