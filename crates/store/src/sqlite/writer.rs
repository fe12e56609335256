//! The one thread that writes. It takes whatever waits into one transaction, so that under load
//! one fsync serves many; nobody has an answer before COMMIT.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::thread::JoinHandle;

use rusqlite::Connection;
use tidegate_core::store::StoreError;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{mpsc, oneshot};

use super::append;
use super::fault::{Fault, Severity, severity};

/// How many verbs may wait; who comes later waits for a place.
pub(super) const QUEUE: usize = 256;
/// How many verbs share a commit; one more batch costs one fsync.
const BATCH_MAX: usize = 64;
/// How many pages the log may have before it is moved into the database (SQLite's own default).
const WAL_PAGES_MAX: i32 = 1000;

thread_local! {
    /// Pages in the log after the last commit of this thread.
    static WAL_PAGES: Cell<i32> = const { Cell::new(0) };
}

/// A verb that waits for the writer.
pub(super) struct Job {
    verb: &'static str,
    work: Work,
}

/// Does the work, or takes note that it cannot be done.
type Work = Box<dyn FnOnce(Result<&Connection, &Verdict>) -> Worked + Send>;
/// Answers whoever waits, once it is clear what became of the transaction.
type Reply = Box<dyn FnOnce(Result<(), &Verdict>) + Send>;

/// A verb after its work.
struct Worked {
    failed: Option<Severity>,
    reply: Reply,
}

/// Why a transaction was not committed.
struct Verdict {
    severity: Severity,
    detail: String,
}

impl Verdict {
    fn of(error: &rusqlite::Error) -> Self {
        Self {
            severity: severity(error),
            detail: error.to_string(),
        }
    }

    fn error(&self, verb: &'static str) -> StoreError {
        match self.severity {
            Severity::Full => StoreError::Full { verb },
            Severity::Verb | Severity::Disk => {
                Fault::NotCommitted(self.detail.clone()).into_error(verb)
            }
        }
    }
}

impl Job {
    /// A verb, and where its answer will arrive.
    pub(super) fn new<T: Send + 'static>(
        verb: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> (Self, oneshot::Receiver<Result<T, StoreError>>) {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move |conn| {
            let (outcome, failed) = match conn.map(work) {
                Ok(Ok(value)) => (Ok(value), None),
                Ok(Err(fault)) => {
                    let severity = fault.severity();
                    (Err(fault.into_error(verb)), Some(severity))
                }
                Err(verdict) => (Err(verdict.error(verb)), Some(Severity::Verb)),
            };
            let reply: Reply = Box::new(move |commit| {
                let answered = answer.send(match (outcome, commit) {
                    (Ok(_), Err(verdict)) => Err(verdict.error(verb)),
                    (outcome, _) => outcome,
                });
                if answered.is_err() {
                    tracing::debug!(verb, "nobody waits for the answer");
                }
            });
            Worked { failed, reply }
        });
        (Self { verb, work }, answered)
    }
}

/// Starts the thread. It ends when every sender is gone and nothing waits.
pub(super) fn start(conn: Connection) -> std::io::Result<(mpsc::Sender<Job>, JoinHandle<()>)> {
    let (sender, jobs) = mpsc::channel(QUEUE);
    let thread = std::thread::Builder::new()
        .name("store-writer".to_owned())
        .spawn(move || run(conn, jobs))?;
    Ok((sender, thread))
}

fn run(conn: Connection, mut jobs: mpsc::Receiver<Job>) {
    conn.wal_hook(Some(|_, pages| {
        WAL_PAGES.set(pages);
        Ok(())
    }));
    // What a delete left undone may be from before the start.
    let mut sweeping = true;
    loop {
        let first = if sweeping {
            jobs.try_recv()
        } else {
            jobs.blocking_recv().ok_or(TryRecvError::Disconnected)
        };
        let first = match first {
            Ok(job) => job,
            Err(TryRecvError::Disconnected) => break,
            Err(TryRecvError::Empty) => match sweep(&conn) {
                Ok(more) => {
                    sweeping = more;
                    continue;
                }
                Err(verdict) => return stop(conn, &verdict),
            },
        };
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX
            && let Ok(next) = jobs.try_recv()
        {
            batch.push(next);
        }
        sweeping = true;
        if let Err(verdict) = write(&conn, batch).and_then(|()| checkpoint(&conn)) {
            return stop(conn, &verdict);
        }
    }
    if let Err((_, error)) = conn.close() {
        tracing::warn!(%error, "the database was not closed well");
    }
}

