use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{FileType, mknodat};
use tidegate_core::agents::WORKSPACE_CHARS;

use super::*;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn names(&self, audience: Audience) -> Vec<&'static str> {
        let found = self.read(audience);
        found.iter().map(|(file, _)| file.name()).collect()
    }

    fn read(&self, audience: Audience) -> Vec<(StandingFile, String)> {
        read(&Workspace::at(self.path().to_owned()), audience)
    }
}

#[test]
fn reads_what_is_there_for_whom_it_is_for() {
    let folder = Folder::new();
    assert_eq!(folder.names(Audience::Owner), [""; 0]);
    for name in ["MEMORY.md", "AGENTS.md", "USER.md", "README.md", ".env"] {
        folder.write(name, name);
    }
    assert_eq!(
        folder.names(Audience::Owner),
        ["AGENTS.md", "USER.md", "MEMORY.md"]
    );
    assert_eq!(folder.names(Audience::Guests), ["AGENTS.md"]);
    folder.write("AGENTS.md", b"caf\xe9");
    let found = folder.read(Audience::Guests);
    assert_eq!(found, [(StandingFile::Agents, "caf\u{fffd}".to_owned())]);
}

#[test]
fn follows_no_link_and_waits_for_no_pipe() {
    let (folder, outside) = (Folder::new(), Folder::new());
    outside.write("secret", "the owner's secret");
    symlink(
        outside.path().join("secret"),
        folder.path().join("AGENTS.md"),
    )
    .unwrap();
    symlink("nowhere", folder.path().join("IDENTITY.md")).unwrap();
    let pipe = folder.path().join("SOUL.md");
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    std::fs::create_dir(folder.path().join("USER.md")).unwrap();
    let memory = folder.path().join("MEMORY.md");
    std::fs::hard_link(outside.path().join("secret"), memory).unwrap();
    folder.write("TOOLS.md", "a lamp");
    assert_eq!(folder.names(Audience::Owner), ["TOOLS.md"]);
    // The folder itself is the owner's choice, link or not.
    let link = outside.path().join("link");
    symlink(folder.path(), &link).unwrap();
    assert_eq!(read(&Workspace::at(link), Audience::Owner).len(), 1);
}

#[test]
fn a_huge_file_costs_no_more_than_is_told() {
    let folder = Folder::new();
    let file = File::create(folder.path().join("MEMORY.md")).unwrap();
    file.set_len(1 << 40).unwrap();
    folder.write("AGENTS.md", "😀".repeat(FILE_CHARS + 1));
    let found = folder.read(Audience::Owner);
    for (file, text) in &found {
        let bytes = u64::try_from(text.len()).unwrap();
        assert_eq!(bytes, FILE_BYTES, "{}", file.name());
    }
    let told = standing_words(&found).unwrap();
    assert_eq!(told.matches('😀').count(), FILE_CHARS);
    assert_eq!(told.matches("is cut here").count(), 2);
    assert!(told.chars().count() < WORKSPACE_CHARS);
}

#[test]
fn a_folder_that_is_gone_has_no_words() {
    let gone = Workspace::at("/nowhere/at/all".into());
    assert!(read(&gone, Audience::Owner).is_empty());
}
