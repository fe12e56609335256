//! Values of a chat network for lives.

use tidegate_core::channel::{AccountKey, OutboundPart, Peer, PeerKind, Receipt, Target};
use tidegate_core::origin::Origin;
use tidegate_core::run::{Run, RunStatus};
use tidegate_core::store::{
    Arrival, Arrivals, Deed, Finish, InboxState, NewOutbound, OutboxStep, OutboxStore,
    RecoveryNote, SenderAsk,
};
use tidegate_protocol::RunId;
use tidegate_store::SqliteStore;

use crate::values::{finish, key, new_run, note};

/// The conversation's first id; it moves to [`MOVED`].
pub(crate) const FIRST: &str = "p";
pub(crate) const MOVED: &str = "q";

pub(crate) fn account() -> AccountKey {
    AccountKey::new("net", "default")
}

fn target(peer: &str) -> Target {
    Target {
        account: account(),
        peer: Peer {
            kind: PeerKind::Group,
            id: peer.into(),
        },
        thread: None,
    }
}

/// All parts of a group; a run's if it has the name of one.
pub(crate) fn parts(group: &str, count: u32) -> Vec<NewOutbound> {
    let run = group.starts_with('r').then(|| RunId::new(group));
    let one = |part| NewOutbound {
        group: group.into(),
        part,
        parts: count,
        target: target(FIRST),
        body: OutboundPart::text(format!("{group} {part}")),
        session_key: None,
        run_id: run.clone(),
        expires_at_ms: 100,
        at_ms: 3,
    };
    (0..count).map(one).collect()
}

/// Event number `no`: the third is answered at once, every other asks for the run `r<no>`. From
/// the fourth on they come from where the conversation has moved.
fn event(no: u32) -> Arrival {
    let message_id = format!("m{no}");
    let peer = if no < 4 { FIRST } else { MOVED };
    let deed = if no == 3 {
        Deed::Answer {
            ends: InboxState::Answered,
            outbound: parts("n3", 1),
        }
    } else {
        let mut run = new_run(&format!("r{no}"));
        run.session_key = key(&format!("net:group:{peer}"));
        run.new_session_id = format!("net-id-{no}");
        run.request.origin = Some(Origin {
            target: target(peer),
            message_id: message_id.clone(),
            sender_id: "ann".into(),
            sender_name: None,
            title: None,
            album: None,
        });
        Deed::Ask(Box::new(run))
    };
    Arrival {
        provider_id: format!("e{no}"),
        message_id,
        target: target(peer),
        sender_id: "ann".into(),
        sent_at_ms: 1,
        deed,
    }
}

/// Those events, and the cursor behind the last.
pub(crate) fn arrivals(numbers: &[u32]) -> Arrivals {
    Arrivals {
        account: account(),
        owner: "us".into(),
        list: numbers.iter().map(|no| event(*no)).collect(),
        cursor: numbers.iter().max().map(u32::to_string),
        at_ms: 2,
    }
}

/// The end of runs, with an answer in so many parts.
pub(crate) fn finish_with(runs: &[&str], status: RunStatus, text: &str, count: u32) -> Finish {
    Finish {
        outbound: parts(runs[0], count),
        ..finish(runs, status, text)
    }
}

fn cut_off(run: &Run, _now_ms: u64) -> Vec<NewOutbound> {
    match &run.request.origin {
        Some(_) => parts(run.id.as_str(), 1),
        None => Vec::new(),
    }
}

/// Tells a network's conversation that its run was cut off.
pub(crate) fn note_to_network() -> RecoveryNote {
    RecoveryNote {
        outbound: cut_off,
        ..note()
    }
}

pub(crate) fn asks(sender: &str) -> SenderAsk {
    SenderAsk {
        account: account(),
        sender_id: sender.into(),
        name: None,
        chat: target(FIRST),
        code: format!("{sender}-code"),
        at_ms: 1,
    }
}

/// Does these steps to a part.
pub(crate) async fn step(store: &SqliteStore, group: &str, part: usize, steps: Vec<OutboxStep>) {
    let no = store.group(group).await.unwrap()[part].no;
    for step in steps {
        assert!(store.step(no, step, 4).await.unwrap().is_some());
    }
}

pub(crate) fn sent() -> OutboxStep {
    OutboxStep::Sent(Receipt {
        message_id: "x".into(),
        poll_id: None,
    })
}

pub(crate) fn dead() -> OutboxStep {
    OutboxStep::Dead {
        reason: "gone".into(),
    }
}
