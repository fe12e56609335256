//! Values for the tests of this folder.

use std::time::Duration;

use tidegate_core::channel::{
    AccountKey, Capabilities, OutboundPart, Peer, PeerKind, Rate, Rates, Target, TextLimit,
    TextUnit,
};
use tidegate_core::store::{NewOutbound, OutboxRow, OutboxState};

/// A network that takes short words, seldom, and polls.
pub(super) fn can() -> Capabilities {
    let rate = Rate {
        count: 1,
        per: Duration::from_secs(1),
    };
    Capabilities {
        label: "N",
        text: TextLimit {
            max: 100,
            unit: TextUnit::Chars,
        },
        media: None,
        replies: false,
        edits: false,
        reactions: false,
        buttons: false,
        polls: true,
        typing: None,
        keyed_sends: false,
        history: false,
        rates: Rates {
            account: rate,
            direct: rate,
            group: rate,
        },
        draft_every: None,
        proof_every: Duration::from_secs(1),
    }
}

/// A conversation there.
pub(super) fn target(kind: PeerKind) -> Target {
    Target {
        account: AccountKey::new("n", "a"),
        peer: Peer {
            kind,
            id: "1".into(),
        },
        thread: None,
    }
}

/// A part that was tried once and is tried no more after `expires_at_ms`.
pub(super) fn row(group: &str, state: OutboxState, expires_at_ms: u64) -> OutboxRow {
    OutboxRow {
        no: 1,
        item: NewOutbound {
            group: group.into(),
            part: 0,
            parts: 1,
            target: target(PeerKind::Direct),
            body: OutboundPart::text("hello"),
            session_key: None,
            run_id: None,
            expires_at_ms,
            at_ms: 0,
        },
        state,
        attempts: 1,
        not_before_ms: 0,
        maybe_sent_since_ms: None,
        settled_at_ms: None,
        receipt: None,
        error: None,
    }
}
