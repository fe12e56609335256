//! Files that go out with a message: fetched by their links, looked at and named before anything
//! is stored.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use futures_util::future::try_join_all;
use tidegate_core::channel::{MediaLimits, OutboundMedia};
use tidegate_core::files::{FileError, kind_of, safe_name};
use tidegate_core::run::Once;
use tidegate_core::transcript::FilePart;
use tokio::sync::{Mutex, MutexGuard};

use crate::files::settle;
use crate::{Engine, EngineError};

/// Requests whose files are fetched at once, at most.
const AT_ONCE: usize = 32;
/// When to try again after a file could not be had, in milliseconds.
const RETRY_MS: u64 = 5_000;

/// Lets one request with the same key fetch at a time: a repetition finds what the first stored.
#[derive(Debug, Default)]
pub(crate) struct Turnstiles([Mutex<()>; AT_ONCE]);

impl Turnstiles {
    /// Waits until no other request of this key fetches. Others share its place by chance; each
    /// waits no longer than fetching takes.
    pub(super) async fn pass(&self, once: &Once) -> Option<MutexGuard<'_, ()>> {
        let mut hasher = DefaultHasher::new();
        (&once.principal, &once.key).hash(&mut hasher);
        let index = hasher.finish() % AT_ONCE as u64;
        let stile = self.0.get(usize::try_from(index).unwrap_or_default())?;
        Some(stile.lock().await)
    }
}

/// A file that was fetched. Unless a part of the outbox keeps it, it is taken away when this is
/// dropped.
#[derive(Debug)]
pub(super) struct Enclosure {
    media: OutboundMedia,
    kept: bool,
}

impl Enclosure {
    pub(super) fn media(&self) -> OutboundMedia {
        self.media.clone()
    }

    /// What a transcript says of it.
    pub(super) fn note(&self) -> String {
        let media = self.media();
        let file = FilePart {
            kind: media.kind,
            name: Some(media.name),
            mime: media.mime,
            bytes: media.bytes,
            path: PathBuf::new(),
        };
        file.note()
    }

    /// The outbox has it: it is there until it is a week old.
    pub(super) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Enclosure {
    fn drop(&mut self) {
        if !self.kept && std::fs::remove_file(&self.media.path).is_err() {
            tracing::warn!("a file that is not sent could not be taken away");
        }
    }
}

impl Engine {
    /// Fetches what these links name, all at once; all of it or nothing.
    pub(super) async fn enclosures(
        &self,
        links: &[String],
        limits: MediaLimits,
    ) -> Result<Vec<Enclosure>, EngineError> {
        let fetched = links.iter().map(|link| self.enclosure(link, limits));
        try_join_all(fetched).await
    }

    async fn enclosure(&self, link: &str, limits: MediaLimits) -> Result<Enclosure, EngineError> {
        let source = &self.inner().accounts.source;
        let raw = self.new_file().await.map_err(no_room)?;
        let fetched = source.fetch(link, &raw, limits.upload_bytes).await;
        let fetched = fetched.map_err(|error| match error {
            FileError::Refused(why) => EngineError::invalid(format!("mediaUrl: {why}")),
            FileError::Unreachable(why) => busy(format!("mediaUrl: {why}")),
        })?;
        let (file, mime) = settle(fetched.file).await.map_err(no_room)?;
        let media = OutboundMedia {
            kind: kind_of(mime),
            path: file.path,
            name: safe_name(fetched.name.as_deref(), mime),
            mime: mime.to_owned(),
            bytes: file.bytes,
        };
        Ok(Enclosure { media, kept: false })
    }
}

fn no_room(why: String) -> EngineError {
    tracing::warn!(error = why, "a file to send could not be stored");
    busy("a file to send could not be stored; see the log".into())
}

const fn busy(what: String) -> EngineError {
    EngineError::Busy {
        what,
        retry_after_ms: RETRY_MS,
    }
}
