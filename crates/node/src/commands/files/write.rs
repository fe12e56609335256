//! `file.write`: whole or not at all. The bytes go into a new file beside the old one, which then
//! takes its name, all by the handle of one folder.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustix::fs::{
    AtFlags, FileType, Mode, OFlags, RenameFlags, openat, renameat_with, statat, unlinkat,
};
use rustix::io::Errno;
use tidegate_client::fresh_id;
use tidegate_protocol::api::commands::files::{FileWrite, FileWriteParams, FileWriteResult};

use super::Files;
use super::jail::failed;
use crate::call::Call;
use crate::failure::Failure;
use crate::table::Serve;

/// Most bytes of one file: what 393 216 characters of base64 hold, as the catalog says.
const WRITE_MAX_BYTES: usize = 294_912;

#[async_trait]
impl Serve<FileWrite> for Files {
    async fn serve(&self, params: FileWriteParams, _: &Call) -> Result<FileWriteResult, Failure> {
        let way = self.way(&params.path)?;
        if !way.root.write {
            return Err(Failure::forbidden("nothing may be written in this folder"));
        }
        let bytes = STANDARD
            .decode(&params.base64)
            .map_err(|_| Failure::invalid("base64: it is not base64"))?;
        if bytes.len() > WRITE_MAX_BYTES {
            return Err(Failure::too_large(format!(
                "at most {WRITE_MAX_BYTES} bytes"
            )));
        }
        let (folder, name) = way.parent()?;
        let (name, overwrite) = (name.to_owned(), params.overwrite == Some(true));
        let written = bytes.len() as u64;
        let write = move || put(&folder, &name, &bytes, overwrite);
        let done = tokio::task::spawn_blocking(write).await;
        done.map_err(|_| Failure::stopped())??;
        Ok(FileWriteResult {
            path: params.path,
            bytes: written,
        })
    }
}

fn put(folder: &OwnedFd, name: &str, bytes: &[u8], overwrite: bool) -> Result<(), Failure> {
    if overwrite && !replaceable(folder, name)? {
        return Err(Failure::invalid("path: not a file"));
    }
    let temporary = format!(".{}.tmp", fresh_id());
    let result = fill(folder, &temporary, bytes).and_then(|()| {
        let flags = if overwrite {
            RenameFlags::empty()
        } else {
            RenameFlags::NOREPLACE
        };
        Ok(renameat_with(folder, &temporary, folder, name, flags)?)
    });
    result.map_err(|why| {
        let _ = unlinkat(folder, &temporary, AtFlags::empty());
        failed(&why)
    })
}

/// A rename replaces a link by the file and follows nothing; but a link is no file to be replaced.
fn replaceable(folder: &OwnedFd, name: &str) -> Result<bool, Failure> {
    match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) => Ok(FileType::from_raw_mode(found.st_mode) == FileType::RegularFile),
        Err(Errno::NOENT) => Ok(true),
        Err(why) => Err(failed(&why.into())),
    }
}

fn fill(folder: &impl AsFd, name: &str, bytes: &[u8]) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mode = Mode::RUSR | Mode::WUSR | Mode::RGRP | Mode::ROTH;
    let mut file = File::from(openat(folder, name, flags, mode)?);
    file.write_all(bytes)?;
    file.sync_all()
}
