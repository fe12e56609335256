//! Programs in the background: started by one call, read and ended by others. What the tool
//! `process` works on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::exec::Cleared;
use tidegate_core::{Clock, IdGen};

use crate::ending::{Finished, Outcome};
use crate::error::ExecError;
use crate::executor::{Executor, Stdin};
use crate::job::Scripts;
use crate::limits::{FINISHED_KEPT_FOR, FINISHED_MAX, PROCESSES_MAX};
use crate::running::Running;
use crate::screen::{Cursor, News};

/// The background processes of one executor. Each belongs to an owner, a session key say; nobody
/// else sees it (SECURITY T53).
pub struct Processes {
    executor: Arc<Executor>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGen>,
    rows: Mutex<Vec<Row>>,
}

struct Row {
    id: String,
    owner: String,
    argv: Vec<String>,
    started_at_ms: u64,
    running: Arc<Running>,
}

/// One process in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id: nobody can guess it, and it is never used again.
    pub id: String,
    /// What was started.
    pub argv: Vec<String>,
    /// Its process number, to be shown.
    pub pid: i32,
    /// Unix time in milliseconds.
    pub started_at_ms: u64,
    /// How much it has written.
    pub written: Cursor,
    /// How it ended, if it has.
    pub outcome: Option<Outcome>,
}

/// Why not.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The owner has no such process; it may have been forgotten after its end.
    #[error("no such process")]
    Unknown,
    /// There are [`PROCESSES_MAX`] already.
    #[error("{PROCESSES_MAX} processes run in the background already; end one first")]
    TooMany,
    /// It still runs.
    #[error("the process still runs; end it first")]
    StillRuns,
    /// What the executor says.
    #[error(transparent)]
    Exec(#[from] ExecError),
}

impl Processes {
    /// An empty table.
    pub fn new(executor: Arc<Executor>, clock: Arc<dyn Clock>, ids: Arc<dyn IdGen>) -> Self {
        Self {
            executor,
            clock,
            ids,
            rows: Mutex::default(),
        }
    }

    /// Starts a process in the background. Its id.
    ///
    /// # Errors
    /// [`ProcessError::TooMany`], or why it was not started.
    pub async fn start(
        &self,
        owner: &str,
        cleared: Cleared,
        scripts: Scripts,
        stdin: Stdin,
        deadline: Duration,
    ) -> Result<String, ProcessError> {
        self.has_room()?;
        let argv = cleared.subject().argv.clone();
        let running = self
            .executor
            .start(cleared, scripts, stdin, deadline)
            .await?;
        self.keep(owner, argv, running)
    }

    /// Keeps a program that was just started. Others may have started one meanwhile: without room
    /// it ends as it is dropped.
    fn keep(
        &self,
        owner: &str,
        argv: Vec<String>,
        running: Running,
    ) -> Result<String, ProcessError> {
        let mut rows = self.rows();
        if live(&rows) >= PROCESSES_MAX {
            return Err(ProcessError::TooMany);
        }
        let id = self.ids.uuid();
        rows.push(Row {
            id: id.clone(),
            owner: owner.to_owned(),
            argv,
            started_at_ms: self.clock.now_ms(),
            running: Arc::new(running),
        });
        Ok(id)
    }

    /// The owner's processes, the oldest first.
    pub fn list(&self, owner: &str) -> Vec<Listed> {
        self.rows()
            .iter()
            .filter(|row| row.owner == owner)
            .map(Row::listed)
            .collect()
    }

    /// What was written since, at most `max_bytes` of each output.
    ///
    /// # Errors
    /// [`ProcessError::Unknown`].
    pub fn read(
        &self,
        owner: &str,
        id: &str,
        from: Cursor,
        max_bytes: usize,
    ) -> Result<News, ProcessError> {
        Ok(self.find(owner, id)?.read(from, max_bytes))
    }

    /// As [`Self::read`], but waits for something to read or the end, at most so long.
    ///
    /// # Errors
    /// [`ProcessError::Unknown`].
    pub async fn wait(
        &self,
        owner: &str,
        id: &str,
        from: Cursor,
        max_bytes: usize,
        at_most: Duration,
    ) -> Result<News, ProcessError> {
        let running = self.find(owner, id)?;
        let news = tokio::time::timeout(at_most, running.news(from, max_bytes)).await;
        Ok(news.unwrap_or_else(|_| running.read(from, max_bytes)))
    }

    /// Types something.
    ///
    /// # Errors
    /// [`ProcessError::Unknown`], or why nothing can be typed.
    pub fn write(&self, owner: &str, id: &str, bytes: Vec<u8>) -> Result<(), ProcessError> {
        Ok(self.find(owner, id)?.write(bytes)?)
    }

    /// Lets the process read the end of its input.
    ///
    /// # Errors
    /// [`ProcessError::Unknown`].
    pub fn close_input(&self, owner: &str, id: &str) -> Result<(), ProcessError> {
        self.find(owner, id)?.close_input();
        Ok(())
    }

    /// Ends a process and everything that it has started, and waits for it.
    ///
    /// # Errors
    /// [`ProcessError::Unknown`].
    pub async fn stop(&self, owner: &str, id: &str) -> Result<Finished, ProcessError> {
        let running = self.find(owner, id)?;
        running.stop();
        Ok(running.finished().await)
    }

    /// Ends all processes of an owner. Does not wait.
    pub fn stop_all(&self, owner: &str) {
        for row in self.rows().iter().filter(|row| row.owner == owner) {
            row.running.stop();
        }
    }

    /// Forgets a process that has ended.
    ///
    /// # Errors
    /// [`ProcessError::Unknown`], [`ProcessError::StillRuns`].
    pub fn forget(&self, owner: &str, id: &str) -> Result<(), ProcessError> {
        if self.find(owner, id)?.end().is_none() {
            return Err(ProcessError::StillRuns);
        }
        self.rows().retain(|row| row.id != id);
        Ok(())
    }

    fn has_room(&self) -> Result<(), ProcessError> {
        if live(&self.rows()) >= PROCESSES_MAX {
            return Err(ProcessError::TooMany);
        }
        Ok(())
    }

    fn find(&self, owner: &str, id: &str) -> Result<Arc<Running>, ProcessError> {
        let rows = self.rows();
        let row = rows.iter().find(|row| row.owner == owner && row.id == id);
        row.map(|row| Arc::clone(&row.running))
            .ok_or(ProcessError::Unknown)
    }

    /// The rows, without those that were kept long enough.
    fn rows(&self) -> MutexGuard<'_, Vec<Row>> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = rows.len() - live(&rows);
        let mut over = ended.saturating_sub(FINISHED_MAX);
        rows.retain(|row| {
            let Some((_, ended)) = row.running.end() else {
                return true;
            };
            let kept = over == 0 && ended.elapsed() < FINISHED_KEPT_FOR;
            over = over.saturating_sub(1);
            kept
        });
        rows
    }
}

impl Row {
    fn listed(&self) -> Listed {
        Listed {
            id: self.id.clone(),
            argv: self.argv.clone(),
            pid: self.running.pid(),
            started_at_ms: self.started_at_ms,
            written: self.running.written(),
            outcome: self.running.end().map(|(outcome, _)| outcome),
        }
    }
}

fn live(rows: &[Row]) -> usize {
    rows.iter()
        .filter(|row| row.running.end().is_none())
        .count()
}
