//! The file that came with a message; Telegram sends one at most.

use tidegate_core::channel::{InboundMedia, MediaKind};

use crate::telegram::api::{Message, NamedFile, PhotoSize, Sticker};

pub(super) fn media(message: &Message) -> Option<InboundMedia> {
    if let Some(size) = largest(&message.photo) {
        return Some(photo(size));
    }
    if let Some(it) = &message.sticker {
        return Some(sticker(it));
    }
    // An animation is told as a document as well, so documents come last.
    [
        (MediaKind::Animation, &message.animation),
        (MediaKind::Video, &message.video),
        (MediaKind::Video, &message.video_note),
        (MediaKind::Voice, &message.voice),
        (MediaKind::Audio, &message.audio),
        (MediaKind::Document, &message.document),
    ]
    .into_iter()
    .find_map(|(kind, file)| file.as_ref().map(|file| named(kind, file)))
}

fn largest(sizes: &[PhotoSize]) -> Option<&PhotoSize> {
    sizes
        .iter()
        .max_by_key(|size| size.width.saturating_mul(size.height))
}

fn photo(size: &PhotoSize) -> InboundMedia {
    InboundMedia {
        kind: MediaKind::Photo,
        handle: size.file_id.clone(),
        name: None,
        // Telegram turns every picture into one.
        mime: Some("image/jpeg".into()),
        bytes: size.file_size,
    }
}

fn sticker(sticker: &Sticker) -> InboundMedia {
    let mime = match (sticker.is_animated, sticker.is_video) {
        (true, _) => "application/x-tgsticker",
        (_, true) => "video/webm",
        _ => "image/webp",
    };
    InboundMedia {
        kind: MediaKind::Sticker,
        handle: sticker.file_id.clone(),
        name: None,
        mime: Some(mime.into()),
        bytes: sticker.file_size,
    }
}

fn named(kind: MediaKind, file: &NamedFile) -> InboundMedia {
    InboundMedia {
        kind,
        handle: file.file_id.clone(),
        name: file.file_name.clone(),
        mime: file.mime_type.clone(),
        bytes: file.file_size,
    }
}
