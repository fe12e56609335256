use std::os::unix::fs::PermissionsExt;

use super::*;

const ONE: &str = "CREATE TABLE notes (text TEXT) STRICT; INSERT INTO notes VALUES ('one');";
const TWO: &str = "ALTER TABLE notes ADD COLUMN more TEXT;";

fn steps(sql: &[&'static str]) -> Vec<Migration> {
    sql.iter().map(|sql| Migration { sql }).collect()
}

fn open(path: &Path, sql: &[&'static str]) -> Result<Connection, OpenError> {
    open_writer(path, &steps(sql))
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    (dir, path)
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_step_of_the_schema_makes_a_sound_database() {
    let (_dir, path) = place();
    let conn = open_writer(&path, MIGRATIONS).unwrap();
    assert_eq!(version(&conn).unwrap(), SCHEMA_VERSION);
    assert_eq!(
        first_problem(&conn, "PRAGMA integrity_check").unwrap(),
        None
    );
    for table in CHECK_ALWAYS {
        assert_eq!(
            first_problem(&conn, &format!("PRAGMA quick_check({table})")).unwrap(),
            None
        );
    }
}

#[test]
fn every_table_of_ours_is_strict() {
    let (_dir, path) = place();
    let conn = open_writer(&path, MIGRATIONS).unwrap();
    let loose: i64 = conn
        .query_row(
            "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND NOT strict
             AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'message_words%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(loose, 0);
}

#[test]
fn the_writer_syncs_every_commit() {
    let (_dir, path) = place();
    let conn = open_writer(&path, MIGRATIONS).unwrap();
    let pragma = |name: &str| -> String {
        let sql = format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}");
        conn.query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(pragma("synchronous"), "2");
    assert_eq!(pragma("journal_mode"), "wal");
    assert_eq!(pragma("foreign_keys"), "1");
}

#[test]
fn files_are_for_the_owner_alone_and_loose_modes_are_mended() {
    let (dir, path) = place();
    let conn = open(&path, &[ONE]).unwrap();
    let modes = || -> Vec<u32> {
        let files = names(dir.path());
        let mode = |name: &String| {
            dir.path()
                .join(name)
                .metadata()
                .unwrap()
                .permissions()
                .mode()
        };
        files.iter().map(|name| mode(name) & 0o777).collect()
    };
    assert_eq!(
        names(dir.path()),
        ["state.db", "state.db-shm", "state.db-wal"]
    );
    assert_eq!(modes(), [0o600; 3]);
    for name in names(dir.path()) {
        std::fs::set_permissions(
            dir.path().join(name),
            std::fs::Permissions::from_mode(0o666),
        )
        .unwrap();
    }
    let again = open(&path, &[ONE]).unwrap();
    assert_eq!(modes(), [0o600; 3]);
    drop((conn, again));
}

#[test]
fn a_newer_database_is_refused_and_left_as_it_is() {
    let (dir, path) = place();
    drop(open(&path, &[ONE, TWO]).unwrap());
    let before = std::fs::read(&path).unwrap();
    let refused = open(&path, &[ONE]).unwrap_err();
    assert!(
        matches!(refused, OpenError::Newer { found: 2, known: 1 }),
        "{refused}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(names(dir.path()), ["state.db"]);
}

#[test]
fn a_newer_database_is_refused_while_its_version_is_only_in_the_log() {
    let (_dir, path) = place();
    drop(open(&path, &[ONE]).unwrap());
    let newer = open(&path, &[ONE, TWO]).unwrap();
    assert!(matches!(
        file::peek(&path).unwrap(),
        Found::Database { version: 1, .. }
    ));
    let before = std::fs::read(&path).unwrap();
    let refused = open(&path, &[ONE]).unwrap_err();
    assert!(
        matches!(refused, OpenError::Newer { found: 2, known: 1 }),
        "{refused}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
    drop(newer);
}

#[test]
fn a_migration_keeps_a_copy_of_what_was_before() {
    let (dir, path) = place();
    drop(open(&path, &[ONE]).unwrap());
    assert_eq!(
        names(dir.path()),
        ["state.db"],
        "nothing to keep of a new database"
    );
    let conn = open(&path, &[ONE, TWO]).unwrap();
    assert_eq!(version(&conn).unwrap(), 2);
    drop(conn);
    assert_eq!(names(dir.path()), ["state.db", "state.db.before-v2"]);
    let copy = dir.path().join("state.db.before-v2");
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let old = open(&copy, &[ONE]).unwrap();
    let text: String = old
        .query_row("SELECT text FROM notes", [], |row| row.get(0))
        .unwrap();
    assert_eq!(text, "one");
}

#[test]
fn a_migration_that_fails_changes_nothing_and_can_be_repeated() {
    let (_dir, path) = place();
    drop(open(&path, &[ONE]).unwrap());
    let broken = "CREATE TABLE more (x TEXT) STRICT; INSERT INTO nowhere VALUES (1);";
    for _ in 0..2 {
        assert!(matches!(
            open(&path, &[ONE, TWO, broken]),
            Err(OpenError::Sqlite(_))
        ));
        let conn = open(&path, &[ONE]).unwrap();
        assert_eq!(version(&conn).unwrap(), 1);
    }
    assert_eq!(version(&open(&path, &[ONE, TWO]).unwrap()).unwrap(), 2);
}

#[test]
fn files_of_others_are_refused_and_left_as_they_are() {
    let (_dir, path) = place();
    std::fs::write(&path, "dear diary").unwrap();
    assert!(matches!(
        open(&path, &[ONE]),
        Err(OpenError::Foreign { .. })
    ));
    assert_eq!(std::fs::read(&path).unwrap(), b"dear diary");
    std::fs::remove_file(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other
        .execute_batch("PRAGMA application_id = 7; CREATE TABLE t (x);")
        .unwrap();
    drop(other);
    assert!(matches!(
        open(&path, &[ONE]),
        Err(OpenError::Foreign { .. })
    ));
}

#[test]
fn a_damaged_database_that_was_left_open_is_refused() {
    let (_dir, path) = place();
    let conn = open_writer(&path, MIGRATIONS).unwrap();
    conn.execute_batch(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
         INSERT INTO transcripts (session_id) SELECT 'session ' || i FROM n;",
    )
    .unwrap();
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    // Another commit, so that a log is left; then the process goes without closing.
    conn.execute_batch("INSERT INTO transcripts (session_id) VALUES ('last')")
        .unwrap();
    let root: usize = conn
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'sessions_newest'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    std::mem::forget(conn);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[(root - 1) * 4096..root * 4096].fill(0xee);
    std::fs::write(&path, bytes).unwrap();
    let refused = open_writer(&path, MIGRATIONS).unwrap_err();
    assert!(matches!(refused, OpenError::Damaged { .. }), "{refused}");
}
