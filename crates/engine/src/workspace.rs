//! What an agent is told from its own folder. The files are read anew at each turn, so that a
//! change holds at once; nothing in the folder is run or taken as configuration (SECURITY T52).

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::Errno;
use tidegate_core::SessionKey;
use tidegate_core::agents::{Agent, Audience, FILE_CHARS, StandingFile, Workspace, standing_words};
use tidegate_core::run::Run;
use tokio::sync::Semaphore;

use crate::Engine;

/// Bytes of one file that are read. A character has at most four, so these hold one more than is
/// told, and what is longer is seen to be.
const FILE_BYTES: u64 = 4 * (FILE_CHARS as u64 + 1);
/// How long a turn waits for the files: a disk that is slower than this hangs.
const READ_TIME: Duration = Duration::from_secs(5);
/// Workspaces that are read at once. Each has a thread, which a disk that hangs keeps: with a bound
/// it keeps these, and never all that the gateway has.
const READERS: usize = 8;
/// Opened to be read only, never as a terminal, never waiting (a named pipe would), never through
/// a link: a link could lead out of the folder.
const FILE_FLAGS: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::NOCTTY)
    .union(OFlags::CLOEXEC);
/// The folder itself may be a link: the owner named it.
const DIR_FLAGS: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

/// The readers of workspaces.
pub(crate) struct Readers(Arc<Semaphore>);

impl Default for Readers {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(READERS)))
    }
}

impl Readers {
    async fn read(
        &self,
        workspace: Workspace,
        audience: Audience,
    ) -> Option<Vec<(StandingFile, String)>> {
        let free = Arc::clone(&self.0).acquire_owned().await.ok()?;
        let reading = move || {
            let _until_it_is_done = free;
            read(&workspace, audience)
        };
        tokio::task::spawn_blocking(reading).await.ok()
    }
}

impl Engine {
    /// The standing words of an agent for a turn that answers these runs.
    pub(crate) async fn workspace_words(
        &self,
        agent: &Agent,
        key: &SessionKey,
        runs: &[Run],
    ) -> Option<String> {
        let workspace = agent.workspace.clone()?;
        let names = &self.inner().agents.names;
        let shared = self.inner().accounts.main_is_shared();
        let requests = runs.iter().map(|run| &run.request);
        let audience = Audience::of(key, names, shared, requests);
        let reading = self.inner().readers.read(workspace, audience);
        if let Ok(Some(found)) = tokio::time::timeout(READ_TIME, reading).await {
            return standing_words(&found);
        }
        tracing::warn!(agent = %agent.id, "the workspace could not be read in time: this turn goes without it");
        None
    }
}

/// The files for this audience that are there. What cannot be used is left out and logged by name.
fn read(workspace: &Workspace, audience: Audience) -> Vec<(StandingFile, String)> {
    let dir = match openat(CWD, workspace.dir(), DIR_FLAGS, Mode::empty()) {
        Ok(dir) => dir,
        Err(error) => {
            tracing::warn!(dir = %workspace.dir().display(), %error, "the workspace cannot be read");
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for file in StandingFile::ALL {
        if !file.is_for(audience) {
            continue;
        }
        match text_of(&dir, file.name()) {
            Ok(text) => found.push((file, text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let dir = workspace.dir().display();
                tracing::warn!(%dir, file = file.name(), %error, "a file of the workspace is left out");
            }
        }
    }
    found
}

/// The beginning of a regular file in this folder; what is not UTF-8 is replaced.
fn text_of(dir: &OwnedFd, name: &str) -> io::Result<String> {
    let opened = openat(dir, name, FILE_FLAGS, Mode::empty()).map_err(|error| match error {
        Errno::LOOP => io::Error::other("a link, which is not followed"),
        other => other.into(),
    });
    let file = File::from(opened?);
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    // It could be a file of another folder, a secret even (SECURITY T39).
    if meta.nlink() != 1 {
        return Err(io::Error::other("it has a second name (a hard link)"));
    }
    let mut bytes = Vec::new();
    file.take(FILE_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests;
