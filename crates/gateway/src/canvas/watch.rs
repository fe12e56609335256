//! Changes of a canvas's files, as the kernel tells them (inotify). Many at once are one; hidden
//! files and `node_modules` are nobody's page.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use super::jail::Jail;

/// No change for so long, and the page is loaded again (V3 7).
const QUIET: Duration = Duration::from_millis(75);
/// A file that never rests is told of this often.
const AT_LEAST: Duration = Duration::from_secs(1);
/// Canvases that are watched at once.
const WATCHES: usize = 32;

/// Every canvas that somebody watches.
#[derive(Debug, Default)]
pub(super) struct Watches(Mutex<HashMap<PathBuf, Weak<Watch>>>);

/// One canvas; it is watched as long as somebody holds this.
#[derive(Debug)]
pub(super) struct Watch {
    changes: watch::Receiver<u64>,
    _stop: DropGuard,
}

impl Watch {
    /// A number that grows with every change.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }
}

impl Watches {
    /// Watches a folder that is there. `None` if too many are watched, or the kernel will not.
    pub(super) fn follow(&self, folder: &Path, tasks: &TaskTracker) -> Option<Arc<Watch>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, watch| watch.strong_count() > 0);
        if let Some(watch) = all.get(folder).and_then(Weak::upgrade) {
            return Some(watch);
        }
        if all.len() >= WATCHES {
            return None;
        }
        let watch = begin(folder, tasks);
        let watch = watch.inspect_err(|error| tracing::warn!(%error, "a canvas cannot be watched"));
        let watch = Arc::new(watch.ok()?);
        all.insert(folder.to_owned(), Arc::downgrade(&watch));
        Some(watch)
    }
}

fn begin(folder: &Path, tasks: &TaskTracker) -> notify::Result<Watch> {
    // One word is enough: that something changed.
    let (tell, heard) = mpsc::channel(1);
    let root = folder.to_owned();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| matters(&root, &event)) {
            let _ = tell.try_send(());
        }
    })?;
    watch_folders(&mut watcher, folder)?;
    let (sender, changes) = watch::channel(0);
    let stop = CancellationToken::new();
    let keeping = Keeping {
        folder: folder.to_owned(),
        watcher,
        heard,
        sender,
        stop: stop.clone(),
    };
    tasks.spawn(keeping.keep());
    Ok(Watch {
        changes,
        _stop: stop.drop_guard(),
    })
}

struct Keeping {
    folder: PathBuf,
    watcher: RecommendedWatcher,
    heard: mpsc::Receiver<()>,
    sender: watch::Sender<u64>,
    stop: CancellationToken,
}

impl Keeping {
    async fn keep(mut self) {
        let stop = self.stop.clone();
        let mut count = 0;
        while stop.run_until_cancelled(self.change()).await == Some(true) {
            // A folder may be new.
            let (mut watcher, folder) = (self.watcher, self.folder.clone());
            let looked = tokio::task::spawn_blocking(move || {
                let _ = watch_folders(&mut watcher, &folder);
                watcher
            });
            let Ok(watcher) = looked.await else { return };
            self.watcher = watcher;
            count += 1;
            self.sender.send_replace(count);
        }
    }

    /// Waits for a change and then for quiet. `false` if none can come any more.
    async fn change(&mut self) -> bool {
        if self.heard.recv().await.is_none() {
            return false;
        }
        let latest = Instant::now() + AT_LEAST;
        while Instant::now() < latest {
            let quiet = (Instant::now() + QUIET).min(latest);
            if timeout_at(quiet, self.heard.recv()).await.is_err() {
                break;
            }
        }
        true
    }
}

/// Watches the folder and those below it, each for itself: what is not served is not watched.
fn watch_folders(watcher: &mut RecommendedWatcher, root: &Path) -> notify::Result<()> {
    watcher.watch(root, RecursiveMode::NonRecursive)?;
    let listing = Jail::open(root).ok().and_then(|jail| jail.list().ok());
    for folder in listing.into_iter().flat_map(|listing| listing.folders) {
        // Taken away meanwhile: then there is nothing to watch.
        let _ = watcher.watch(&root.join(folder.as_str()), RecursiveMode::NonRecursive);
    }
    Ok(())
}

/// Whether an event is about a file that can be shown.
fn matters(root: &Path, event: &Event) -> bool {
    let reads = matches!(event.kind, EventKind::Access(_));
    !reads && event.paths.iter().any(|path| is_shown(root, path))
}

fn is_shown(root: &Path, path: &Path) -> bool {
    let hidden = |name: &str| name.starts_with('.') || name == "node_modules";
    path.strip_prefix(root).is_ok_and(|below| {
        below.components().all(|part| match part {
            Component::Normal(name) => name.to_str().is_some_and(|name| !hidden(name)),
            _ => false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Long enough for a slow machine.
    const SOON: Duration = Duration::from_secs(10);

    async fn next(changes: &mut watch::Receiver<u64>) -> u64 {
        tokio::time::timeout(SOON, changes.changed())
            .await
            .expect("a change in time")
            .unwrap();
        *changes.borrow_and_update()
    }

    #[tokio::test]
    async fn a_change_is_told_once_in_new_folders_too_and_hidden_files_never() {
        let home = tempfile::tempdir().unwrap();
        let tasks = TaskTracker::new();
        let watches = Watches::default();
        let watch = watches.follow(home.path(), &tasks).unwrap();
        let mut changes = watch.changes();
        std::fs::write(home.path().join(".hidden"), "x").unwrap();
        std::fs::create_dir(home.path().join("node_modules")).unwrap();
        std::fs::write(home.path().join("node_modules/x.js"), "x").unwrap();
        for n in 0..50 {
            std::fs::write(home.path().join("index.html"), n.to_string()).unwrap();
        }
        assert_eq!(next(&mut changes).await, 1, "fifty writes are one change");
        std::fs::create_dir(home.path().join("deep")).unwrap();
        assert_eq!(next(&mut changes).await, 2);
        std::fs::write(home.path().join("deep/a.css"), "x").unwrap();
        assert_eq!(next(&mut changes).await, 3);
        let again = watches.follow(home.path(), &tasks).unwrap();
        assert!(Arc::ptr_eq(&watch, &again));
        drop((watch, again));
        tasks.close();
        tokio::time::timeout(SOON, tasks.wait())
            .await
            .expect("nobody watches any more");
    }

    #[tokio::test]
    async fn a_bounded_number_of_canvases_is_watched() {
        let home = tempfile::tempdir().unwrap();
        let tasks = TaskTracker::new();
        let watches = Watches::default();
        let folders: Vec<_> = (0..=WATCHES)
            .map(|n| home.path().join(n.to_string()))
            .collect();
        for folder in &folders {
            std::fs::create_dir(folder).unwrap();
        }
        let held: Vec<_> = folders
            .iter()
            .map(|one| watches.follow(one, &tasks))
            .collect();
        assert_eq!(held.iter().flatten().count(), WATCHES);
        drop(held);
        assert!(watches.follow(&folders[WATCHES], &tasks).is_some());
    }
}
