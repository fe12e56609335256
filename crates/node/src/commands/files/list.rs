//! `file.list`.

use std::os::fd::OwnedFd;

use async_trait::async_trait;
use rustix::fs::{AtFlags, Dir, FileType, Stat, statat};
use tidegate_protocol::api::commands::files::{
    FileEntry, FileList, FileListParams, FileListResult,
};

use super::Files;
use super::jail::failed;
use crate::call::Call;
use crate::failure::Failure;
use crate::table::Serve;

/// Most entries of one answer.
const ENTRIES_MAX: usize = 1_000;
/// Most entries that are looked at: the first by name of a larger folder cannot be known.
const LOOKED_AT_MAX: usize = 20_000;

#[async_trait]
impl Serve<FileList> for Files {
    async fn serve(&self, params: FileListParams, _: &Call) -> Result<FileListResult, Failure> {
        let path = params.path.unwrap_or_default();
        if path.is_empty() {
            return Ok(self.offered());
        }
        let folder = self.way(&path)?.folder()?;
        let done = tokio::task::spawn_blocking(move || entries(&folder)).await;
        let (entries, truncated) = done.map_err(|_| Failure::stopped())??;
        Ok(FileListResult {
            path,
            entries,
            truncated,
        })
    }
}

impl Files {
    fn offered(&self) -> FileListResult {
        let folder = |name: &String| FileEntry {
            name: name.clone(),
            kind: "folder".to_owned(),
            ..FileEntry::default()
        };
        FileListResult {
            path: String::new(),
            entries: self.roots.iter().map(|root| folder(&root.name)).collect(),
            truncated: false,
        }
    }
}

fn entries(folder: &OwnedFd) -> Result<(Vec<FileEntry>, bool), Failure> {
    let mut found = Vec::new();
    let dir = Dir::read_from(folder).map_err(|why| failed(&why.into()))?;
    let mut more = false;
    for (count, entry) in dir.enumerate() {
        if count >= LOOKED_AT_MAX {
            more = true;
            break;
        }
        let entry = entry.map_err(|why| failed(&why.into()))?;
        // A name that is no text could not be asked for.
        if let Ok(name) = entry.file_name().to_str()
            && !matches!(name, "." | "..")
        {
            found.push(name.to_owned());
        }
    }
    found.sort_unstable();
    more |= found.len() > ENTRIES_MAX;
    found.truncate(ENTRIES_MAX);
    let entry = |name: String| {
        // It may have gone meanwhile.
        let meta = statat(folder, &name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
        Some(describe(name, &meta))
    };
    Ok((found.into_iter().filter_map(entry).collect(), more))
}

fn describe(name: String, meta: &Stat) -> FileEntry {
    let kind = match FileType::from_raw_mode(meta.st_mode) {
        FileType::RegularFile => "file",
        FileType::Directory => "folder",
        FileType::Symlink => "link",
        _ => "other",
    };
    let size = u64::try_from(meta.st_size).ok().filter(|_| kind == "file");
    let seconds = u64::try_from(meta.st_mtime).ok();
    FileEntry {
        name,
        kind: kind.to_owned(),
        size,
        modified_at_ms: seconds.map(|seconds| seconds * 1_000),
    }
}
