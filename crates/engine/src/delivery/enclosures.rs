//! Files that go out with a message: fetched by their links, looked at and named before anything
//! is stored.

use std::hash::{DefaultHasher, Hash, Hasher};

use futures_util::future::try_join_all;
use tidegate_core::channel::{MediaLimits, OutboundMedia};
use tidegate_core::files::{FileError, kind_of, safe_name};
use tidegate_core::run::Once;
use tidegate_core::transcript::FilePart;
use tokio::sync::{Mutex, MutexGuard};

use crate::files::Loose;
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

/// A file that was fetched; gone when this is dropped and not kept.
#[derive(Debug)]
pub(super) struct Enclosure {
    file: Loose,
    name: String,
    mime: &'static str,
}

impl Enclosure {
    pub(super) fn media(&self) -> OutboundMedia {
        let file = self.file.file();
        OutboundMedia {
            kind: kind_of(self.mime),
            path: file.path.clone(),
            name: self.name.clone(),
            mime: self.mime.to_owned(),
            bytes: file.bytes,
        }
    }

    /// What a transcript says of it.
    pub(super) fn note(&self) -> String {
        let media = self.media();
        let file = FilePart {
            kind: media.kind,
            name: Some(media.name),
            mime: media.mime,
            bytes: media.bytes,
            path: media.path,
        };
        file.note()
    }

    /// The outbox has it.
    pub(super) fn keep(self) {
        self.file.keep();
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
        let raw = self.new_file().await.map_err(|why| no_room(&why))?;
        let fetched = source.fetch(link, &raw, limits.upload_bytes).await;
        let fetched = fetched.map_err(|error| match error {
            FileError::Refused(why) => EngineError::invalid(format!("mediaUrl: {why}")),
            FileError::Unreachable(why) => busy(format!("mediaUrl: {why}")),
        })?;
        let mut file = Loose::new(fetched.file);
        let mime = file.settle().await.map_err(|why| no_room(&why))?;
        Ok(Enclosure {
            file,
            name: safe_name(fetched.name.as_deref(), mime),
            mime,
        })
    }
}

fn no_room(why: &str) -> EngineError {
    tracing::warn!(error = why, "a file to send could not be stored");
    busy("a file to send could not be stored; see the log".into())
}

const fn busy(what: String) -> EngineError {
    EngineError::Busy {
        what,
        retry_after_ms: RETRY_MS,
    }
}
