//! Kills a process at every side of every commit of a session's life (SECURITY F08), and looks at
//! what is left: whatever was acknowledged is there, nothing is half done.
#![cfg(debug_assertions)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use tidegate_core::run::{NewRun, Once, RunEnd, RunRequest, RunState, RunStatus};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{
    DeviceGrant, DeviceLabel, DeviceStore, Finish, HistoryQuery, PairRequest, RecoveryNote,
    RunStore, SessionQuery, SessionStore, SettingsPatch,
};
use tidegate_core::transcript::{NewMessage, Usage};
use tidegate_core::{ScopeSet, SecretHash};
use tidegate_protocol::{DeviceId, Patch, Role, RunId};
use tidegate_store::SqliteStore;

const DATABASE: &str = "TIDEGATE_TEST_DATABASE";
const KILL_AT: &str = "TIDEGATE_TEST_KILL_AT";
const COMMIT_LOG: &str = "TIDEGATE_TEST_COMMIT_LOG";

fn key(name: &str) -> SessionKey {
    SessionKey::stored(format!("agent:main:{name}"))
}

fn once(key: &str) -> Once {
    Once {
        principal: "owner".into(),
        method: "agent",
        key: key.into(),
        params_hash: "h".into(),
    }
}

fn new_run(name: &str) -> NewRun {
    NewRun {
        run_id: RunId::new(name),
        spare_run_id: RunId::new(format!("{name}-spare")),
        once: once(name),
        session_key: key("a"),
        new_session_id: "a-id".into(),
        request: RunRequest {
            message: format!("say {name}"),
            echo_key: "a".into(),
            thinking: None,
            extra_system_prompt: None,
            timeout_ms: None,
            may_administer: true,
            label: None,
        },
        room: true,
        at_ms: 1,
    }
}

fn user(run: &str) -> (RunId, NewMessage) {
    let id = RunId::new(run);
    (
        id.clone(),
        NewMessage::user(format!("{run}-user"), format!("say {run}"), 2, id),
    )
}

fn finish(runs: &[&str], status: RunStatus, text: &str) -> Finish {
    let ids: Vec<_> = runs.iter().map(|run| RunId::new(*run)).collect();
    let message = || {
        NewMessage::injected(
            format!("{}-answer", runs[0]),
            text.into(),
            3,
            ids.first().cloned(),
        )
    };
    Finish {
        message: (!text.is_empty()).then(message),
        runs: ids,
        end: RunEnd {
            status,
            text: text.into(),
            error: None,
            failure: None,
            maker: None,
            usage: Usage::default(),
        },
        at_ms: 3,
    }
}

fn note() -> RecoveryNote {
    RecoveryNote {
        error: "interrupted".into(),
    }
}

fn label() -> SettingsPatch {
    SettingsPatch {
        label: Patch::Set("Alpha".into()),
        ..SettingsPatch::default()
    }
}

fn grant() -> DeviceGrant {
    DeviceGrant {
        role: Role::Operator,
        scopes: ScopeSet::all(),
        token: SecretHash::of("t"),
        token_scopes: ScopeSet::all(),
        issued_at_ms: 1,
        revoked_at_ms: None,
    }
}

fn pair_request() -> PairRequest {
    PairRequest {
        request_id: "request".into(),
        device_id: DeviceId::new("e"),
        public_key: [2; 32],
        label: DeviceLabel::default(),
        role: Role::Operator,
        scopes: ScopeSet::EMPTY,
        at_ms: 1,
    }
}

/// Says on the pipe that a verb was acknowledged.
fn acknowledged(step: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ack {step}").unwrap();
    out.flush().unwrap();
}

