//! A life in a process of its own, and the points at which it can be killed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use rusqlite::Connection;
use tidegate_store::SqliteStore;

const DATABASE: &str = "TIDEGATE_TEST_DATABASE";
const KILL_AT: &str = "TIDEGATE_TEST_KILL_AT";
const COMMIT_LOG: &str = "TIDEGATE_TEST_COMMIT_LOG";

/// The steps of a life that were acknowledged.
pub(crate) type Acked = BTreeSet<String>;

/// One kind of life.
pub(crate) struct Life {
    /// The test that lives it.
    pub(crate) test: &'static str,
    /// Makes what is there before.
    pub(crate) before: fn(&Path),
    /// Verbs that it must commit.
    pub(crate) verbs: &'static [&'static str],
    /// How many points it has, at least.
    pub(crate) points: usize,
}

/// The store of this life; none in a run of all tests.
pub(crate) fn store_to_live_in() -> Option<SqliteStore> {
    let path = std::env::var_os(DATABASE)?;
    // The pipe starts on a new line, whatever the harness has written.
    println!();
    Some(SqliteStore::open(Path::new(&path)).unwrap())
}

/// Says on the pipe that a verb was acknowledged.
pub(crate) fn acknowledged(step: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ack {step}").unwrap();
    out.flush().unwrap();
}

impl Life {
    /// Kills it at every point, and has a look at what is left each time: the database, the point,
    /// what was acknowledged.
    pub(crate) fn kill_at_every_point(&self, look: &impl AsyncFn(&Path, &str, &Acked)) {
        let dir = tempfile::tempdir().unwrap();
        let points = self.points_of_a_whole_life(dir.path());
        let mut hit = 0;
        for point in &points {
            let path = dir.path().join(format!("{}.db", point.replace(':', "-")));
            (self.before)(&path);
            let (acked, ended) = self.live(&path, (KILL_AT, Path::new(point)));
            if ended.success() {
                // Callers that ran at once need not share a commit again: that is no other point.
                assert!(point.contains('+'), "never came to {point}");
                continue;
            }
            assert_eq!(ended.signal(), Some(9), "{point}: {ended}");
            hit += 1;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap();
            runtime.block_on(look(&path, point, &acked));
            sound(&path, point);
        }
        let test = self.test;
        println!(
            "{test}: {hit} distinct points of commit, {} enumerated",
            points.len()
        );
        let alone = points.iter().filter(|point| !point.contains('+')).count();
        assert!(hit >= alone, "{hit} of {points:?}");
        assert!(alone >= self.points, "{alone} points: {points:?}");
    }

    /// Lives once to the end; the points that were passed, in order.
    fn points_of_a_whole_life(&self, dir: &Path) -> Vec<String> {
        let log = dir.join("commits");
        let path = dir.join("whole.db");
        (self.before)(&path);
        let (steps, ended) = self.live(&path, (COMMIT_LOG, &log));
        assert!(
            ended.success() && steps.contains("close"),
            "{ended} {steps:?}"
        );
        let log = std::fs::read_to_string(&log).unwrap();
        for verb in self.verbs {
            let named = |line: &str| line.split([':', '+']).any(|part| part == *verb);
            assert!(log.lines().any(named), "no commit of {verb} in {log}");
        }
        points(&log)
    }

    /// Runs the life in a process of its own; says what was acknowledged and how it ended.
    fn live(&self, path: &Path, variable: (&str, &Path)) -> (Acked, ExitStatus) {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", self.test, "--nocapture"])
            .env_remove(KILL_AT)
            .env_remove(COMMIT_LOG)
            .env(DATABASE, path)
            .env(variable.0, variable.1)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let acked = lines.map_while(Result::ok);
        let acked = acked
            .filter_map(|line| line.strip_prefix("ack ").map(str::to_owned))
            .collect();
        (acked, child.wait().unwrap())
    }
}

/// Each line of a log of commits as a point to be killed at: with how often it was passed.
fn points(log: &str) -> Vec<String> {
    let mut passed = BTreeMap::new();
    let mut points = Vec::new();
    for line in log.lines() {
        let (name, side) = line.split_once(':').unwrap();
        let mut names: Vec<_> = name.split('+').collect();
        if names.len() > 1 {
            names.push(name);
        }
        for one in names {
            let times = passed.entry((one, side)).or_insert(0);
            *times += 1;
            if one == name {
                points.push(format!("{name}:{side}:{times}"));
            }
        }
    }
    points
}

#[test]
fn points_count_how_often_a_verb_was_committed() {
    let log = "a:before\na:after\na+b:before\na+b:after\nb:before\nb:after\na:before";
    assert_eq!(
        points(log),
        [
            "a:before:1",
            "a:after:1",
            "a+b:before:1",
            "a+b:after:1",
            "b:before:2",
            "b:after:2",
            "a:before:3"
        ]
    );
}

/// What holds of every database.
fn sound(path: &Path, point: &str) {
    let conn = Connection::open(path).unwrap();
    let answer: String = conn
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answer, "ok", "{point}");
    let broken = conn
        .prepare("PRAGMA foreign_key_check")
        .unwrap()
        .exists([])
        .unwrap();
    assert!(!broken, "{point}: a reference to nothing");
    let lost: i64 = conn
        .query_row(
            "SELECT count(*) FROM transcripts t WHERE message_count <>
                (SELECT count(*) FROM messages WHERE place >> 32 = t.no)",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(lost, 0, "{point}: messages and their count differ");
}
