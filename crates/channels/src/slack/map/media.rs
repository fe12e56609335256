//! Files that came with a message.

use tidegate_core::channel::{InboundMedia, MediaKind};

use crate::slack::api::File;

/// A file; none if Slack does not say where it is, as for those that are gone or hidden.
pub(super) fn media(file: &File) -> Option<InboundMedia> {
    let mime = file.mimetype.as_deref().unwrap_or_default();
    Some(InboundMedia {
        kind: kind(file.subtype.as_deref(), mime),
        handle: file.url_private.clone().filter(|url| !url.is_empty())?,
        name: file.name.clone(),
        mime: file.mimetype.clone(),
        bytes: file.size,
    })
}

fn kind(subtype: Option<&str>, mime: &str) -> MediaKind {
    match (subtype, mime.split('/').next()) {
        (Some("slack_audio"), _) => MediaKind::Voice,
        _ if mime == "image/gif" => MediaKind::Animation,
        (_, Some("image")) => MediaKind::Photo,
        (_, Some("video")) => MediaKind::Video,
        (_, Some("audio")) => MediaKind::Audio,
        _ => MediaKind::Document,
    }
}