/// The life of the child: each step is acknowledged after its verb returned. Not a test by itself.
#[tokio::test]
async fn life() {
    let Some(path) = std::env::var_os(DATABASE) else {
        return;
    };
    // The pipe starts on a new line, whatever the harness has written.
    println!();
    let store = SqliteStore::open(Path::new(&path)).unwrap();
    let device = DeviceId::new("d");
    store.request_pairing(pair_request(), 0, 9).await.unwrap();
    acknowledged("request_pairing");
    store
        .grant(&device, [1; 32], DeviceLabel::default(), grant())
        .await
        .unwrap();
    acknowledged("grant");
    let named = DeviceLabel {
        display_name: Some("D".into()),
        ..DeviceLabel::default()
    };
    store
        .touch(&device, Role::Operator, named, 2)
        .await
        .unwrap();
    acknowledged("touch");
    store.accept(new_run("r1")).await.unwrap();
    acknowledged("accept r1");
    store
        .patch_session(&key("a"), label(), "x".into(), 2)
        .await
        .unwrap();
    acknowledged("patch");
    store.begin(vec![user("r1")], 2).await.unwrap();
    acknowledged("begin r1");
    store
        .finish(finish(&["r1"], RunStatus::Ok, "answer 1"))
        .await
        .unwrap();
    acknowledged("finish r1");
    let message = NewMessage::injected("delivered".into(), "delivered".into(), 4, None);
    store
        .deliver(once("deliver"), &key("b"), "b-id".into(), message)
        .await
        .unwrap();
    acknowledged("deliver");
    store.accept(new_run("r2")).await.unwrap();
    acknowledged("accept r2");
    // Several callers at once: they share a commit.
    let (third, fourth) = tokio::join!(store.accept(new_run("r3")), store.accept(new_run("r4")));
    third.unwrap();
    fourth.unwrap();
    acknowledged("accept r3 r4");
    let (began, ended) = tokio::join!(
        store.begin(vec![user("r2")], 5),
        store.finish(finish(&["r4"], RunStatus::Aborted, "")),
    );
    began.unwrap();
    ended.unwrap();
    acknowledged("begin r2 finish r4");
    store.recover(note(), 6).await.unwrap();
    acknowledged("recover");
    store
        .reset_session(&key("a"), "a-id-2".into(), 7)
        .await
        .unwrap();
    acknowledged("reset");
    store.delete_session(&key("b"), true).await.unwrap();
    acknowledged("delete");
    store.prune(4).await.unwrap();
    acknowledged("prune");
    store.close().await;
    acknowledged("close");
}

/// Runs the life in a process of its own; says what was acknowledged and how it ended.
fn live(path: &Path, variable: (&str, &Path)) -> (BTreeSet<String>, ExitStatus) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "life", "--nocapture"])
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

#[test]
fn what_was_acknowledged_survives_a_kill_at_every_commit() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("commits");
    let (steps, ended) = live(&dir.path().join("whole.db"), (COMMIT_LOG, &log));
    assert!(
        ended.success() && steps.contains("close"),
        "{ended} {steps:?}"
    );
    let points: BTreeSet<String> = std::fs::read_to_string(&log)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    for verb in [
        "migrate",
        "request_pairing",
        "grant",
        "touch",
        "accept",
        "begin",
        "finish",
        "deliver",
        "patch_session",
        "reset_session",
        "delete_session",
        "recover",
        "prune",
    ] {
        let named = |point: &String| point.split([':', '+']).any(|part| part == verb);
        assert!(
            points.iter().any(named),
            "no commit of {verb} in {points:?}"
        );
    }
    let mut hit = 0;
    for point in &points {
        let path = dir.path().join(format!("{}.db", point.replace(':', "-")));
        let (acked, ended) = live(&path, (KILL_AT, Path::new(point)));
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
    }
    println!(
        "{hit} distinct points of commit, {} enumerated",
        points.len()
    );
    let alone = points.iter().filter(|point| !point.contains('+')).count();
    assert!(hit >= alone, "{hit} of {points:?}");
    assert!(alone >= 26, "{points:?}");
}

