//! What Telegram can do. The numbers are those of the Bot API's documentation and its page of
//! questions about limits.

use std::time::Duration;

use tidegate_core::channel::{
    Capabilities, MediaKind, MediaLimits, Rate, Rates, TextLimit, TextUnit,
};

/// The vendor takes 4096 after marks are taken off; the rest is room for what rendering adds, such
/// as bullets and the lines of tables.
const TEXT_UNITS: usize = 4000;
/// The vendor takes 1024.
const CAPTION_UNITS: usize = 1000;
/// Larger pictures go as documents.
pub(super) const PHOTO_BYTES: u64 = 10 * 1024 * 1024;
const UPLOAD_BYTES: u64 = 50 * 1024 * 1024;
const DOWNLOAD_BYTES: u64 = 20 * 1024 * 1024;
/// Up and down, with a server of one's own on this machine.
const LOCAL_BYTES: u64 = 2000 * 1024 * 1024;
/// A sign of typing lasts so long, or until we write.
const TYPING: Duration = Duration::from_secs(5);
/// A group takes 20 messages in a minute, and a change counts as one. So a draft makes at most 15,
/// which leaves 5 for what is said besides.
const DRAFT_EVERY: Duration = Duration::from_secs(4);
/// Least time for an answer that is due.
const LEAST_SLACK: Duration = Duration::from_secs(2);

/// What a poll may take longer than it was asked to wait, before it counts as dead: half as long
/// again.
pub(super) fn poll_slack(poll: Duration) -> Duration {
    LEAST_SLACK.max(poll / 2)
}

/// Stickers are sent as documents: a sticker must have a form that no file of ours has by chance.
const KINDS: &[MediaKind] = &[
    MediaKind::Photo,
    MediaKind::Video,
    MediaKind::Animation,
    MediaKind::Audio,
    MediaKind::Voice,
    MediaKind::Document,
];

/// With polls that wait so long, on a server of one's own or not.
pub(super) fn capabilities(poll: Duration, local: bool) -> Capabilities {
    Capabilities {
        label: "Telegram",
        text: utf16(TEXT_UNITS),
        media: Some(MediaLimits {
            kinds: KINDS,
            photo_bytes: PHOTO_BYTES,
            upload_bytes: if local { LOCAL_BYTES } else { UPLOAD_BYTES },
            download_bytes: if local { LOCAL_BYTES } else { DOWNLOAD_BYTES },
            caption: utf16(CAPTION_UNITS),
        }),
        replies: true,
        edits: true,
        reactions: true,
        buttons: true,
        polls: true,
        typing: Some(TYPING),
        keyed_sends: false,
        history: false,
        rates: Rates {
            account: rate(30, 1),
            direct: rate(1, 1),
            group: rate(20, 60),
        },
        draft_every: Some(DRAFT_EVERY),
        proof_every: poll.saturating_add(poll_slack(poll)),
    }
}

const fn utf16(max: usize) -> TextLimit {
    TextLimit {
        max,
        unit: TextUnit::Utf16,
    }
}

const fn rate(count: u32, seconds: u64) -> Rate {
    Rate {
        count,
        per: Duration::from_secs(seconds),
    }
}
