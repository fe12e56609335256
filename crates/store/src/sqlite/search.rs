//! Lists of sessions, and finding them by their words.

use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use tidegate_core::store::{SessionListing, SessionQuery};

use super::fault::Fault;
use super::rows::{self, SEQ_BITS, SEQ_MAX, SESSION, SESSION_COLUMNS, all, bound, first};
use crate::words::{Search, name_contains};

/// Up to so many hits are taken at once. Of a word that occurs more often, each session is asked
/// for one hit, newest session first: the list is full soon.
const HITS_MAX: u32 = 2_000;

/// What the list needs and SQLite has not: `name_contains(name, text)` for all writings.
pub(super) fn add_functions(conn: &Connection) -> Result<(), rusqlite::Error> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("name_contains", 2, flags, |call| {
        let name = call.get_raw(0).as_str_or_null().map_err(into_user_error)?;
        let text = call.get_raw(1).as_str().map_err(into_user_error)?;
        Ok(name_contains(name, text))
    })
}

fn into_user_error(error: rusqlite::types::FromSqlError) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(Box::new(error))
}

/// Conditions and their values.
#[derive(Default)]
struct Filter {
    text: String,
    values: Vec<Value>,
}

impl Filter {
    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(if self.text.is_empty() {
            " WHERE "
        } else {
            " AND "
        });
        self.text.push_str(condition);
        self.values.extend(values);
    }
}

/// Sessions, newest first.
pub(super) fn list(conn: &Connection, query: &SessionQuery) -> Result<Vec<SessionListing>, Fault> {
    let mut filter = Filter::default();
    if let Some(since) = query.updated_since_ms {
        filter.and("s.updated_at >= ?", [bound(since).into()]);
    }
    if let Some(agent) = &query.agent {
        filter.and("s.agent = ?", [agent.clone().into()]);
    }
    if let Some(label) = &query.label {
        filter.and("s.label = ?", [label.clone().into()]);
    }
    if let Some(parent) = &query.spawned_by {
        filter.and("s.spawned_by = ?", [parent.clone().into()]);
    }
    if !query.include_global {
        filter.and("s.key <> 'global'", []);
    }
    if !query.include_unknown {
        filter.and("s.key <> 'unknown'", []);
    }
    if let Some(search) = query.search.as_deref().and_then(Search::parse) {
        add_search(conn, &mut filter, &search)?;
    }
    // CROSS JOIN keeps the order of the index on sessions.
    let opening = if query.with_first_text {
        "t.first_user_text"
    } else {
        "NULL"
    };
    let last = if query.with_last_text {
        "t.last_text"
    } else {
        "NULL"
    };
    let sql = format!(
        "SELECT {SESSION}, {opening}, {last},
            EXISTS (SELECT 1 FROM runs r WHERE r.session_key = s.key AND r.state = 'running')
         FROM sessions s CROSS JOIN transcripts t ON t.no = s.transcript
         {} ORDER BY s.updated_at DESC, s.key LIMIT ?",
        filter.text
    );
    filter.values.push(query.limit.into());
    all(conn, &sql, params_from_iter(filter.values), |row| {
        Ok(SessionListing {
            session: rows::session(row)?,
            first_user_text: row.get(SESSION_COLUMNS)?,
            last_text: row.get(SESSION_COLUMNS + 1)?,
            active_run: row.get(SESSION_COLUMNS + 2)?,
        })
    })
}

/// The text in a name, or every word in one message.
fn add_search(conn: &Connection, filter: &mut Filter, search: &Search) -> Result<(), Fault> {
    const NAMES: &str = "name_contains(s.key || char(10) || coalesce(s.label, '') || char(10) \
         || coalesce(t.first_user_text, ''), ?)";
    let name = Value::from(search.name().to_owned());
    let Some(fts) = search.fts() else {
        filter.and(NAMES, [name]);
        return Ok(());
    };
    // Beginnings that the index does not keep are put together anew for every question: better
    // one that takes all, than one a session.
    if search.is_direct() && is_common(conn, &fts)? {
        let condition = format!(
            "(EXISTS (SELECT 1 FROM message_words WHERE message_words MATCH ? AND rowid BETWEEN \
             s.transcript << {SEQ_BITS} AND (s.transcript << {SEQ_BITS}) + {SEQ_MAX}) OR {NAMES})"
        );
        filter.and(&condition, [fts.into(), name]);
    } else {
        let condition = format!(
            "(s.transcript IN (SELECT rowid >> {SEQ_BITS} FROM message_words \
             WHERE message_words MATCH ?) OR {NAMES})"
        );
        filter.and(&condition, [fts.into(), name]);
    }
    Ok(())
}

fn is_common(conn: &Connection, fts: &str) -> Result<bool, Fault> {
    let sql = "SELECT 1 FROM message_words WHERE message_words MATCH ?1 LIMIT 1 OFFSET ?2";
    Ok(first(conn, sql, params![fts, HITS_MAX], |_| Ok(()))?.is_some())
}

#[cfg(test)]
mod tests {
    use tidegate_core::session::SessionKey;
    use tidegate_core::transcript::NewMessage;

    use super::super::{append, schema};
    use super::*;

    /// Says the same in a session so many times.
    fn say(conn: &Connection, name: &str, text: &str, times: u64) {
        let key = SessionKey::stored(format!("agent:main:{name}"));
        let transcript = append::ensure_session(conn, &key, name, times).unwrap();
        for at in 0..times {
            let message = NewMessage::injected(format!("{name} {at}"), text.to_owned(), at, None);
            append::append(conn, transcript, &message).unwrap();
        }
    }

    #[test]
    fn a_word_that_very_many_messages_have_finds_its_sessions() {
        let dir = tempfile::tempdir().unwrap();
        let conn = schema::open_writer(&dir.path().join("state.db"), schema::MIGRATIONS).unwrap();
        add_functions(&conn).unwrap();
        conn.execute_batch("BEGIN").unwrap();
        say(&conn, "large", "common words", u64::from(HITS_MAX) + 1);
        say(&conn, "small", "common ground", 1);
        say(&conn, "other", "nothing of it", 1);
        say(&conn, "common", "its name is enough", 1);
        let found = |search: &str| {
            let search = Some(search.to_owned());
            let query = SessionQuery {
                limit: 9,
                search,
                ..SessionQuery::default()
            };
            let found = list(&conn, &query).unwrap();
            found
                .iter()
                .map(|one| one.session.id.clone())
                .collect::<Vec<_>>()
        };
        for word in ["common", "co", "common words"] {
            assert!(found(word).starts_with(&["large".to_owned()]), "{word}");
        }
        assert_eq!(found("common"), ["large", "common", "small"]);
        assert_eq!(found("co"), ["large", "common", "small"]);
        assert_eq!(found("common ground"), ["small"]);
    }
}