/// After the disk failed: whoever waits or comes later is told that the store is closed.
fn stop(conn: Connection, verdict: &Verdict) {
    tracing::error!(
        error = verdict.detail,
        "the disk failed: the store stops writing"
    );
    // Closing the connection would write into the database what may be gone from the log already:
    // only a start that reads the disk anew may go on from here (SECURITY F20).
    std::mem::forget(conn);
}

/// Deletes some of what nobody can see any more. Says whether there may be more to do now.
fn sweep(conn: &Connection) -> Result<bool, Verdict> {
    let fault = match append::sweep(conn) {
        Ok(more) => return checkpoint(conn).map(|()| more),
        Err(fault) => fault,
    };
    tracing::warn!(error = %fault, "deleted messages are still on the disk");
    match fault.severity() {
        Severity::Disk => Err(Verdict {
            severity: Severity::Disk,
            detail: fault.to_string(),
        }),
        // After the next verb it is tried again.
        Severity::Verb | Severity::Full => Ok(false),
    }
}

/// Carries a batch out. Fails only if the writer must stop.
fn write(conn: &Connection, batch: Vec<Job>) -> Result<(), Verdict> {
    let mut jobs = batch.into_iter();
    // More than one turn only if SQLite itself ended the transaction under a verb.
    while jobs.len() > 0 {
        let mut verbs = BTreeSet::new();
        let mut done = Vec::with_capacity(jobs.len());
        let begun = conn
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|error| Verdict::of(&error));
        let mut outcome = match begun {
            Ok(()) => Ok(()),
            Err(verdict) => {
                done.extend(jobs.by_ref().map(|job| (job.work)(Err(&verdict)).reply));
                Err(verdict)
            }
        };
        for job in jobs.by_ref() {
            verbs.insert(job.verb);
            let worked = in_savepoint(conn, job.work);
            done.push(worked.reply);
            if worked.failed == Some(Severity::Disk) || conn.is_autocommit() {
                let severity = worked.failed.unwrap_or(Severity::Verb);
                let detail = format!("{} failed and took the transaction along", job.verb);
                outcome = Err(Verdict { severity, detail });
                break;
            }
        }
        if outcome.is_ok() {
            outcome = commit(conn, &verbs);
        }
        if outcome.is_err() && !conn.is_autocommit() {
            // What cannot even be taken back ends the writer, below.
            if let Err(error) = conn.execute_batch("ROLLBACK") {
                tracing::error!(%error, "a transaction cannot be taken back");
            }
        }
        for reply in done {
            reply(outcome.as_ref().map(|&()| ()));
        }
        match outcome {
            Err(verdict) if verdict.severity == Severity::Disk || !conn.is_autocommit() => {
                return Err(verdict);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Does the work so that it can be taken back alone.
fn in_savepoint(conn: &Connection, work: Work) -> Worked {
    if let Err(error) = conn.execute_batch("SAVEPOINT verb") {
        return work(Err(&Verdict::of(&error)));
    }
    let mut worked = work(Ok(conn));
    if conn.is_autocommit() {
        return worked;
    }
    let after = match worked.failed {
        None => conn.execute_batch("RELEASE verb"),
        Some(_) => conn.execute_batch("ROLLBACK TO verb; RELEASE verb"),
    };
    if let Err(error) = after {
        // Neither kept nor taken back: nothing of this transaction can be trusted.
        tracing::error!(%error, "a savepoint cannot be left");
        worked.failed = Some(Severity::Disk);
    }
    worked
}

fn commit(conn: &Connection, verbs: &BTreeSet<&'static str>) -> Result<(), Verdict> {
    #[cfg(debug_assertions)]
    crate::crash::point(verbs, crate::crash::Side::Before);
    #[cfg(not(debug_assertions))]
    let _ = verbs;
    conn.execute_batch("COMMIT")
        .map_err(|error| Verdict::of(&error))?;
    #[cfg(debug_assertions)]
    crate::crash::point(verbs, crate::crash::Side::After);
    Ok(())
}

/// Moves the log into the database when it has grown. Here and not in SQLite's own hook, which
/// does not tell when an fsync failed.
fn checkpoint(conn: &Connection) -> Result<(), Verdict> {
    if WAL_PAGES.get() < WAL_PAGES_MAX {
        return Ok(());
    }
    WAL_PAGES.set(0);
    let moved = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        row.get::<_, i64>(0)
    });
    match moved.map_err(|error| Verdict::of(&error)) {
        Err(verdict) if verdict.severity == Severity::Disk => Err(verdict),
        Err(verdict) => {
            tracing::warn!(error = verdict.detail, "the log stays as it is for now");
            Ok(())
        }
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
