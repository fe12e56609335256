//! Connections that only read: a fixed few, opened when first needed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tidegate_core::store::StoreError;
use tokio::sync::Semaphore;

use super::fault::Fault;
use super::{schema, search};

/// Reads at the same time; more wait. Each has a connection and, while it works, a thread.
const READERS: u32 = 4;

pub(super) struct Readers {
    path: PathBuf,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

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
        let idle = Arc::clone(&self.idle);
        let path = self.path.clone();
        let reading = tokio::task::spawn_blocking(move || {
            // Held until the connection is back, also when nobody waits any more.
            let _permit = permit;
            let kept = lock(&idle).pop();
            let conn = match kept {
                Some(conn) => conn,
                None => open(&path)?,
            };
            let transaction = conn.unchecked_transaction()?;
            let found = work(&conn);
            drop(transaction);
            lock(&idle).push(conn);
            found
        });
        match reading.await {
            Ok(found) => found.map_err(|fault: Fault| fault.into_error(verb)),
            Err(source) => Err(StoreError::Failed {
                verb,
                source: Box::new(source),
            }),
        }
    }

    /// Waits for the reads under way and closes every connection.
    pub(super) async fn close(&self) {
        if let Ok(all) = self.permits.acquire_many(READERS).await {
            self.permits.close();
            lock(&self.idle).clear();
            drop(all);
        }
    }
}

fn open(path: &std::path::Path) -> Result<Connection, rusqlite::Error> {
    let conn = schema::open_reader(path)?;
    search::add_functions(&conn)?;
    Ok(conn)
}

fn lock(idle: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}
