//! What stays open. The kernel knows only what is allowed, and allows it for a folder with all that is
//! in it; so on the way to each closed path everything beside the way is named.

use std::collections::BTreeSet;
use std::fs::DirEntry;
use std::io;
use std::path::{Path, PathBuf};

use super::mounts::other_names;
use super::plan::{Fence, without_links};
use crate::limits::FENCE_PATHS_MAX;

/// The paths that stay open, each with all that is in it.
///
/// # Errors
/// The way to a closed path cannot be read, or has more beside it than [`FENCE_PATHS_MAX`].
pub(super) fn open_paths(fence: &Fence, mounts: &str) -> io::Result<Vec<PathBuf>> {
    let closed = closed(fence, mounts);
    let ways: BTreeSet<&Path> = closed
        .iter()
        .flat_map(|path| path.ancestors().skip(1))
        .collect();
    let mut open: Vec<PathBuf> = reopened(fence, &closed);
    for way in &ways {
        for entry in entries(way)? {
            let path = entry.path();
            let kept = closed.contains(&path) || ways.contains(path.as_path());
            // What a link leads to is open or not by its own path.
            if kept || entry.file_type().is_ok_and(|kind| kind.is_symlink()) {
                continue;
            }
            if open.len() >= FENCE_PATHS_MAX {
                return Err(too_many(way));
            }
            open.push(path);
        }
    }
    Ok(open)
}

/// What is closed, by every name that it has; nothing that is in something else of it.
fn closed(fence: &Fence, mounts: &str) -> BTreeSet<PathBuf> {
    let mut closed = BTreeSet::new();
    for hidden in &fence.hidden {
        let hidden = without_links(hidden);
        // A file with a secret in a folder that is open is the wish of whoever put it there; else
        // nothing could be made in that folder.
        let wished = fence.open.iter().any(|open| hidden.starts_with(open));
        if !wished || hidden.is_dir() {
            closed.extend(other_names(mounts, &hidden));
            closed.insert(hidden);
        }
    }
    let all = closed.clone();
    closed.retain(|path| !all.iter().any(|one| one != path && path.starts_with(one)));
    closed
}

/// What is open inside of what is closed, never the closed folder itself. A program that can write in
/// one of them may have put a link there, so each must still be what it was.
fn reopened(fence: &Fence, closed: &BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let in_it = |open: &Path, path: &Path| open != path && open.starts_with(path);
    let inside = |open: &&PathBuf| closed.iter().any(|path| in_it(open, path));
    let same = |open: &&PathBuf| open.canonicalize().is_ok_and(|now| now == **open);
    fence
        .open
        .iter()
        .filter(inside)
        .filter(same)
        .cloned()
        .collect()
}

/// What is in a folder on the way. One that we may enter but not list has nothing that could be named.
fn entries(way: &Path) -> io::Result<Vec<DirEntry>> {
    match std::fs::read_dir(way) {
        Ok(entries) => entries.take(FENCE_PATHS_MAX + 1).collect(),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(Vec::new()),
        // Nothing is there, so nothing is beside it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn too_many(way: &Path) -> io::Error {
    let what = format!(
        "there are more than {FENCE_PATHS_MAX} files in {}, which holds the state directory",
        way.display()
    );
    io::Error::other(what)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::fence::Demand;

    /// A folder with these folders in it, by its real path.
    fn tree(names: &[&str]) -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        for name in names {
            std::fs::create_dir_all(root.path().join(name)).unwrap();
        }
        let path = root.path().canonicalize().unwrap();
        (root, path)
    }

    /// What stays open of `root`, relative to it.
    fn open_in(root: &Path, fence: &Fence) -> Vec<String> {
        let mut open: Vec<String> = open_paths(fence, "")
            .unwrap()
            .iter()
            .filter_map(|path| path.strip_prefix(root).ok())
            .map(|path| path.to_str().unwrap().to_owned())
            .collect();
        open.sort();
        open
    }

    #[test]
    fn everything_beside_the_way_stays_open_and_nothing_on_it() {
        let (_root, root) = tree(&["home/state/deep", "home/notes", "srv"]);
        std::fs::write(root.join("home/file"), "").unwrap();
        symlink("state", root.join("home/link")).unwrap();
        let fence = Fence::around(vec![root.join("home/state")], Demand::Required);
        assert_eq!(open_in(&root, &fence), ["home/file", "home/notes", "srv"]);
        let by_link = Fence::around(vec![root.join("home/link")], Demand::Required);
        assert_eq!(open_in(&root, &by_link), ["home/file", "home/notes", "srv"]);
    }

    #[test]
    fn a_folder_inside_stays_open_unless_a_link_took_its_place() {
        let (_root, root) = tree(&["state/workspaces/a", "state/secrets", "b"]);
        let fence = Fence::around(vec![root.join("state")], Demand::Required)
            .but_for([root.join("state/workspaces/a"), root.join("b")]);
        assert_eq!(open_in(&root, &fence), ["b", "state/workspaces/a"]);
        std::fs::remove_dir(root.join("state/workspaces/a")).unwrap();
        symlink(root.join("state"), root.join("state/workspaces/a")).unwrap();
        assert_eq!(open_in(&root, &fence), ["b"]);
    }

    #[test]
    fn what_is_not_there_yet_is_closed_too() {
        let (_root, root) = tree(&["etc/other"]);
        let fence = Fence::around(vec![root.join("etc/config.json")], Demand::Required);
        assert_eq!(open_in(&root, &fence), ["etc/other"]);
        let deep = Fence::around(vec![root.join("etc/new/config.json")], Demand::Required);
        assert_eq!(open_in(&root, &deep), ["etc/other"]);
    }

    #[test]
    fn a_folder_that_is_to_be_open_does_not_open_a_closed_one_in_it() {
        let (_root, root) = tree(&["home/state", "home/notes"]);
        let fence = Fence::around(vec![root.join("home/state")], Demand::Required)
            .but_for([root.join("home")]);
        assert_eq!(open_in(&root, &fence), ["home/notes"]);
    }

    #[test]
    fn a_closed_folder_is_not_opened_by_its_own_name() {
        let (_root, root) = tree(&["home/state/workspaces/a", "home/notes"]);
        let state = root.join("home/state");
        let fence = Fence::around(vec![state.clone()], Demand::Required)
            .but_for([state.clone(), state.join("workspaces/a")]);
        let open = ["home/notes", "home/state/workspaces/a"];
        assert_eq!(open_in(&root, &fence), open);
    }

    #[test]
    fn a_file_in_a_closed_folder_closes_nothing_more_and_one_in_an_open_folder_nothing() {
        let (_root, root) = tree(&["state", "work/notes"]);
        let hidden = ["state", "state/key", "work/key"].map(|name| root.join(name));
        let fence = Fence::around(hidden.to_vec(), Demand::Required).but_for([root.join("work")]);
        assert_eq!(open_in(&root, &fence), ["work"]);
    }
}
