//! A bounded queue and a thread behind it: logging never waits for a disk or a terminal.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use tidegate_core::Secret;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tracing_subscriber::fmt::MakeWriter;

use crate::config::secret_ref::REDACTED;

/// Lines that may wait: some seconds of a busy gateway, at most 64 MiB together.
const QUEUE_LINES: usize = 4096;
/// The longest line in bytes; a longer one is dropped and counted.
const MAX_LINE_BYTES: usize = 16 * 1024;
/// Shorter ones would cut holes into ordinary words.
const MIN_SECRET_BYTES: usize = 8;

enum Item {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

/// Secrets that are cut out of every line.
#[derive(Clone, Default)]
pub(super) struct Scrub(Arc<[Secret<String>]>);

impl Scrub {
    pub(super) fn new(secrets: Vec<Secret<String>>) -> Self {
        Self(
            secrets
                .into_iter()
                .filter(|secret| secret.expose().len() >= MIN_SECRET_BYTES)
                .collect(),
        )
    }

    fn clean(&self, line: Vec<u8>) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(&line) else {
            return line;
        };
        if !self
            .0
            .iter()
            .any(|secret| text.contains(secret.expose().as_str()))
        {
            return line;
        }
        let mut clean = text.to_owned();
        for secret in self.0.iter() {
            clean = clean.replace(secret.expose().as_str(), REDACTED);
        }
        clean.into_bytes()
    }
}

/// The near end of the queue. Tokio's takes memory as lines come, the standard library's (128 KiB)
/// at once.
#[derive(Clone)]
pub(super) struct Sink {
    queue: Sender<Item>,
    waiting: Arc<AtomicU64>,
    total: Arc<AtomicU64>,
}

impl Sink {
    /// Starts the thread. `note` makes the line that tells how many were dropped.
    pub(super) fn spawn(
        name: &str,
        scrub: Scrub,
        write: impl FnMut(&[u8]) + Send + 'static,
        note: fn(u64) -> Vec<u8>,
    ) -> io::Result<Self> {
        let (queue, lines) = channel(QUEUE_LINES);
        let sink = Self {
            queue,
            waiting: Arc::default(),
            total: Arc::default(),
        };
        let waiting = Arc::clone(&sink.waiting);
        // Ends when the last sender is gone; nobody waits for it, see `flush`.
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || drain(lines, &scrub, write, note, &waiting))?;
        Ok(sink)
    }

    fn put(&self, line: &[u8]) {
        let fits = line.len() <= MAX_LINE_BYTES;
        if !fits || self.queue.try_send(Item::Line(line.to_vec())).is_err() {
            self.waiting.fetch_add(1, Ordering::Relaxed);
            self.total.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn dropped(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    pub(super) fn flush(&self, wait: Duration) {
        let (done, written) = sync_channel(1);
        if self.queue.try_send(Item::Flush(done)).is_ok() {
            let _ = written.recv_timeout(wait);
        }
    }
}

fn drain(
    mut lines: Receiver<Item>,
    scrub: &Scrub,
    mut write: impl FnMut(&[u8]),
    note: fn(u64) -> Vec<u8>,
    waiting: &AtomicU64,
) {
    while let Some(item) = lines.blocking_recv() {
        match item {
            Item::Line(line) => write(&scrub.clean(line)),
            Item::Flush(done) => drop(done.try_send(())),
        }
        let dropped = waiting.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            write(&note(dropped));
        }
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(self)
    }
}

/// One line on its way: the formatter writes it in one piece.
pub(super) struct Line<'a>(&'a Sink);

impl io::Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.put(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn a_stuck_writer_stops_nobody_and_drops_are_told() {
        let gate = Arc::new(Mutex::new(()));
        let written = Arc::new(Mutex::new(Vec::new()));
        let closed = gate.lock().unwrap();
        let (inner_gate, inner_written) = (Arc::clone(&gate), Arc::clone(&written));
        let write = move |line: &[u8]| {
            drop(inner_gate.lock());
            inner_written
                .lock()
                .unwrap()
                .push(String::from_utf8_lossy(line).into_owned());
        };
        let sink = Sink::spawn("t", Scrub::default(), write, |n| {
            format!("dropped {n}").into_bytes()
        })
        .unwrap();
        for _ in 0..QUEUE_LINES + 100 {
            sink.put(b"x");
        }
        sink.put(&vec![b'x'; MAX_LINE_BYTES + 1]);
        let dropped = sink.dropped();
        assert!((100..=101).contains(&dropped), "{dropped}");
        drop(closed);
        while !written
            .lock()
            .unwrap()
            .iter()
            .any(|line| *line == format!("dropped {dropped}"))
        {
            std::thread::yield_now();
        }
    }
}