/// What was left by a process that was killed at this point.
async fn look(path: &Path, point: &str, acked: &BTreeSet<String>) {
    let store = SqliteStore::open(path).unwrap();
    let has = |step: &str| acked.contains(step);
    let device = store.device(&DeviceId::new("d")).await.unwrap();
    assert!(
        !has("grant")
            || device
                .as_ref()
                .is_some_and(|device| device.grants.len() == 1),
        "{point}"
    );
    assert!(
        device.is_none_or(|device| device.grants.len() == 1),
        "{point}: a device without its grant"
    );
    let session = store.session(&key("a")).await.unwrap();
    let run = async |name: &str| store.run(&RunId::new(name)).await.unwrap();
    for name in ["r1", "r2"] {
        assert!(
            !has(&format!("accept {name}"))
                || has("prune")
                || run(name).await.is_some()
                || point.starts_with("prune"),
            "{point}"
        );
    }
    if has("accept r1") {
        assert!(session.is_some(), "{point}");
    }
    if let Some(session) = &session {
        assert!(
            !has("patch") || session.label.as_deref() == Some("Alpha"),
            "{point}"
        );
        assert!(!has("reset") || session.id == "a-id-2", "{point}");
        whole_transcript(&store, session.message_count, point, acked).await;
    }
    let delivered = store.session(&key("b")).await.unwrap();
    assert!(!has("delete") || delivered.is_none(), "{point}");
    if has("deliver") && !has("recover") {
        assert_eq!(delivered.unwrap().message_count, 1, "{point}");
    }
    // An asked-for effect happens once, however often it is asked for.
    if !has("prune") && !point.starts_with("prune") {
        for name in ["r1", "r2", "r3", "r4"] {
            store.accept(new_run(name)).await.unwrap();
            assert_eq!(run(&format!("{name}-spare")).await, None, "{point}");
        }
    }
    let recovered = store.recover(note(), 9).await.unwrap();
    assert!(
        recovered
            .interrupted
            .iter()
            .all(|run| run.state == RunState::Ended),
        "{point}"
    );
    store.close().await;
    sound(path, point);
}

/// Every message of the session is there, and every turn that ended has its words.
async fn whole_transcript(store: &SqliteStore, count: u64, point: &str, acked: &BTreeSet<String>) {
    let query = HistoryQuery {
        before: None,
        limit: 100,
        max_bytes: usize::MAX,
    };
    let messages = store.history(&key("a"), query).await.unwrap().messages;
    assert_eq!(messages.len() as u64, count, "{point}");
    let said: Vec<_> = messages.iter().map(|message| message.body.text()).collect();
    let has = |text: &str| said.iter().any(|said| said == text);
    if acked.contains("reset") || point.starts_with("reset") && said.is_empty() {
        assert!(said.is_empty(), "{point}: {said:?}");
        return;
    }
    assert!(
        !acked.contains("begin r1") || has("say r1"),
        "{point}: {said:?}"
    );
    assert!(
        !acked.contains("finish r1") || has("answer 1"),
        "{point}: {said:?}"
    );
    assert!(
        !acked.contains("begin r2 finish r4") || has("say r2") && has("say r4"),
        "{point}: {said:?}"
    );
    for (run, text) in [("r1", "say r1"), ("r2", "say r2"), ("r4", "say r4")] {
        let state = store
            .run(&RunId::new(run))
            .await
            .unwrap()
            .map(|run| run.state);
        let queued = matches!(state, None | Some(RunState::Queued));
        assert!(
            queued != has(text) || (state.is_none() && has(text)),
            "{point}: {run} {state:?} {said:?}"
        );
    }
    let found = SessionQuery {
        limit: 9,
        search: Some("answer 1".into()),
        ..SessionQuery::default()
    };
    let found = store.sessions(found).await.unwrap();
    assert_eq!(
        found.len(),
        usize::from(has("answer 1")),
        "{point}: the words for the search"
    );
}

fn sound(path: &Path, point: &str) {
    let conn = rusqlite::Connection::open(path).unwrap();
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
