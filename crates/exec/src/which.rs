//! Which file a program's name stands for.

use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use tidegate_core::exec::SEARCH_PATH;

/// The file that a name stands for: in the directories of the fixed search path, or the path
/// itself, from `cwd` if it is relative. Without symlinks; `None` if there is none that can be run.
///
/// Blocks on the file system.
pub fn which(name: &str, cwd: &Path) -> Option<PathBuf> {
    if name.is_empty() || name.contains('\0') {
        return None;
    }
    let found = if name.contains('/') {
        Some(cwd.join(name)).filter(|path| is_program(path))
    } else {
        SEARCH_PATH
            .split(':')
            .map(|directory| Path::new(directory).join(name))
            .find(|path| is_program(path))
    };
    found?.canonicalize().ok()
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file()) && access(path, Access::EXEC_OK).is_ok()
}
