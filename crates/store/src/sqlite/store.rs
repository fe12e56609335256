//! The store on disk: its connections, and how a verb gets to one.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tidegate_core::store::StoreError;
use tokio::sync::mpsc;

use super::fault::Fault;
use super::readers::Readers;
use super::schema::{self, OpenError};
use super::writer::{self, Job};

/// The ports of state on SQLite. Clones share one database.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    readers: Readers,
    writer: Mutex<Option<Writer>>,
}

struct Writer {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<()>,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

impl SqliteStore {
    /// Opens a database, makes it if there is none, and brings it to the schema of this program.
    /// The folder is the caller's, and so is seeing to it that nobody else has it open.
    ///
    /// # Errors
    /// See [`OpenError`]; a database of a newer program is not touched.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let conn = schema::open_writer(path, schema::MIGRATIONS)?;
        let (jobs, thread) = writer::start(conn).map_err(|source| OpenError::File {
            path: path.to_owned(),
            source,
        })?;
        let readers = Readers::new(path.to_owned());
        let writer = Mutex::new(Some(Writer { jobs, thread }));
        Ok(Self {
            inner: Arc::new(Inner { readers, writer }),
        })
    }

    /// Whether the store still writes: false after [`close`](Self::close), and after the disk
    /// failed; then only a new start from disk helps.
    pub(super) fn writes(&self) -> bool {
        self.jobs().is_ok_and(|jobs| !jobs.is_closed())
    }

    /// Finishes every verb under way, closes the database and ends the writer's thread.
    pub async fn close(&self) {
        // Readers first: the last connection to go tidies up, and that must be the writer's.
        self.inner.readers.close().await;
        let writer = self
            .inner
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(Writer { jobs, thread }) = writer {
            drop(jobs);
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!("the store's writer ended badly");
            }
        }
    }

    fn jobs(&self) -> Result<mpsc::Sender<Job>, StoreError> {
        let writer = self
            .inner
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        writer
            .as_ref()
            .map(|writer| writer.jobs.clone())
            .ok_or(StoreError::Closed)
    }

    /// Writes: the answer is on disk. A verb that was handed over is carried out even if nobody
    /// waits for it any more.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        verb: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let jobs = self.jobs()?;
        let (job, answered) = Job::new(verb, work);
        jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        drop(jobs);
        answered.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Reads what was committed.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        verb: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.inner.readers.read(verb, work).await
    }
}
