//! What is in a jail: its files and folders, no more than the bounds, and whether they changed.

use std::hash::{DefaultHasher, Hash, Hasher};

use rustix::fs::{AtFlags, Dir, FileType, OFlags, Stat, statat};
use rustix::io::Errno;
use tidegate_core::canvas::{CanvasError, CanvasFile, CanvasPath};

use super::{Jail, size_of};

/// Files of one canvas.
pub(in crate::canvas) const CANVAS_FILES: usize = 2_000;
/// Folders of one canvas that are looked into.
const CANVAS_FOLDERS: usize = 256;
/// A folder that is full of programs' parts and no page of anybody.
const MODULES: &str = "node_modules";

impl Jail {
    /// Its files and folders, by their paths; no more than the bounds.
    pub(in crate::canvas) fn list(&self) -> Result<Listing, CanvasError> {
        let mut listing = Listing::default();
        let mut next = vec![None::<CanvasPath>];
        while let Some(folder) = next.pop() {
            let found = self.look_into(folder.as_ref(), &mut listing);
            let found = found.map_err(|error| CanvasError::Disk(error.into()))?;
            let room = CANVAS_FOLDERS.saturating_sub(listing.folders.len());
            next.extend(found.iter().take(room).cloned().map(Some));
            listing.folders.extend(found.into_iter().take(room));
        }
        listing.files.sort();
        Ok(listing)
    }

    fn look_into(
        &self,
        folder: Option<&CanvasPath>,
        listing: &mut Listing,
    ) -> Result<Vec<CanvasPath>, Errno> {
        let opened = match folder {
            None => self.inside(".", OFlags::DIRECTORY | OFlags::CLOEXEC)?,
            Some(path) => match self.folder(path.as_str()) {
                Ok(opened) => opened,
                // Taken away, or swapped for something else, since its name was read.
                Err(_) => return Ok(Vec::new()),
            },
        };
        let mut folders = Vec::new();
        for entry in Dir::read_from(&opened)? {
            let entry = entry?;
            let Some(path) = entry
                .file_name()
                .to_str()
                .ok()
                .and_then(|name| below(folder, name))
            else {
                continue;
            };
            let Ok(stat) = statat(&opened, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) else {
                continue;
            };
            if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
                folders.push(path);
            } else if let Some(bytes) = size_of(&stat)
                && listing.files.len() < CANVAS_FILES
            {
                listing.states.push((path.clone(), state(&stat)));
                listing.files.push(CanvasFile { path, bytes });
            }
        }
        Ok(folders)
    }
}

/// What is in a folder.
#[derive(Debug, Default)]
pub(in crate::canvas) struct Listing {
    pub(in crate::canvas) files: Vec<CanvasFile>,
    pub(in crate::canvas) folders: Vec<CanvasPath>,
    /// What becomes another when a file does: its place on the disk and its last change.
    states: Vec<(CanvasPath, [i128; 4])>,
}

impl Listing {
    /// A short word for everything that is there; another after every change.
    pub(in crate::canvas) fn stamp(&self) -> String {
        let mut states = self.states.clone();
        states.sort();
        let mut hash = DefaultHasher::new();
        states.hash(&mut hash);
        format!("{:016x}", hash.finish())
    }
}

/// What of a file becomes another when it is written or takes another's place.
fn state(stat: &Stat) -> [i128; 4] {
    [
        i128::from(stat.st_ino),
        i128::from(stat.st_size),
        i128::from(stat.st_mtime),
        i128::from(stat.st_mtime_nsec),
    ]
}

/// A name in a folder, if it is one that is ever served.
fn below(folder: Option<&CanvasPath>, name: &str) -> Option<CanvasPath> {
    if name == MODULES {
        return None;
    }
    match folder {
        None => CanvasPath::of_names([name]).ok(),
        Some(folder) => folder.join(name).ok(),
    }
}
