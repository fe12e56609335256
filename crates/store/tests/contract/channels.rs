//! Values of chat networks for tests.

use tidegate_core::channel::{AccountKey, OutboundPart, Peer, PeerKind, Receipt, Target};
use tidegate_core::origin::Origin;
use tidegate_core::run::{Run, RunState};
use tidegate_core::store::{
    Arrival, Arrivals, Arrived, Deed, InboxRow, InboxState, NewOutbound, OutboxRow, OutboxState,
    OutboxStep, RecoveryNote,
};

use crate::fixtures::{Store, id, key, new_run, note};

pub(crate) fn account() -> AccountKey {
    AccountKey::new("net", "default")
}

/// A group of this id.
pub(crate) fn target(peer: &str) -> Target {
    Target {
        account: account(),
        peer: Peer {
            kind: PeerKind::Group,
            id: peer.into(),
        },
        thread: None,
    }
}

pub(crate) fn origin(peer: &str, message: &str) -> Origin {
    Origin {
        target: target(peer),
        message_id: message.into(),
        sender_id: "ann".into(),
        sender_name: Some("Ann".into()),
        title: None,
        album: None,
    }
}

/// The event `e-<name>` with the message `m-<name>`, which asks for the run `<name>` in this
/// session.
pub(crate) fn asks(name: &str, session: &str, at_ms: u64) -> Arrival {
    let mut run = new_run(name, session, at_ms);
    run.request.origin = Some(origin("p", &format!("m-{name}")));
    // What idempotent requests hold to does not hold here.
    run.room = false;
    run.once.key = "the same for all".into();
    Arrival {
        deed: Deed::Ask(Box::new(run)),
        ..answered(name, InboxState::Answered, Vec::new())
    }
}

/// The event `e-<name>`, which is answered at once.
pub(crate) fn answered(name: &str, ends: InboxState, outbound: Vec<NewOutbound>) -> Arrival {
    Arrival {
        provider_id: format!("e-{name}"),
        message_id: format!("m-{name}"),
        target: target("p"),
        sender_id: "ann".into(),
        sent_at_ms: 77,
        deed: Deed::Answer { ends, outbound },
    }
}

/// The row that such an event makes.
pub(crate) fn event(name: &str, state: InboxState, at_ms: u64) -> InboxRow {
    InboxRow {
        provider_id: format!("e-{name}"),
        message_id: format!("m-{name}"),
        target: target("p"),
        sender_id: "ann".into(),
        sent_at_ms: 77,
        arrived_at_ms: at_ms,
        state,
        ended_at_ms: (state != InboxState::Accepted).then_some(at_ms),
        run_id: None,
        session_key: None,
    }
}

/// The row of an event that asks for a run.
pub(crate) fn asked(name: &str, session: &str, at_ms: u64) -> InboxRow {
    InboxRow {
        run_id: Some(id(name)),
        session_key: Some(key(session)),
        ..event(name, InboxState::Accepted, at_ms)
    }
}

pub(crate) fn arrivals(list: Vec<Arrival>, cursor: &str, at_ms: u64) -> Arrivals {
    Arrivals {
        account: account(),
        owner: "us".into(),
        list,
        cursor: Some(cursor.into()),
        at_ms,
    }
}

pub(crate) async fn arrive(store: &impl Store, list: Vec<Arrival>, at_ms: u64) -> Vec<Arrived> {
    let cursor = format!("c{at_ms}");
    store.arrive(arrivals(list, &cursor, at_ms)).await.unwrap()
}

/// One event that asks for a run.
pub(crate) async fn arrive_one(store: &impl Store, name: &str, session: &str, at_ms: u64) -> Run {
    let mut arrived = arrive(store, vec![asks(name, session, at_ms)], at_ms).await;
    match arrived.pop() {
        Some(Arrived::New(Some(run))) => *run,
        other => panic!("not new: {other:?}"),
    }
}

/// The event of a trace that knows one.
pub(crate) async fn inbox_of(store: &impl Store, name: &str) -> InboxRow {
    let mut traced = store.trace(&format!("e-{name}")).await.unwrap();
    assert_eq!(traced.len(), 1, "{name}");
    traced.remove(0).inbox.unwrap()
}

/// Part `part` of `parts` of a group, to this conversation.
pub(crate) fn part(group: &str, part: u32, parts: u32, peer: &str, at_ms: u64) -> NewOutbound {
    NewOutbound {
        group: group.into(),
        part,
        parts,
        target: target(peer),
        body: OutboundPart::text(format!("{group} {part}")),
        session_key: None,
        run_id: None,
        expires_at_ms: at_ms + 1000,
        at_ms,
    }
}

/// All parts of a group.
pub(crate) fn parts(group: &str, count: u32, peer: &str, at_ms: u64) -> Vec<NewOutbound> {
    let one = |at| part(group, at, count, peer, at_ms);
    (0..count).map(one).collect()
}

/// What a run says.
pub(crate) fn answer_of(run: &str, session: &str, at_ms: u64) -> NewOutbound {
    NewOutbound {
        run_id: Some(id(run)),
        session_key: Some(key(session)),
        ..part(run, 0, 1, "p", at_ms)
    }
}

/// Tells the run's conversation that it was cut off.
pub(crate) fn note_with_answer() -> RecoveryNote {
    RecoveryNote {
        outbound: |run, now_ms| {
            assert_eq!(run.state, RunState::Ended);
            vec![answer_of(run.id.as_str(), "a", now_ms)]
        },
        ..note()
    }
}

/// A part that was just stored.
pub(crate) fn fresh(no: u64, item: NewOutbound) -> OutboxRow {
    OutboxRow {
        no,
        state: OutboxState::Prepared,
        attempts: 0,
        not_before_ms: item.at_ms,
        item,
        maybe_sent_since_ms: None,
        settled_at_ms: None,
        receipt: None,
        error: None,
    }
}

pub(crate) fn receipt(message: &str) -> Receipt {
    Receipt {
        message_id: message.into(),
        poll_id: None,
    }
}

pub(crate) fn later(not_before_ms: u64) -> OutboxStep {
    OutboxStep::Later {
        not_before_ms,
        error: "busy".into(),
    }
}

pub(crate) fn ambiguous(not_before_ms: u64) -> OutboxStep {
    OutboxStep::Ambiguous {
        not_before_ms,
        error: "cut off".into(),
    }
}

pub(crate) fn dead() -> OutboxStep {
    OutboxStep::Dead {
        reason: "no such chat".into(),
    }
}

/// A step that must find its part open.
pub(crate) async fn step(store: &impl Store, no: u64, step: OutboxStep, now_ms: u64) -> OutboxRow {
    store.step(no, step, now_ms).await.unwrap().unwrap()
}

/// The numbers of the heads.
pub(crate) async fn heads(store: &impl Store) -> Vec<u64> {
    numbers(&store.heads(&account(), 100).await.unwrap())
}

pub(crate) fn numbers(rows: &[OutboxRow]) -> Vec<u64> {
    rows.iter().map(|row| row.no).collect()
}
