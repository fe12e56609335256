//! Opening: what is there, whether it is whole, and bringing it to the schema of this program.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::file::{self, Found};

/// One step of the schema; its number is its place in the list, from 1.
pub(super) struct Migration {
    /// The statements.
    pub(super) sql: &'static str,
}

/// Every step. A released one is never changed.
pub(super) const MIGRATIONS: &[Migration] = &[
    Migration {
        sql: include_str!("../../migrations/0001_initial.sql"),
    },
    Migration {
        sql: include_str!("../../migrations/0002_channels.sql"),
    },
    Migration {
        sql: include_str!("../../migrations/0003_machines.sql"),
    },
    Migration {
        sql: include_str!("../../migrations/0004_offers.sql"),
    },
];

/// The schema that this program writes.
pub const SCHEMA_VERSION: u32 = 4;
const _: () = assert!(MIGRATIONS.len() == SCHEMA_VERSION as usize);

/// `Tide` in ASCII: a database of another program is left alone.
const APPLICATION_ID: u32 = 0x5469_6465;
/// How long a statement waits for another process (a backup, a person with `sqlite3`).
const BUSY: Duration = Duration::from_secs(5);
/// After more than this the log file is cut down again when it starts anew.
const WAL_KEEP_BYTES: u32 = 16 << 20;
/// Statements kept ready per connection; more than there are.
const STATEMENTS: usize = 192;
/// Up to this size a database that was left open is checked whole; of a larger one only what the
/// gateway cannot start without, so that a start stays short (SECURITY F16, F23).
const CHECK_WHOLE_BYTES: u64 = 16 << 20;
const CHECK_ALWAYS: &[&str] = &[
    "sessions",
    "transcripts",
    "runs",
    "once",
    "devices",
    "device_grants",
    "pair_requests",
    "device_trust",
    "exec_rules",
    "approvals",
    "inbox",
    "inbox_cursors",
    "moved_peers",
    "outbox",
    "senders",
    "sender_requests",
    "node_calls",
    "node_names",
    "node_asks",
    "paired_names",
];

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer program wrote it; nothing was changed.
    #[error(
        "the database has schema {found}, this program knows up to {known}: start the newer program, or restore a copy from before"
    )]
    Newer {
        /// The schema of the database.
        found: u32,
        /// The schema of this program.
        known: u32,
    },
    /// The file is no database of ours; nothing was changed.
    #[error("{} is no database of Tidegate", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The database is damaged.
    #[error("the database is damaged: {detail}")]
    Damaged {
        /// What SQLite found first.
        detail: String,
    },
    /// The copy that is taken before a migration is not like the original; nothing was changed.
    #[error("the copy before the migration is damaged: {detail}")]
    BadCopy {
        /// What SQLite found first.
        detail: String,
    },
    /// The file cannot be made, read or given its mode.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite failed.
    #[error("the database cannot be opened: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// Opens the connection of the writer on a database of the current schema.
pub(super) fn open_writer(path: &Path, steps: &[Migration]) -> Result<Connection, OpenError> {
    let on_file = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    let known = count(steps);
    match file::peek(path).map_err(on_file)? {
        Found::Other => {
            return Err(OpenError::Foreign {
                path: path.to_owned(),
            });
        }
        Found::Database { version, .. } if version > known => {
            return Err(OpenError::Newer {
                found: version,
                known,
            });
        }
        Found::Database { application, .. }
            if application != APPLICATION_ID && application != 0 =>
        {
            return Err(OpenError::Foreign {
                path: path.to_owned(),
            });
        }
        Found::Empty | Found::Database { .. } => {}
    }
    let left_open = file::left_open(path);
    if left_open {
        // The newest header may still be in the log.
        refuse_newer(&open_reader(path)?, known)?;
    }
    file::prepare(path).map_err(on_file)?;
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    let mode: String = conn.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(OpenError::Damaged {
            detail: format!("journal mode {mode} in place of wal"),
        });
    }
    // The writer itself moves the log into the database, to see whether that fails.
    conn.execute_batch(&format!(
        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
         PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = {WAL_KEEP_BYTES};"
    ))?;
    if left_open {
        check(&conn, path)?;
    }
    migrate(&conn, path, steps)?;
    Ok(conn)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, rusqlite::Error> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.busy_timeout(BUSY)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(conn)
}

fn count(steps: &[Migration]) -> u32 {
    u32::try_from(steps.len()).unwrap_or(u32::MAX)
}

fn version(conn: &Connection) -> Result<u32, rusqlite::Error> {
    conn.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn refuse_newer(conn: &Connection, known: u32) -> Result<u32, OpenError> {
    let found = version(conn)?;
    if found > known {
        Err(OpenError::Newer { found, known })
    } else {
        Ok(found)
    }
}

/// Checks a database that was not closed.
fn check(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let whole = std::fs::metadata(path).is_ok_and(|file| file.len() <= CHECK_WHOLE_BYTES);
    let found = if whole || version(conn)? == 0 {
        first_problem(conn, "PRAGMA quick_check(1)")?
    } else {
        let mut found = None;
        for table in CHECK_ALWAYS {
            if !has_table(conn, table)? {
                continue;
            }
            found = found.or(first_problem(
                conn,
                &format!("PRAGMA quick_check({table})"),
            )?);
        }
        found
    };
    found.map_or(Ok(()), |detail| Err(OpenError::Damaged { detail }))
}

/// Whether the table is there: a database of an older schema lacks some.
fn has_table(conn: &Connection, name: &str) -> Result<bool, rusqlite::Error> {
    let sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    conn.query_row(sql, [name], |row| row.get(0))
}

fn first_problem(conn: &Connection, pragma: &str) -> Result<Option<String>, rusqlite::Error> {
    let answer: String = conn.query_row(pragma, [], |row| row.get(0))?;
    Ok((answer != "ok").then_some(answer))
}

/// Carries out the steps that are missing, all or none. Of a database that already has one, a
/// copy is kept as `<name>.before-v<N>`.
fn migrate(conn: &Connection, path: &Path, steps: &[Migration]) -> Result<(), OpenError> {
    let known = count(steps);
    let found = refuse_newer(conn, known)?;
    if found == known {
        return Ok(());
    }
    if found > 0 {
        keep_copy(conn, path, known)?;
    }
    tracing::info!(from = found, to = known, "migrating the database");
    let transaction = conn.unchecked_transaction()?;
    for step in steps.iter().skip(found as usize) {
        transaction.execute_batch(step.sql)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", known)?;
    #[cfg(debug_assertions)]
    crate::crash::point(&["migrate"].into(), crate::crash::Side::Before);
    transaction.commit()?;
    #[cfg(debug_assertions)]
    crate::crash::point(&["migrate"].into(), crate::crash::Side::After);
    Ok(())
}

/// Takes a copy and looks whether it is whole before it gets its name.
fn keep_copy(conn: &Connection, path: &Path, next: u32) -> Result<(), OpenError> {
    let copy = file::beside(path, &format!(".before-v{next}"));
    let part = file::beside(&copy, ".part");
    file::make_anew(&part).map_err(|source| OpenError::File {
        path: part.clone(),
        source,
    })?;
    conn.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
    let copied = open_reader(&part)?;
    let mut problem = first_problem(&copied, "PRAGMA quick_check(1)")?;
    if version(conn)? != version(&copied)? {
        problem = Some("it has another version".to_owned());
    }
    drop(copied);
    if let Some(detail) = problem {
        return Err(OpenError::BadCopy { detail });
    }
    file::settle(&part, &copy).map_err(|source| OpenError::File { path: copy, source })
}

#[cfg(test)]
mod tests;
