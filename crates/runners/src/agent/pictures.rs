//! Pictures of a conversation, for models that look at them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tidegate_core::files::{is_picture, sniff};
use tidegate_core::transcript::{FilePart, Message};
use tokio::io::AsyncReadExt;

/// Pictures of one turn: the newest ones, since every turn pays for them again.
const MOST: usize = 8;
/// Bytes of all of them. In base64 they stay below 32 MB, the largest request that Anthropic takes.
const ALL_BYTES: u64 = 20 * 1024 * 1024;

/// A picture as a request holds it.
#[derive(Debug)]
pub(crate) struct Picture {
    /// Its type, by its first bytes.
    pub(crate) mime: &'static str,
    /// Its bytes, in base64.
    pub(crate) base64: String,
}

/// The pictures of a turn, by where they lie.
#[derive(Debug, Default)]
pub(crate) struct Pictures {
    by_path: BTreeMap<PathBuf, Picture>,
    shown: bool,
}

/// None at all: the model does not look at pictures.
pub(crate) static NONE: Pictures = Pictures {
    by_path: BTreeMap::new(),
    shown: false,
};

impl Pictures {
    /// Reads the newest pictures of a conversation that have at most `max_bytes` each. One that is
    /// gone, or is no picture, is left out.
    pub(crate) async fn of(history: &[Message], max_bytes: u64) -> Self {
        let (mut pictures, mut room) = (BTreeMap::new(), ALL_BYTES);
        let newest = history.iter().rev().flat_map(|message| {
            let files: Vec<&FilePart> = message.body.files().collect();
            files.into_iter().rev()
        });
        for file in newest.filter(|file| is_picture(&file.mime)) {
            if pictures.len() == MOST {
                break;
            }
            let limit = max_bytes.min(room);
            if let Some((bytes, picture)) = read(&file.path, limit).await {
                room = room.saturating_sub(bytes);
                pictures.insert(file.path.clone(), picture);
            }
        }
        Self {
            by_path: pictures,
            shown: true,
        }
    }

    /// PNGs that lie there, for tests.
    #[cfg(test)]
    pub(crate) fn with<'a>(pictures: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let picture = |base64: &str| Picture {
            mime: "image/png",
            base64: base64.to_owned(),
        };
        let pictures = pictures
            .into_iter()
            .map(|(path, base64)| (PathBuf::from(path), picture(base64)));
        Self {
            by_path: pictures.collect(),
            shown: true,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// Whether the model looks at pictures.
    pub(crate) const fn are_shown(&self) -> bool {
        self.shown
    }

    /// The picture of a file, if it is one.
    pub(crate) fn of_file(&self, file: &FilePart) -> Option<&Picture> {
        self.by_path.get(&file.path)
    }
}

/// A picture of at most so many bytes, with how many it has.
async fn read(path: &Path, max_bytes: u64) -> Option<(u64, Picture)> {
    let file = tokio::fs::File::open(path).await.ok()?;
    let mut bytes = Vec::new();
    let read = file
        .take(max_bytes + 1)
        .read_to_end(&mut bytes)
        .await
        .ok()?;
    let read = u64::try_from(read).unwrap_or(u64::MAX);
    let mime = sniff(&bytes).filter(|mime| is_picture(mime))?;
    let picture = || Picture {
        mime,
        base64: STANDARD.encode(&bytes),
    };
    (read <= max_bytes).then(|| (read, picture()))
}

#[cfg(test)]
mod tests;
