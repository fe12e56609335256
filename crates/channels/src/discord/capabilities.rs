//! What Discord can do. The numbers are those of its documentation, unless a line says otherwise.

use std::time::Duration;

use tidegate_core::channel::{
    Capabilities, MediaKind, MediaLimits, Rate, Rates, TextLimit, TextUnit,
};

/// The vendor takes 2000 characters; the rest is room for what fitting our Markdown adds, such as
/// the lines of tables.
const TEXT_CHARS: usize = 1900;
/// The vendor's limit without paid extras.
const UPLOAD_BYTES: u64 = 10 * 1024 * 1024;
/// Ours: people with paid extras send up to 500 MiB.
const DOWNLOAD_BYTES: u64 = 100 * 1024 * 1024;
/// A sign of typing lasts so long, or until we write.
const TYPING: Duration = Duration::from_secs(10);
/// Libraries have seen 5 changes in 5 s a channel. A draft makes at most 4 of them, so that there is
/// room for one more message that is changed.
const DRAFT_EVERY: Duration = Duration::from_millis(1500);
/// The vendor asks for a heartbeat every 41.25 s and acknowledges it at once.
const PROOF_EVERY: Duration = Duration::from_secs(45);

/// Everything goes as a file, and the vendor shows what it can show.
const KINDS: &[MediaKind] = &[
    MediaKind::Photo,
    MediaKind::Video,
    MediaKind::Animation,
    MediaKind::Audio,
    MediaKind::Voice,
    MediaKind::Document,
];

const TEXT: TextLimit = TextLimit {
    max: TEXT_CHARS,
    unit: TextUnit::Chars,
};

pub(super) fn capabilities() -> Capabilities {
    Capabilities {
        label: "Discord",
        text: TEXT,
        media: Some(MediaLimits {
            kinds: KINDS,
            photo_bytes: UPLOAD_BYTES,
            upload_bytes: UPLOAD_BYTES,
            download_bytes: DOWNLOAD_BYTES,
            caption: TEXT,
        }),
        replies: true,
        edits: true,
        reactions: true,
        buttons: true,
        polls: true,
        typing: Some(TYPING),
        keyed_sends: true,
        history: true,
        rates: Rates {
            account: rate(50, 1),
            direct: rate(5, 5),
            group: rate(5, 5),
        },
        draft_every: Some(DRAFT_EVERY),
        proof_every: PROOF_EVERY,
    }
}

const fn rate(count: u32, seconds: u64) -> Rate {
    Rate {
        count,
        per: Duration::from_secs(seconds),
    }
}
