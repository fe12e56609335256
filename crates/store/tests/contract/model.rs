//! Any order of verbs: the store on disk answers like the one in memory, also after it was closed
//! and opened again.

use proptest::prelude::*;
use tidegate_core::session::SessionKey;
use tidegate_core::store::{Arrival, Deed, Finish, HistoryQuery, SessionQuery, SettingsPatch};
use tidegate_core::transcript::NewMessage;
use tidegate_protocol::Patch;
use tidegate_store::{MemoryStore, SqliteStore};

use crate::channels::*;
use crate::fixtures::*;

#[derive(Debug, Clone)]
enum Verb {
    Accept {
        run: u8,
        key: u8,
        hash: u8,
        session: u8,
        label: bool,
    },
    /// Events that ask for these runs.
    Arrive {
        runs: Vec<u8>,
        session: u8,
        renews: bool,
    },
    Begin {
        runs: Vec<u8>,
    },
    Finish {
        runs: Vec<u8>,
        aborted: bool,
    },
    Patch {
        session: u8,
        label: Patch<u8>,
        parent: Patch<u8>,
    },
    Reset {
        session: u8,
    },
    Delete {
        session: u8,
        messages: bool,
    },
    Deliver {
        key: u8,
        session: u8,
    },
    Recover,
    Prune {
        age: u8,
    },
    Reopen,
}

fn change() -> impl Strategy<Value = Patch<u8>> {
    prop_oneof![
        Just(Patch::Keep),
        Just(Patch::Clear),
        (0..3_u8).prop_map(Patch::Set)
    ]
}

fn verb() -> impl Strategy<Value = Verb> {
    let runs = || proptest::collection::vec(0..8_u8, 1..3);
    prop_oneof![
        6 => (0..8_u8, 0..12_u8, 0..8_u8, 0..3_u8, any::<bool>()).prop_map(
            |(run, key, hash, session, label)| Verb::Accept { run, key, hash, session, label }),
        5 => (runs(), 0..3_u8, any::<bool>()).prop_map(
            |(runs, session, renews)| Verb::Arrive { runs, session, renews }),
        5 => runs().prop_map(|runs| Verb::Begin { runs }),
        5 => (runs(), any::<bool>()).prop_map(|(runs, aborted)| Verb::Finish { runs, aborted }),
        2 => (0..3_u8, change(), change()).prop_map(
            |(session, label, parent)| Verb::Patch { session, label, parent }),
        1 => (0..3_u8).prop_map(|session| Verb::Reset { session }),
        1 => (0..3_u8, any::<bool>()).prop_map(|(session, messages)| Verb::Delete { session, messages }),
        2 => (0..12_u8, 0..3_u8).prop_map(|(key, session)| Verb::Deliver { key, session }),
        1 => Just(Verb::Recover),
        1 => (0..20_u8).prop_map(|age| Verb::Prune { age }),
        1 => Just(Verb::Reopen),
    ]
}

fn session_key(session: u8) -> SessionKey {
    if session == 0 {
        SessionKey::stored("global")
    } else {
        key(&session.to_string())
    }
}

/// Events that ask for these runs; some begin the session anew.
fn events(runs: &[u8], session: u8, renews: bool, now_ms: u64) -> Vec<Arrival> {
    let event = |run: &u8| {
        let mut event = asks(&format!("run{run}"), "x", now_ms);
        if let Deed::Ask(new) = &mut event.deed {
            new.spare_run_id = id(&format!("spare-{now_ms}"));
            new.session_key = session_key(session);
            new.new_session_id = format!("id-{now_ms}");
            new.renews = renews && run.is_multiple_of(3);
        }
        event
    };
    runs.iter().map(event).collect()
}

/// The end of a turn; every second one goes out to a network.
fn end_of(runs: &[String], stopped: bool, now_ms: u64) -> Finish {
    let runs: Vec<_> = runs.iter().map(String::as_str).collect();
    let mut end = if stopped {
        aborted(&runs, now_ms)
    } else {
        ok(&runs, "answered", now_ms)
    };
    if now_ms.is_multiple_of(2) {
        end.outbound = vec![answer_of(runs[0], "x", now_ms)];
    }
    end
}

