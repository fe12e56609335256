//! Files that came with a message.

use tidegate_core::channel::{InboundMedia, MediaKind};

use crate::discord::api::{File, Message};

/// Somebody speaks.
const VOICE: u64 = 1 << 13;

pub(super) fn media(message: &Message) -> Vec<InboundMedia> {
    let voice = message.flags & VOICE != 0;
    let handed_on = message
        .message_snapshots
        .iter()
        .flat_map(|snapshot| &snapshot.message.attachments);
    message
        .attachments
        .iter()
        .chain(handed_on)
        .filter(|file| !file.url.is_empty())
        .map(|file| one(file, voice))
        .collect()
}

fn one(file: &File, voice: bool) -> InboundMedia {
    InboundMedia {
        kind: kind(file.content_type.as_deref().unwrap_or_default(), voice),
        handle: file.url.clone(),
        name: file.filename.clone(),
        mime: file.content_type.clone(),
        bytes: file.size,
    }
}

fn kind(mime: &str, voice: bool) -> MediaKind {
    match mime.split('/').next() {
        Some("image") if mime.starts_with("image/gif") => MediaKind::Animation,
        Some("image") if !mime.starts_with("image/svg") => MediaKind::Photo,
        Some("video") => MediaKind::Video,
        Some("audio") if voice => MediaKind::Voice,
        Some("audio") => MediaKind::Audio,
        _ => MediaKind::Document,
    }
}
