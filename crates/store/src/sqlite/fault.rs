//! What can go wrong inside a verb, and what becomes of it.

use rusqlite::ffi;
use tidegate_core::store::StoreError;

/// Why a verb failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// SQLite said so.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value, or one to store, has another form.
    #[error("a stored value has another form: {0}")]
    Json(#[from] serde_json::Error),
    /// A stored value is none of the words that we know.
    #[error("a stored value is unknown: {0}")]
    Unknown(String),
    /// The verb was called with something that cannot be.
    #[error("{0}")]
    Misuse(&'static str),
    /// The transaction was not committed.
    #[error("not committed: {0}")]
    NotCommitted(String),
}

/// How bad a failure is for the writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    /// Only this verb.
    Verb,
    /// The disk is full: nothing was changed, later there may be room.
    Full,
    /// The disk failed: what the system holds for us may differ from what is on it.
    Disk,
}

/// The severity of an error of SQLite.
pub(super) fn severity(error: &rusqlite::Error) -> Severity {
    let Some(code) = error.sqlite_error().map(|error| error.extended_code) else {
        return Severity::Verb;
    };
    match code & 0xff {
        // Growing the shared index is the one write whose lack of room has a code of its own.
        _ if code == ffi::SQLITE_IOERR_SHMSIZE => Severity::Full,
        ffi::SQLITE_FULL => Severity::Full,
        ffi::SQLITE_IOERR => Severity::Disk,
        _ => Severity::Verb,
    }
}

impl Fault {
    /// How bad it is for the writer.
    pub(super) fn severity(&self) -> Severity {
        match self {
            Self::Sqlite(error) => severity(error),
            _ => Severity::Verb,
        }
    }

    /// The error of the port.
    pub(super) fn into_error(self, verb: &'static str) -> StoreError {
        match self.severity() {
            Severity::Full => StoreError::Full { verb },
            Severity::Verb | Severity::Disk => StoreError::Failed {
                verb,
                source: Box::new(self),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: i32) -> rusqlite::Error {
        rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
    }

    #[test]
    fn codes_have_a_severity() {
        assert_eq!(severity(&error(ffi::SQLITE_FULL)), Severity::Full);
        assert_eq!(severity(&error(ffi::SQLITE_IOERR_SHMSIZE)), Severity::Full);
        assert_eq!(severity(&error(ffi::SQLITE_IOERR_FSYNC)), Severity::Disk);
        assert_eq!(
            severity(&error(ffi::SQLITE_CONSTRAINT_UNIQUE)),
            Severity::Verb
        );
        assert_eq!(severity(&rusqlite::Error::InvalidQuery), Severity::Verb);
    }
}
