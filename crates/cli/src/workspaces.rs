//! The agents' folders on the disk: made at the start, empty, for their owner alone.

use std::fs::{DirBuilder, Metadata};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use crate::config::workspaces::Placed;
use crate::exit::Exit;
use crate::output::Failure;

/// Makes the folders that are missing, mode 0700, and says which. Nothing is written into them.
///
/// # Errors
/// One cannot be made, is no folder, or anybody may write into it.
pub(crate) fn prepare(placed: &[Placed]) -> Result<Vec<String>, Failure> {
    let mut made = Vec::new();
    for workspace in placed {
        let unusable = |problem: String, next: String| {
            let key = workspace
                .key
                .as_deref()
                .unwrap_or("agents.list.*.workspace");
            let (agent, dir) = (&workspace.agent, workspace.dir.display());
            let text = format!("{key}: the workspace {dir} of agent \"{agent}\" {problem}");
            Failure::new(Exit::Config, text).next(next)
        };
        let elsewhere = || "mend it, or name another folder in the configuration".to_owned();
        let cannot =
            |error: std::io::Error| unusable(format!("cannot be used: {error}"), elsewhere());
        if make(&workspace.dir).map_err(cannot)? {
            made.push(format!("{} (workspace)", workspace.dir.display()));
        }
        let meta = std::fs::metadata(&workspace.dir).map_err(cannot)?;
        if !meta.is_dir() {
            return Err(unusable("is no folder".into(), elsewhere()));
        }
        if open_to_all(&meta) {
            let problem = "may be written by anybody, who would then speak to the agent as you";
            let next = format!("chmod o-w {}", workspace.dir.display());
            return Err(unusable(problem.into(), next));
        }
        // What cannot be listed cannot be read at a turn either: better said now.
        std::fs::read_dir(&workspace.dir).map_err(cannot)?;
    }
    Ok(made)
}

/// Makes a folder; whether it was missing.
fn make(dir: &Path) -> std::io::Result<bool> {
    match std::fs::metadata(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let mut builder = DirBuilder::new();
            builder.recursive(true).mode(0o700).create(dir)?;
            Ok(true)
        }
        Err(error) => Err(error),
        Ok(_) => Ok(false),
    }
}

fn open_to_all(meta: &Metadata) -> bool {
    meta.permissions().mode() & 0o002 != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(dir: &Path) -> Placed {
        Placed {
            agent: "main".into(),
            key: Some("agents.defaults.workspace".into()),
            dir: dir.to_owned(),
        }
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn makes_an_empty_folder_once() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("deep/workspace");
        let made = prepare(&[at(&dir)]).unwrap();
        assert_eq!(made, [format!("{} (workspace)", dir.display())]);
        assert_eq!(
            (mode(&dir), mode(&home.path().join("deep"))),
            (0o700, 0o700)
        );
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 0);
        assert_eq!(prepare(&[at(&dir)]).unwrap(), [""; 0]);
    }

    #[test]
    fn leaves_the_rights_of_a_folder_that_is_there() {
        let home = tempfile::tempdir().unwrap();
        std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o755)).unwrap();
        prepare(&[at(home.path())]).unwrap();
        assert_eq!(mode(home.path()), 0o755);
    }

    #[test]
    fn says_what_is_wrong_and_what_to_do() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        let open = home.path().join("open");
        std::fs::create_dir(&open).unwrap();
        std::fs::set_permissions(&open, PermissionsExt::from_mode(0o777)).unwrap();
        let cases = [
            (file.clone(), "is no folder"),
            (file.join("below"), "cannot be used"),
            (open, "may be written by anybody"),
        ];
        for (dir, problem) in cases {
            let failure = prepare(&[at(&dir)]).unwrap_err().to_string();
            assert!(failure.contains(problem), "{failure}");
            assert!(
                failure.starts_with("agents.defaults.workspace: "),
                "{failure}"
            );
        }
    }
}
