use rusqlite::StatementStatus;
use tidegate_core::channel::{OutboundPart, Peer, PeerKind, Target};

use super::super::schema;
use super::list::{LOAD, RECEIPTS, WAYS_NAMED, newest_sql};
use super::*;

fn open() -> (tempfile::TempDir, Connection) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let conn = schema::open_writer(&path, schema::MIGRATIONS).unwrap();
    (dir, conn)
}

/// An open part for each of these lines, and behind them as many that were sent.
fn fill(conn: &Connection, rows: u32, lines: u32) {
    let sql = format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 2 * {rows} - 1)
         INSERT INTO outbox (answer, part, parts, channel, account, peer_kind, peer, line, body, at,
            expires_at, not_before, state, settled_at, receipt)
         SELECT 'g' || i, 0, 1, 'net', 'default', 'direct', i % {lines}, i % {lines},
            '{{\"body\":{{\"type\":\"text\",\"markdown\":\"hi\"}}}}', i, i, i,
            iif(i < {rows}, 'prepared', 'sent'), iif(i < {rows}, NULL, i),
            iif(i < {rows}, NULL, '{{\"messageId\":\"m' || i || '\"}}')
         FROM n"
    );
    conn.execute_batch(&sql).unwrap();
}

/// How SQLite goes about a query.
fn plan(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let mut rows = statement.raw_query();
    let mut plan = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        plan.push(row.get(3).unwrap());
    }
    plan
}

#[test]
fn no_query_walks_through_the_table() {
    let (_dir, conn) = open();
    let newest = [IS_DEAD, IS_OPEN].map(|condition| newest_sql(condition, true));
    let by_index = [
        HEADS, WAYS_NAMED, LOAD, RECEIPTS, PRUNE, &newest[0], &newest[1],
    ];
    for sql in by_index {
        let plan = plan(&conn, sql);
        assert!(!plan.is_empty());
        let walks = plan.iter().any(|step| step.starts_with("SCAN outbox"));
        assert!(!walks, "{sql}\n{plan:#?}");
    }
    // Of all accounts together: through the index of those few that are meant.
    for (condition, index) in [(IS_DEAD, "outbox_dead"), (IS_OPEN, "outbox_open")] {
        let plan = plan(&conn, &newest_sql(condition, false));
        let through = format!("SCAN outbox USING INDEX {index}");
        assert!(plan.contains(&through), "{plan:#?}");
    }
}

#[test]
fn heads_are_taken_from_the_index_alone() {
    let (_dir, conn) = open();
    let plan = plan(&conn, HEADS);
    let of_parts: Vec<_> = plan.iter().filter(|step| step.contains("outbox")).collect();
    let covering = "SEARCH outbox USING COVERING INDEX outbox_open";
    assert_eq!(
        of_parts,
        [
            &format!("{covering} (channel=? AND account=?)"),
            &format!("{covering} (channel=? AND account=? AND line>?)"),
            &format!("{covering} (channel=? AND account=? AND line=?)"),
            "SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)",
        ],
        "{plan:#?}"
    );
}

/// What one look at the heads costs, in steps of SQLite's machine.
fn cost(conn: &Connection) -> i32 {
    let mut statement = conn.prepare(HEADS).unwrap();
    let found = statement
        .query_map(params!["net", "default", 64], |row| row.get::<_, i64>(0))
        .unwrap();
    assert_eq!(found.count(), 64);
    statement.get_status(StatementStatus::VmStep)
}

#[test]
fn the_cost_of_the_heads_is_that_of_the_lines_and_not_of_the_rows() {
    let (_dir, small) = open();
    fill(&small, 1_000, 100);
    let (_dir, large) = open();
    fill(&large, 100_000, 100);
    let (small, large) = (cost(&small), cost(&large));
    assert!(large <= small + small / 10, "{small} steps, then {large}");
    assert!(large < 10_000, "{large} steps for 100 lines");
}

#[test]
fn the_heads_of_many_lines_are_the_first_of_them() {
    let (_dir, conn) = open();
    fill(&conn, 100_000, 50_000);
    let account = AccountKey::new("net", "default");
    let found = heads(&conn, &account, 3).unwrap();
    let expected: Vec<_> = (0..3)
        .map(|at| {
            let item = NewOutbound {
                group: format!("g{at}"),
                part: 0,
                parts: 1,
                target: Target {
                    account: account.clone(),
                    peer: Peer {
                        kind: PeerKind::Direct,
                        id: at.to_string(),
                    },
                    thread: None,
                },
                body: OutboundPart::text("hi"),
                session_key: None,
                run_id: None,
                expires_at_ms: at,
                at_ms: at,
            };
            KeptPart::new(at + 1, item).row
        })
        .collect();
    assert_eq!(found, expected);
}
