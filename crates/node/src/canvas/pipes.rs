//! Two named pipes in a private folder: one to the browser, one from it.

use std::io;
use std::path::PathBuf;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use tokio::net::unix::pipe::{OpenOptions, Receiver, Sender};

use crate::scratch::Scratch;

/// The pipes, by their paths.
pub(super) struct Pipes {
    /// What the browser reads.
    pub(super) to: PathBuf,
    /// What the browser writes.
    pub(super) from: PathBuf,
}

impl Pipes {
    /// Makes them.
    pub(super) fn make(folder: &Scratch) -> io::Result<Self> {
        let pipe = |name: &str| -> io::Result<PathBuf> {
            let path = folder.join(name);
            mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
            Ok(path)
        };
        Ok(Self {
            to: pipe("to")?,
            from: pipe("from")?,
        })
    }

    /// Our ends. They are open for both directions, so that nobody waits for the browser to open
    /// its own; that it has gone is known from its process.
    pub(super) fn open(&self) -> io::Result<(Sender, Receiver)> {
        let sender = OpenOptions::new().read_write(true).open_sender(&self.to)?;
        let receiver = OpenOptions::new()
            .read_write(true)
            .open_receiver(&self.from)?;
        Ok((sender, receiver))
    }
}
