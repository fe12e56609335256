//! Connections that only read: a fixed few, each with a thread of its own, begun when first needed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tidegate_core::store::StoreError;
use tokio::sync::{Semaphore, oneshot};

use super::fault::Fault;
use super::{schema, search};

/// Reads at the same time; more wait. The threads are not the runtime's: of those, 40 were counted
/// for these four places, each with memory of its own that the allocator keeps.
const READERS: u32 = 4;
/// Jobs that may wait for one of them: whoever has a reader gives it one, while it ends the last.
const GIVEN: usize = 1;

pub(super) struct Readers {
    path: PathBuf,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Reader>>>,
}

/// A thread and its connection. It ends when this is gone.
struct Reader {
    /// Never full: a job has its reader with it, and puts it back when it is done.
    jobs: mpsc::SyncSender<Job>,
    thread: JoinHandle<()>,
}

/// Reads, or takes note that the database cannot be opened.
type Job = Box<dyn FnOnce(Result<&Connection, rusqlite::Error>) + Send>;

impl Readers {
    pub(super) fn new(path: PathBuf) -> Self {
        Self {
            path,
            permits: Arc::new(Semaphore::new(READERS as usize)),
            idle: Arc::default(),
        }
    }

    /// Reads in one transaction: everything is of the same moment.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        verb: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permits = Arc::clone(&self.permits);
        let permit = permits
            .acquire_owned()
            .await
            .map_err(|_| StoreError::Closed)?;
        let reader = self.reader().map_err(|error| failed(verb, error))?;
        let idle = Arc::clone(&self.idle);
        let jobs = reader.jobs.clone();
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |opened| {
            let found = match opened {
                Ok(conn) => {
                    let found = in_one_transaction(conn, work);
                    lock(&idle).push(reader);
                    found
                }
                Err(error) => Err(error.into()),
            };
            // Held until the reader is back, also when nobody waits any more.
            drop(permit);
            if answer.send(found).is_err() {
                tracing::debug!(verb, "nobody waits for the answer");
            }
        });
        // A job that is lost, here or in a panic, takes its end of `answered` along.
        let _ = jobs.send(job);
        drop(jobs);
        match answered.await {
            Ok(found) => found.map_err(|fault| fault.into_error(verb)),
            Err(error) => Err(failed(verb, error)),
        }
    }

    /// One that waits, else a new one.
    fn reader(&self) -> std::io::Result<Reader> {
        let waiting = lock(&self.idle).pop();
        waiting.map_or_else(|| Reader::start(self.path.clone()), Ok)
    }

    /// Waits for the reads under way and closes every connection.
    pub(super) async fn close(&self) {
        if let Ok(all) = self.permits.acquire_many(READERS).await {
            self.permits.close();
            let idle = std::mem::take(&mut *lock(&self.idle));
            let ending = move || idle.into_iter().for_each(Reader::end);
            if let Err(error) = tokio::task::spawn_blocking(ending).await {
                tracing::error!(%error, "the store's readers ended badly");
            }
            drop(all);
        }
    }
}

impl Reader {
    fn start(path: PathBuf) -> std::io::Result<Self> {
        let (jobs, given) = mpsc::sync_channel(GIVEN);
        let thread = std::thread::Builder::new()
            .name("store-reader".to_owned())
            .spawn(move || serve(&path, &given))?;
        Ok(Self { jobs, thread })
    }

    /// Waits until the connection is closed.
    fn end(self) {
        drop(self.jobs);
        if self.thread.join().is_err() {
            tracing::error!("a reader of the store ended badly");
        }
    }
}

/// What a thread does: one job after the other, with one connection.
fn serve(path: &Path, given: &mpsc::Receiver<Job>) {
    let Ok(first) = given.recv() else { return };
    let conn = match open(path) {
        Ok(conn) => conn,
        Err(error) => return first(Err(error)),
    };
    first(Ok(&conn));
    for job in given {
        job(Ok(&conn));
    }
}

fn in_one_transaction<T>(
    conn: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let _transaction = conn.unchecked_transaction()?;
    work(conn)
}

fn open(path: &Path) -> Result<Connection, rusqlite::Error> {
    let conn = schema::open_reader(path)?;
    search::add_functions(&conn)?;
    Ok(conn)
}

fn failed(
    verb: &'static str,
    source: impl std::error::Error + Send + Sync + 'static,
) -> StoreError {
    StoreError::Failed {
        verb,
        source: Box::new(source),
    }
}

fn lock(idle: &Mutex<Vec<Reader>>) -> std::sync::MutexGuard<'_, Vec<Reader>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
