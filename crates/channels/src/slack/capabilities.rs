//! What Slack can do. The numbers are those of its documentation; where that says nothing, those of
//! issues in its own repositories.

use std::time::Duration;

use tidegate_core::channel::{
    Capabilities, MediaKind, MediaLimits, Rate, Rates, TextLimit, TextUnit,
};

/// A change takes 4000, marks and escapes included (a post takes 40 000). The rest is room for them.
const TEXT_CHARS: usize = 3500;
/// "Up to 1 GB", both ways.
const FILE_BYTES: u64 = 1_000_000_000;
/// Changes are allowed 50 times a minute in the whole workspace: room for two drafts at once.
const DRAFT_EVERY: Duration = Duration::from_secs(3);

const KINDS: &[MediaKind] = &[
    MediaKind::Photo,
    MediaKind::Video,
    MediaKind::Animation,
    MediaKind::Audio,
    MediaKind::Voice,
    MediaKind::Document,
];

/// With a way in that may be silent for so long.
pub(super) const fn capabilities(patience: Duration) -> Capabilities {
    Capabilities {
        label: "Slack",
        text: chars(TEXT_CHARS),
        media: Some(MediaLimits {
            kinds: KINDS,
            photo_bytes: FILE_BYTES,
            upload_bytes: FILE_BYTES,
            download_bytes: FILE_BYTES,
            caption: chars(TEXT_CHARS),
        }),
        // A reply would make a thread, and an answer belongs where the question stands.
        replies: false,
        edits: true,
        reactions: true,
        buttons: true,
        polls: false,
        // Only threads with an assistant have a line of status.
        typing: None,
        // `client_msg_id` is taken and not looked at.
        keyed_sends: false,
        history: true,
        rates: Rates {
            // "Several hundred a minute" in the whole workspace.
            account: rate(5, 1),
            // One a second, short bursts allowed.
            direct: rate(3, 3),
            group: rate(3, 3),
        },
        draft_every: Some(DRAFT_EVERY),
        proof_every: patience,
    }
}

const fn chars(max: usize) -> TextLimit {
    TextLimit {
        max,
        unit: TextUnit::Chars,
    }
}

const fn rate(count: u32, seconds: u64) -> Rate {
    Rate {
        count,
        per: Duration::from_secs(seconds),
    }
}
