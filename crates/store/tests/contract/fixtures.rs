//! Values for tests.

use tidegate_core::run::{Accepted, ByDevice, NewRun, Once, Run, RunEnd, RunRequest, RunStatus};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{
    ApprovalStore, DeviceStore, Finish, HistoryPage, HistoryQuery, InboxStore, NodeStore,
    OutboxStore, RecoveryNote, RunStore, SenderStore, Session, SessionQuery, SessionStore,
};
use tidegate_core::transcript::{Maker, NewMessage, Part, Speaker, StopReason, Usage};
use tidegate_protocol::{DeviceId, Role, RunId};

/// Everything that a store is.
pub(crate) trait Store:
    SessionStore
    + RunStore
    + DeviceStore
    + InboxStore
    + OutboxStore
    + SenderStore
    + ApprovalStore
    + NodeStore
{
}
impl<
    T: SessionStore
        + RunStore
        + DeviceStore
        + InboxStore
        + OutboxStore
        + SenderStore
        + ApprovalStore
        + NodeStore,
> Store for T
{
}

pub(crate) fn key(name: &str) -> SessionKey {
    SessionKey::stored(format!("agent:main:{name}"))
}

pub(crate) fn id(name: &str) -> RunId {
    RunId::new(name)
}

pub(crate) fn once(key: &str, params_hash: &str) -> Once {
    Once {
        principal: "owner".into(),
        method: "agent",
        key: key.into(),
        params_hash: params_hash.into(),
    }
}

/// A run of this name in this session; its request says `say <name>`.
pub(crate) fn new_run(name: &str, session: &str, at_ms: u64) -> NewRun {
    NewRun {
        run_id: id(name),
        spare_run_id: id(&format!("{name}-spare")),
        once: once(name, "hash"),
        session_key: key(session),
        new_session_id: format!("{session}-id"),
        request: RunRequest {
            message: format!("say {name}"),
            echo_key: session.into(),
            thinking: Some("low".into()),
            extra_system_prompt: None,
            timeout_ms: Some(9),
            may_administer: true,
            by: Some(ByDevice {
                device: DeviceId::new("phone"),
                role: Role::Operator,
            }),
            label: None,
            origin: None,
            deliver_to: None,
            media: Vec::new(),
        },
        room: true,
        renews: false,
        at_ms,
    }
}

pub(crate) async fn accept(store: &impl Store, name: &str, session: &str, at_ms: u64) -> Run {
    match store.accept(new_run(name, session, at_ms)).await.unwrap() {
        Accepted::New(run) => run,
        other => panic!("not new: {other:?}"),
    }
}

pub(crate) fn user(run: &str, text: &str, at_ms: u64) -> NewMessage {
    NewMessage::user(format!("{run}-user"), text.into(), at_ms, id(run))
}

pub(crate) async fn begin(store: &impl Store, name: &str, at_ms: u64) {
    let message = user(name, &format!("say {name}"), at_ms);
    store.begin(vec![(id(name), message)], at_ms).await.unwrap();
}

pub(crate) fn maker() -> Maker {
    Maker {
        api: "offline".into(),
        provider: "offline".into(),
        model: "echo".into(),
    }
}

pub(crate) fn usage(output: u64) -> Usage {
    Usage {
        input: 1,
        output,
        cache_read: 0,
        cache_write: 0,
    }
}

pub(crate) fn answer(run: &str, text: &str, at_ms: u64) -> NewMessage {
    NewMessage {
        id: format!("{run}-answer"),
        speaker: Speaker::Assistant,
        parts: vec![
            Part::Thinking {
                thinking: "pondering".into(),
                signature: Some("sig".into()),
            },
            Part::Text { text: text.into() },
        ],
        at_ms,
        run_id: Some(id(run)),
        maker: Some(maker()),
        usage: Some(usage(2)),
        stop: Some(StopReason::Stop),
        error: None,
    }
}

pub(crate) fn ended(status: RunStatus, text: &str) -> RunEnd {
    RunEnd {
        status,
        text: text.into(),
        error: None,
        failure: None,
        maker: Some(maker()),
        usage: usage(2),
    }
}

pub(crate) fn ok(names: &[&str], text: &str, at_ms: u64) -> Finish {
    let lead = names.first().unwrap();
    Finish {
        runs: names.iter().map(|name| id(name)).collect(),
        end: ended(RunStatus::Ok, text),
        message: Some(answer(lead, text, at_ms)),
        outbound: Vec::new(),
        at_ms,
    }
}

pub(crate) fn aborted(names: &[&str], at_ms: u64) -> Finish {
    let end = RunEnd {
        maker: None,
        usage: Usage::default(),
        ..ended(RunStatus::Aborted, "")
    };
    Finish {
        runs: names.iter().map(|name| id(name)).collect(),
        end,
        message: None,
        outbound: Vec::new(),
        at_ms,
    }
}

/// One whole turn.
pub(crate) async fn turn(store: &impl Store, name: &str, session: &str, at_ms: u64) {
    accept(store, name, session, at_ms).await;
    begin(store, name, at_ms + 1).await;
    store
        .finish(ok(&[name], &format!("answer to {name}"), at_ms + 2))
        .await
        .unwrap();
}

pub(crate) fn note() -> RecoveryNote {
    RecoveryNote {
        error: "the gateway ended".into(),
        outbound: |_, _| Vec::new(),
    }
}

pub(crate) const EVERYTHING: HistoryQuery = HistoryQuery {
    before: None,
    limit: 1000,
    max_bytes: usize::MAX,
};

pub(crate) async fn page(store: &impl Store, session: &str, query: HistoryQuery) -> HistoryPage {
    store.history(&key(session), query).await.unwrap()
}

/// What was said in a session, each with the first letter of who said it.
pub(crate) async fn said(store: &impl Store, session: &str) -> Vec<String> {
    let page = page(store, session, EVERYTHING).await;
    assert!(
        page.messages
            .iter()
            .zip(1..)
            .all(|(message, seq)| message.seq == seq)
    );
    let line = |body: &NewMessage| format!("{}: {}", &body.speaker.as_str()[..1], body.text());
    page.messages
        .iter()
        .map(|message| line(&message.body))
        .collect()
}

pub(crate) async fn session(store: &impl Store, name: &str) -> Session {
    store.session(&key(name)).await.unwrap().unwrap()
}

pub(crate) fn all() -> SessionQuery {
    SessionQuery {
        limit: 100,
        ..SessionQuery::default()
    }
}

/// The last parts of the keys that a query finds.
pub(crate) async fn found(store: &impl Store, query: SessionQuery) -> Vec<String> {
    let found = store.sessions(query).await.unwrap();
    found
        .iter()
        .map(|one| {
            one.session
                .key
                .as_str()
                .rsplit(':')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
}