/// What a store answers; of errors only that it is one.
async fn answer_to(store: &impl Store, verb: &Verb, now_ms: u64) -> String {
    fn line<T: std::fmt::Debug, E>(answer: Result<T, E>) -> String {
        answer.map_or("an error".into(), |answer| format!("{answer:?}"))
    }
    let fresh = format!("id-{now_ms}");
    let names = |runs: &[u8]| {
        runs.iter()
            .map(|run| format!("run{run}"))
            .collect::<Vec<_>>()
    };
    match verb.clone() {
        Verb::Accept {
            run,
            key,
            hash,
            session,
            label,
        } => {
            let mut new = new_run(&format!("run{run}"), "x", now_ms);
            new.spare_run_id = id(&format!("spare-{now_ms}"));
            new.once = once(&format!("key{key}"), &format!("hash{}", hash.min(1)));
            new.session_key = session_key(session);
            new.new_session_id = fresh;
            new.request.label = label.then(|| format!("label{session}"));
            line(store.accept(new).await)
        }
        Verb::Arrive {
            runs,
            session,
            renews,
        } => {
            let list = events(&runs, session, renews, now_ms);
            line(store.arrive(arrivals(list, &fresh, now_ms)).await)
        }
        Verb::Begin { runs } => {
            let runs = names(&runs);
            let runs = runs
                .iter()
                .map(|run| (id(run), user(run, &format!("from {run}"), now_ms)));
            line(store.begin(runs.collect(), now_ms).await)
        }
        Verb::Finish {
            runs,
            aborted: stopped,
        } => line(store.finish(end_of(&names(&runs), stopped, now_ms)).await),
        Verb::Patch {
            session,
            label,
            parent,
        } => {
            let patch = SettingsPatch {
                label: label.map(|label| format!("label{label}")),
                spawned_by: parent.map(|parent| format!("parent{parent}")),
                ..SettingsPatch::default()
            };
            line(
                store
                    .patch_session(&session_key(session), patch, fresh, now_ms)
                    .await,
            )
        }
        Verb::Reset { session } => line(
            store
                .reset_session(&session_key(session), fresh, now_ms)
                .await,
        ),
        Verb::Delete { session, messages } => {
            line(store.delete_session(&session_key(session), messages).await)
        }
        Verb::Deliver { key, session } => {
            let message =
                NewMessage::injected(fresh.clone(), format!("delivered {key}"), now_ms, None);
            let once = once(&format!("key{key}"), "hash1");
            line(
                store
                    .deliver(once, &session_key(session), fresh, message)
                    .await,
            )
        }
        Verb::Recover => line(store.recover(note_with_answer(), now_ms).await),
        Verb::Prune { age } => {
            let before = now_ms.saturating_sub(age.into());
            let events = store.prune_inbox(before).await.unwrap();
            format!("{events} {}", line(store.prune(before).await))
        }
        Verb::Reopen => String::new(),
    }
}

/// Everything that can be read, a line for each answer.
async fn view(store: &impl Store) -> Vec<String> {
    fn line(answer: impl std::fmt::Debug) -> String {
        format!("{answer:?}")
    }
    let query = SessionQuery {
        limit: 100,
        include_global: true,
        with_first_text: true,
        with_last_text: true,
        ..SessionQuery::default()
    };
    let mut view = vec![line(store.sessions(query.clone()).await.unwrap())];
    for text in ["from run1", "answered", "1"] {
        let query = SessionQuery {
            search: Some(text.into()),
            ..query.clone()
        };
        let found = store.sessions(query).await.unwrap();
        view.push(line(
            found.iter().map(|one| &one.session.key).collect::<Vec<_>>(),
        ));
    }
    for session in 0..3 {
        let key = session_key(session);
        let query = HistoryQuery {
            before: Some(9),
            limit: 5,
            max_bytes: 200,
        };
        view.push(line(store.history(&key, query).await.unwrap()));
        view.push(line(store.history(&key, EVERYTHING).await.unwrap()));
    }
    for run in 0..8 {
        let name = format!("run{run}");
        view.push(line(store.run(&id(&name)).await.unwrap()));
        view.push(line(store.trace(&name).await.unwrap()));
        view.push(line(store.trace(&format!("m-{name}")).await.unwrap()));
    }
    view.push(line(store.cursor(&account(), "us").await.unwrap()));
    view.push(line(store.last_arrival(&account()).await.unwrap()));
    view.push(line(store.open_parts(None, 100).await.unwrap()));
    view
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_do_the_same(verbs in proptest::collection::vec(verb(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("state.db");
            let mut disk = SqliteStore::open(&path).unwrap();
            let memory = MemoryStore::new();
            for (now_ms, verb) in (1..).zip(&verbs) {
                if matches!(verb, Verb::Reopen) {
                    disk.close().await;
                    disk = SqliteStore::open(&path).unwrap();
                }
                let on_disk = answer_to(&disk, verb, now_ms).await;
                assert_eq!(on_disk, answer_to(&memory, verb, now_ms).await, "{verb:?}");
            }
            assert_eq!(view(&disk).await, view(&memory).await);
            disk.close().await;
        });
    }
}
