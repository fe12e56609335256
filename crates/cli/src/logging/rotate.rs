//! A log file that is replaced at midnight (UTC) and when it is full, and old ones that go.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tidegate_core::Clock;

/// A file that is full is put aside.
const MAX_FILE_BYTES: u64 = 10 * 1024 * 1024;
/// Files that are kept, the current one among them.
const KEEP_FILES: usize = 14;
/// Bytes that are kept in all.
const KEEP_BYTES: u64 = 100 * 1024 * 1024;

/// Where the file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// `tidegate-<date>.log` in this directory.
    Daily(PathBuf),
    /// This file; older ones get date and number behind their name.
    File(PathBuf),
}

impl Target {
    fn current(&self, date: &str) -> PathBuf {
        match self {
            Self::Daily(directory) => directory.join(format!("tidegate-{date}.log")),
            Self::File(path) => path.clone(),
        }
    }

    fn aside(&self, date: &str, number: u32) -> PathBuf {
        match self {
            Self::Daily(directory) => directory.join(format!("tidegate-{date}.{number}.log")),
            Self::File(path) => {
                let mut name = path.file_name().unwrap_or_default().to_os_string();
                name.push(format!(".{date}.{number}"));
                path.with_file_name(name)
            }
        }
    }

    fn is_ours(&self, name: &str) -> bool {
        match self {
            Self::Daily(_) => {
                name.starts_with("tidegate-")
                    && Path::new(name).extension().is_some_and(|e| e == "log")
            }
            Self::File(path) => path
                .file_name()
                .and_then(|own| own.to_str())
                .and_then(|own| name.strip_prefix(own))
                .is_some_and(|rest| {
                    rest.is_empty() || (rest.len() >= 13 && rest.starts_with(".2"))
                }),
        }
    }
}

pub(super) struct Rotating {
    target: Target,
    clock: Arc<dyn Clock>,
    shown: Arc<Mutex<PathBuf>>,
    date: String,
    file: Option<File>,
    bytes: u64,
    max_bytes: u64,
}

impl Rotating {
    /// Opens the file; the path follows it.
    pub(super) fn open(
        target: Target,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<(Self, Arc<Mutex<PathBuf>>)> {
        let date = date(clock.as_ref());
        let shown = Arc::new(Mutex::new(target.current(&date)));
        let path = Arc::clone(&shown);
        let mut rotating = Self {
            target,
            clock,
            shown,
            date,
            file: None,
            bytes: 0,
            max_bytes: MAX_FILE_BYTES,
        };
        rotating.reopen()?;
        rotating.prune();
        Ok((rotating, path))
    }

    /// Writes a line. A disk that is full loses it: there is nowhere to say so.
    pub(super) fn write(&mut self, line: &[u8]) {
        let today = date(self.clock.as_ref());
        if today != self.date {
            if matches!(self.target, Target::File(_)) {
                self.put_aside();
            }
            self.date = today;
            self.file = None;
        } else if self.bytes > 0 && self.bytes + line.len() as u64 > self.max_bytes {
            self.put_aside();
            self.file = None;
        }
        if self.file.is_none() {
            if self.reopen().is_err() {
                return;
            }
            self.prune();
        }
        if let Some(file) = &mut self.file
            && file.write_all(line).is_ok()
        {
            self.bytes += line.len() as u64;
        }
    }

    fn put_aside(&self) {
        let current = self.target.current(&self.date);
        let free = (1..10_000)
            .map(|number| self.target.aside(&self.date, number))
            .find(|path| !path.exists());
        if let Some(free) = free {
            let _ = std::fs::rename(current, free);
        }
    }

    fn reopen(&mut self) -> std::io::Result<()> {
        let path = self.target.current(&self.date);
        let nofollow = i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0);
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .custom_flags(nofollow)
            .open(&path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        self.bytes = file.metadata()?.len();
        self.file = Some(file);
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = path;
        Ok(())
    }

    /// Removes what is too old or too much. The current file stays.
    fn prune(&self) {
        let current = self.target.current(&self.date);
        let Some(directory) = current.parent() else {
            return;
        };
        let mut old: Vec<(SystemTime, PathBuf, u64)> = std::fs::read_dir(directory)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
            .filter(|entry| {
                entry
                    .file_name()
                    .to_str()
                    .is_some_and(|name| self.target.is_ours(name))
            })
            .filter(|entry| entry.path() != current)
            .filter_map(|entry| {
                let meta = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
                Some((meta.modified().ok()?, entry.path(), meta.len()))
            })
            .collect();
        old.sort_unstable_by(|a, b| b.cmp(a));
        let mut bytes = self.max_bytes;
        for (i, (_, path, len)) in old.iter().enumerate() {
            bytes += len;
            if i + 1 >= KEEP_FILES || bytes > KEEP_BYTES {
                let _ = std::fs::remove_file(path);
            }
        }
    }
}

fn date(clock: &dyn Clock) -> String {
    let ms = i64::try_from(clock.now_ms()).unwrap_or(0);
    jiff::Timestamp::from_millisecond(ms)
        .unwrap_or_default()
        .strftime("%Y-%m-%d")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::ManualClock;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(directory)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn by_date_and_by_size_and_only_so_many() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(1_700_000_000_000));
        let (mut log, path) =
            Rotating::open(Target::Daily(dir.path().to_owned()), clock.clone()).unwrap();
        log.max_bytes = 10;
        log.write(b"12345678\n");
        log.write(b"12345678\n");
        assert_eq!(
            names(dir.path()),
            ["tidegate-2023-11-14.1.log", "tidegate-2023-11-14.log"]
        );
        clock.advance_ms(86_400_000);
        log.write(b"tomorrow\n");
        assert!(path.lock().unwrap().ends_with("tidegate-2023-11-15.log"));
        for _ in 0..40 {
            log.write(b"12345678\n");
        }
        assert_eq!(names(dir.path()).len(), KEEP_FILES);
        std::fs::write(dir.path().join("notes.txt"), "not ours").unwrap();
        log.write(b"12345678\n");
        assert!(names(dir.path()).contains(&"notes.txt".to_owned()));
        let mode = std::fs::metadata(&*path.lock().unwrap())
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(mode, 0o600);
    }

    #[test]
    fn a_file_of_the_users_choice() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(1_700_000_000_000));
        let (mut log, _) =
            Rotating::open(Target::File(dir.path().join("my.log")), clock.clone()).unwrap();
        log.write(b"one\n");
        clock.advance_ms(86_400_000);
        log.write(b"two\n");
        assert_eq!(names(dir.path()), ["my.log", "my.log.2023-11-14.1"]);
        assert_eq!(std::fs::read(dir.path().join("my.log")).unwrap(), b"two\n");
    }
}
