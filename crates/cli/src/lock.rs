//! One gateway for each state directory (F16).
//!
//! The lock is a `flock` on an open file: the kernel lets go of it when the process ends, however
//! it ends, so there is never a stale one to remove. The file says who holds it and on which port it
//! listens; that is believed only while somebody does hold it.

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
    #[error("a gateway is at work already with the state directory {}", state_dir.display())]
    Held {
        /// The state directory.
        state_dir: PathBuf,
        /// Who it is, as it says itself.
        holder: Option<Holder>,
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

/// The gateway that holds a lock, as it says itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holder {
    /// Its process.
    pub(crate) pid: i32,
    /// The port on which it listens; none if it did not say.
    pub(crate) port: Option<u16>,
}

/// The lock, held as long as this lives.
#[derive(Debug)]
pub(crate) struct StateLock {
    _file: File,
}

/// Takes the lock for a gateway that listens on this port, or fails within a tenth of a second.
///
/// # Errors
/// Another gateway holds it.
pub(crate) fn acquire(state_dir: &Path, port: u16) -> Result<StateLock, LockError> {
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
                    holder: read(&mut file),
                });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
    }
    file.set_len(0).map_err(io)?;
    let said = format!("{} {port}\n", std::process::id());
    file.write_all(said.as_bytes()).map_err(io)?;
    Ok(StateLock { _file: file })
}

/// The gateway that holds the lock, if any does.
pub(crate) fn holder(state_dir: &Path) -> Option<Holder> {
    let mut file = OpenOptions::new()
        .read(true)
        .open(state_dir.join(FILE_NAME))
        .ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => read(&mut file),
        _ => None,
    }
}

/// `PID PORT`; older gateways wrote no port.
fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(32).read_to_string(&mut text).ok()?;
    let mut words = text.split_whitespace();
    Some(Holder {
        pid: words.next()?.parse().ok().filter(|pid| *pid > 1)?,
        port: words.next().and_then(|port| port.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;

    const PORT: u16 = 4711;

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
                            let taken = acquire(dir, PORT);
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
            let held = holder(state.path()).unwrap();
            assert_eq!(Ok(held.pid), i32::try_from(std::process::id()));
            assert_eq!(held.port, Some(PORT));
        }
        assert_eq!(holder(state.path()), None);
        std::fs::remove_file(link).unwrap();
    }

    #[test]
    fn a_killed_holder_leaves_nothing_behind() {
        let state = tempfile::tempdir().unwrap();
        let path = state.path().join(FILE_NAME);
        // Without a fork of its own, so that the lock dies with the process that we kill.
        let mut other = std::process::Command::new("flock")
            .arg("-F")
            .arg(&path)
            .args(["sleep", "60"])
            .spawn()
            .unwrap();
        while acquire(state.path(), PORT).is_ok() {
            std::thread::yield_now();
        }
        std::fs::write(&path, "2147483646 4711").unwrap();
        assert!(matches!(
            acquire(state.path(), PORT),
            Err(LockError::Held {
                holder: Some(Holder {
                    port: Some(4711),
                    ..
                }),
                ..
            })
        ));
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(holder(state.path()), None, "what it said is not believed");
        acquire(state.path(), PORT).unwrap();
    }
}
