//! The life of a session: devices, runs, transcripts.

use std::path::Path;

use tidegate_core::run::{RunState, RunStatus};
use tidegate_core::store::{
    DeviceGrant, DeviceLabel, DeviceStore, HistoryQuery, PairRequest, RunStore, SessionQuery,
    SessionStore, SettingsPatch, Touch,
};
use tidegate_core::transcript::NewMessage;
use tidegate_core::{ScopeSet, SecretHash};
use tidegate_protocol::{DeviceId, Patch, Role, RunId};
use tidegate_store::SqliteStore;

use crate::child::{Acked, Life, acknowledged, store_to_live_in};
use crate::rounds::{call_tools, every_call_has_one_result};
use crate::values::{finish, key, new_run, note, once, user};

/// Verbs that this life commits.
pub(crate) const VERBS: &[&str] = &[
    "migrate",
    "request_pairing",
    "grant",
    "touch",
    "accept",
    "reword",
    "begin",
    "go_on",
    "finish",
    "deliver",
    "patch_session",
    "reset_session",
    "delete_session",
    "recover",
    "prune",
];

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
        granted_at_ms: 1,
        issued_at_ms: 1,
        revoked_at_ms: None,
        expires_at_ms: None,
        used_at_ms: None,
        used_from: None,
        offer: None,
    }
}

fn touched(label: DeviceLabel, at_ms: u64) -> Touch {
    Touch {
        label,
        at_ms,
        expires_at_ms: None,
        offer: None,
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
        offer: None,
    }
}

/// The life of the child: each step is acknowledged after its verb returned. Not a test by itself.
#[tokio::test]
async fn life() {
    let Some(store) = store_to_live_in() else {
        return;
    };
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
        .touch(&device, Role::Operator, touched(named, 2))
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
    call_tools(&store).await;
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
    let words = "say r2 again".to_owned();
    assert!(store.reword(&RunId::new("r2"), words).await.unwrap());
    acknowledged("reword r2");
    // Several callers at once: they share a commit.
    let again = store.touch(&device, Role::Operator, touched(DeviceLabel::default(), 4));
    let (third, touched) = tokio::join!(store.accept(new_run("r3")), again);
    third.unwrap();
    touched.unwrap();
    acknowledged("accept r3");
    store.accept(new_run("r4")).await.unwrap();
    acknowledged("accept r4");
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

#[test]
fn what_was_acknowledged_survives_a_kill_at_every_commit() {
    let life = Life {
        test: "session::life",
        before: |_| {},
        verbs: VERBS,
        points: 36,
    };
    life.kill_at_every_point(&look);
}

/// What was left by a process that was killed at this point.
async fn look(path: &Path, point: &str, acked: &Acked) {
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
    for name in ["r1", "r2", "r3", "r4"] {
        assert!(
            !has(&format!("accept {name}"))
                || has("prune")
                || run(name).await.is_some()
                || point.starts_with("prune"),
            "{point}"
        );
    }
    if let Some(second) = run("r2").await {
        let words = second.request.message;
        let reworded = words == "say r2 again";
        assert!(reworded || words == "say r2", "{point}: {words}");
        assert!(!has("reword r2") || reworded, "{point}");
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
    every_call_has_one_result(&store, point, acked).await;
    store.close().await;
}

/// Every message of the session is there, and every turn that ended has its words.
async fn whole_transcript(store: &SqliteStore, count: u64, point: &str, acked: &Acked) {
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
