//! What must hold of messages after a kill, and after the start that follows.

use std::path::Path;

use rusqlite::Connection;
use tidegate_core::run::RunStatus;
use tidegate_core::store::{Arrived, InboxStore, RunStore};
use tidegate_protocol::RunId;
use tidegate_store::SqliteStore;

use crate::child::Acked;
use crate::network::{arrivals, finish_with, note_to_network};

/// How many events the life has.
const EVENTS: u32 = 5;

/// What is found in a database after a kill.
struct Left<'a> {
    conn: Connection,
    point: &'a str,
    acked: &'a Acked,
}

/// What was left by a process that was killed at this point.
pub(crate) async fn look(path: &Path, point: &str, acked: &Acked) {
    // What the start finds, and its own commit if that is the schema's.
    SqliteStore::open(path).unwrap().close().await;
    let left = Left {
        conn: Connection::open(path).unwrap(),
        point,
        acked,
    };
    left.the_inbox_is_whole();
    left.the_outbox_is_whole();
    left.what_was_acknowledged_is_there();
    left.people_are_in_one_place();
    left.a_move_is_whole();
    let forgot = left.may_have("prune_inbox");
    drop(left);
    go_on(path, point, forgot).await;
}

impl Left<'_> {
    fn count(&self, sql: &str) -> u32 {
        self.conn.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    fn none(&self, what: &str, sql: &str) {
        let found = self.count(&format!("SELECT count(*) FROM ({sql})"));
        assert_eq!(found, 0, "{}: {what}", self.point);
    }

    fn has(&self, step: &str) -> bool {
        self.acked.contains(step)
    }

    /// Whether the step was carried out or may have been: it was acknowledged, or the kill came
    /// at its commit.
    fn may_have(&self, step: &str) -> bool {
        self.has(step) || self.point.split(':').next() == Some(step)
    }

    /// The cursor is never ahead of the inbox, and no event lacks its run or its answer.
    fn the_inbox_is_whole(&self) {
        let cursor =
            self.count("SELECT coalesce(max(cast(cursor AS INTEGER)), 0) FROM inbox_cursors");
        let events = self.count("SELECT count(*) FROM inbox");
        if !self.may_have("prune_inbox") {
            assert_eq!(events, cursor, "{}: events and cursor", self.point);
        }
        for no in [1, 3, 4, 5] {
            let acked = self.has(&format!("arrive {no}"));
            assert!(!acked || cursor >= no, "{}: lost {no}", self.point);
        }
        self.none(
            "an event that waits has no run that is open",
            "SELECT 1 FROM inbox i LEFT JOIN runs r ON r.id = i.run_id
             WHERE i.state = 'accepted' AND coalesce(r.state = 'ended', 1)",
        );
        self.none(
            "an event ended before its run",
            "SELECT 1 FROM inbox i JOIN runs r ON r.id = i.run_id
             WHERE i.state <> 'accepted' AND r.state <> 'ended'",
        );
        self.none(
            "a run of the network has no event",
            &format!(
                "SELECT 1 FROM runs WHERE request ->> '$.origin' IS NOT NULL
                    AND id NOT IN (SELECT run_id FROM inbox WHERE run_id IS NOT NULL)
                    AND NOT {}",
                self.may_have("prune_inbox")
            ),
        );
    }

    /// No answer is written down that does not go out, none goes out twice or in part.
    fn the_outbox_is_whole(&self) {
        self.none(
            "a part is there twice",
            "SELECT 1 FROM outbox GROUP BY answer, part HAVING count(*) > 1",
        );
        self.none(
            "a part goes out before its run has ended",
            "SELECT 1 FROM outbox o JOIN runs r ON r.id = o.run_id WHERE r.state <> 'ended'",
        );
        if self.may_have("prune_outbox") {
            return;
        }
        self.none(
            "an answer is there in part",
            "SELECT 1 FROM outbox GROUP BY answer HAVING count(*) <> max(parts)",
        );
        self.none(
            "an answer is written down and does not go out",
            "SELECT 1 FROM messages m JOIN inbox i ON i.run_id = m.run_id
             WHERE m.speaker = 'assistant'
                AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.run_id = m.run_id)",
        );
        self.none(
            "an event ended and nothing goes out",
            "SELECT 1 FROM inbox i WHERE i.state <> 'accepted'
                AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.run_id = i.turn_run
                    OR o.answer = i.answer)",
        );
    }

    /// The state of a part; none if it is not there.
    fn state(&self, group: &str, part: u32) -> String {
        let sql = "SELECT coalesce(max(state), 'none') FROM outbox WHERE answer = ?1 AND part = ?2";
        let place = rusqlite::params![group, part];
        self.conn.query_row(sql, place, |row| row.get(0)).unwrap()
    }

    fn what_was_acknowledged_is_there(&self) {
        let old = self.count("SELECT count(*) FROM runs WHERE id IN ('r', 's', 't')");
        assert!(old == 3 || self.may_have("prune"), "{}", self.point);
        if self.may_have("prune_outbox") {
            return;
        }
        let expected = [
            ("finish r1", "r1", 0, &["prepared", "sending", "sent"][..]),
            ("sent r1 0", "r1", 0, &["sent"]),
            ("revive r1 1", "r1", 1, &["ambiguous", "sending", "sent"]),
            ("sent r1 1", "r1", 1, &["sent"]),
            ("arrive 3", "n3", 0, &["prepared"]),
            ("post g", "g", 0, &["prepared", "dead", "dropped"]),
            ("put h", "h", 0, &["prepared"]),
            ("dead g 0", "g", 1, &["dead"]),
            ("discard g 0", "g", 0, &["dropped"]),
            ("arrive 4", "k", 0, &["prepared"]),
            ("recover", "r2", 0, &["prepared"]),
            ("finish r5", "r5", 0, &["prepared"]),
        ];
        for (step, group, part, states) in expected {
            let state = self.state(group, part);
            let is_right = states.contains(&state.as_str());
            assert!(
                !self.has(step) || is_right,
                "{}: {step}: {state}",
                self.point
            );
        }
        let (first, second) = (self.state("g", 0), self.state("g", 1));
        let together = (first == "prepared") == (second == "prepared");
        assert!(together, "{}: {first} and {second}", self.point);
    }

    /// Whoever asked waits or was let in, never both.
    fn people_are_in_one_place(&self) {
        let senders = self.count("SELECT count(*) FROM senders");
        let asking = self.count("SELECT count(*) FROM sender_requests");
        assert!(!self.has("admit ann") || senders == 1, "{}", self.point);
        assert!(
            !self.has("ask_in ann") || senders + asking > 0,
            "{}",
            self.point
        );
        assert!(!self.has("dismiss bob") || asking == 0, "{}", self.point);
        self.none(
            "somebody asks who is in",
            "SELECT 1 FROM senders JOIN sender_requests USING (sender_id)",
        );
    }

    /// Where the old id is forgotten in one place, it is in all.
    fn a_move_is_whole(&self) {
        let moved = self.count("SELECT count(*) FROM moved_peers") > 0;
        assert!(moved || !self.has("move_peer"), "{}", self.point);
        if moved {
            self.none(
                "something goes to the old id",
                "SELECT 1 FROM outbox WHERE peer = 'p' AND state NOT IN ('sent', 'dropped')
                 UNION ALL SELECT 1 FROM inbox WHERE peer = 'p'
                 UNION ALL SELECT 1 FROM sessions WHERE origin ->> '$.target.peer.id' = 'p'
                 UNION ALL SELECT 1 FROM sessions WHERE key LIKE '%:p'",
            );
        } else {
            self.none(
                "something goes to the new id",
                "SELECT 1 FROM outbox WHERE peer = 'q'
                 UNION ALL SELECT 1 FROM sessions WHERE key LIKE '%:q'",
            );
        }
    }
}

/// The next start: the network sends everything again, and every event comes to one end.
async fn go_on(path: &Path, point: &str, forgot: bool) {
    let store = SqliteStore::open(path).unwrap();
    let recovered = store.recover(note_to_network(), 10).await.unwrap();
    let mut waiting: Vec<RunId> = recovered.queued.iter().map(|run| run.id.clone()).collect();
    if !forgot {
        let every: Vec<u32> = (1..=EVENTS).collect();
        let again = store.arrive(arrivals(&every)).await.unwrap();
        waiting.extend(again.into_iter().filter_map(|arrived| match arrived {
            Arrived::New(Some(run)) => Some(run.id),
            _ => None,
        }));
    }
    for run in &waiting {
        let end = finish_with(&[run.as_str()], RunStatus::Error, "", 1);
        store.finish(end).await.unwrap();
    }
    store.close().await;
    let acked = Acked::new();
    let left = Left {
        conn: Connection::open(path).unwrap(),
        point,
        acked: &acked,
    };
    left.none(
        "an event never ends",
        "SELECT 1 FROM inbox WHERE state = 'accepted'",
    );
    left.none(
        "a message has several runs",
        "SELECT 1 FROM runs WHERE request ->> '$.origin' IS NOT NULL
         GROUP BY request ->> '$.origin.messageId' HAVING count(*) > 1",
    );
    if !forgot {
        let events = left.count("SELECT count(*) FROM inbox");
        assert_eq!(events, EVENTS, "{point}");
    }
}
