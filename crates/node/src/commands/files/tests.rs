use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use tidegate_protocol::api::commands::files::{
    FileList, FileListParams, FileRead, FileReadParams, FileWrite, FileWriteParams,
};

use super::*;
use crate::config::Folder;
use crate::failure::Failure;
use crate::invokes::tests::call;
use crate::table::Serve;

/// Two offered folders, one of them for writing, and a secret beside them.
struct Rig {
    files: Files,
    base: tempfile::TempDir,
}

const SECRET: &str = "the canary";

impl Rig {
    fn new() -> Self {
        let base = tempfile::tempdir().unwrap();
        for name in ["state", "docs", "docs/deep", "in", "outside"] {
            std::fs::create_dir(base.path().join(name)).unwrap();
        }
        std::fs::write(base.path().join("outside/secret"), SECRET).unwrap();
        std::fs::write(base.path().join("docs/deep/a.txt"), "0123456789").unwrap();
        let folder = |name: &str, write| Folder {
            name: name.into(),
            path: base.path().join(name),
            write,
        };
        let folders = [folder("docs", false), folder("in", true)];
        let (files, refused) = Files::open(&folders, &base.path().join("state"));
        assert_eq!(refused, [""; 0]);
        Self { files, base }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.base.path().join(name)
    }

    async fn read(&self, path: &str) -> Result<String, Failure> {
        let params = FileReadParams {
            path: path.into(),
            ..FileReadParams::default()
        };
        let answer = Serve::<FileRead>::serve(&self.files, params, &call()).await?;
        Ok(String::from_utf8(STANDARD.decode(answer.base64).unwrap()).unwrap())
    }

    async fn write(&self, path: &str, text: &str, overwrite: bool) -> Result<u64, Failure> {
        let params = FileWriteParams {
            path: path.into(),
            base64: STANDARD.encode(text),
            overwrite: Some(overwrite),
        };
        let answer = Serve::<FileWrite>::serve(&self.files, params, &call()).await?;
        Ok(answer.bytes)
    }

    async fn list(&self, path: Option<&str>) -> Result<Vec<(String, String)>, Failure> {
        let params = FileListParams {
            path: path.map(ToOwned::to_owned),
        };
        let answer = Serve::<FileList>::serve(&self.files, params, &call()).await?;
        let entries = answer.entries.into_iter();
        Ok(entries.map(|entry| (entry.name, entry.kind)).collect())
    }
}

#[tokio::test]
async fn files_are_read_in_parts_written_whole_and_listed() {
    let rig = Rig::new();
    assert_eq!(rig.read("docs/deep/a.txt").await.unwrap(), "0123456789");
    let params = FileReadParams {
        path: "docs/deep/a.txt".into(),
        offset: Some(8),
        max_bytes: Some(5),
    };
    let part = Serve::<FileRead>::serve(&rig.files, params, &call())
        .await
        .unwrap();
    assert_eq!(
        (part.base64.as_str(), part.size, part.eof),
        ("ODk=", 10, true)
    );

    assert_eq!(rig.write("in/new", "one", false).await, Ok(3));
    assert_eq!(
        rig.write("in/new", "two", false).await.unwrap_err().code,
        "CONFLICT"
    );
    assert_eq!(rig.read("in/new").await.unwrap(), "one");
    assert_eq!(rig.write("in/new", "two", true).await, Ok(3));
    assert_eq!(rig.read("in/new").await.unwrap(), "two");
    assert_eq!(
        rig.write("docs/new", "x", false).await.unwrap_err().code,
        "FORBIDDEN"
    );

    let word = |name: &str, kind: &str| (name.to_owned(), kind.to_owned());
    assert_eq!(
        rig.list(None).await.unwrap(),
        [word("docs", "folder"), word("in", "folder")]
    );
    assert_eq!(
        rig.list(Some("docs")).await.unwrap(),
        [word("deep", "folder")]
    );
    assert_eq!(
        rig.list(Some("in")).await.unwrap(),
        [word("new", "file")],
        "no temporary file"
    );
}

#[tokio::test]
async fn nothing_leads_out_of_a_folder() {
    let rig = Rig::new();
    let link = |to: &str, name: &str| std::os::unix::fs::symlink(to, rig.path(name)).unwrap();
    link("../outside/secret", "docs/link");
    link("../outside", "docs/way");
    link("/proc/self/root", "docs/root");
    std::fs::hard_link(rig.path("outside/secret"), rig.path("docs/hard")).unwrap();
    link("../outside/secret", "in/link");
    link("../outside", "in/way");
    for path in [
        "",
        "/",
        "docs",
        "docs/",
        "docs/..",
        "docs/../outside/secret",
        "docs/./deep/a.txt",
        "docs//deep/a.txt",
        "/etc/passwd",
        "..",
        "../outside/secret",
        "outside/secret",
        "docs/link",
        "docs/way/secret",
        "docs/root/etc/passwd",
        "docs/hard",
        "docs/deep",
        "docs/deep/a.txt/x",
        "docs/deep\0/a.txt",
        "file:///etc/passwd",
        "docs/%2e%2e/outside/secret",
        "docs\\..\\outside\\secret",
        "MEDIA:/etc/passwd",
        "@/etc/passwd",
        "Docs/deep/a.txt",
    ] {
        assert!(rig.read(path).await.is_err(), "read {path:?}");
    }
    for path in [
        "in",
        "in/",
        "in/..",
        "in/../outside/x",
        "in/way/x",
        "in/link",
        "outside/x",
        "in/a/b",
    ] {
        assert!(
            rig.write(path, "changed", true).await.is_err(),
            "write {path:?}"
        );
    }
    for path in ["docs/way", "docs/root", "docs/..", "outside", "docs/link"] {
        assert!(rig.list(Some(path)).await.is_err(), "list {path:?}");
    }
    let secret = std::fs::read_to_string(rig.path("outside/secret")).unwrap();
    assert_eq!(secret, SECRET);
    assert_eq!(std::fs::read_dir(rig.path("outside")).unwrap().count(), 1);
}

#[test]
fn the_state_directory_is_never_offered() {
    let base = tempfile::tempdir().unwrap();
    let state = base.path().join("state");
    std::fs::create_dir_all(state.join("node")).unwrap();
    for path in [
        base.path(),
        &state,
        &state.join("node"),
        &base.path().join("none"),
    ] {
        let folder = Folder {
            name: "a".into(),
            path: path.to_owned(),
            write: true,
        };
        let (files, refused) = Files::open(&[folder], &state);
        assert_eq!(
            (files.offers(), refused.len()),
            ((false, false), 1),
            "{path:?}"
        );
    }
}

/// Swaps two names as fast as it can until told to stop.
fn swap(one: &Path, other: &Path, stop: &AtomicBool) -> u64 {
    let mut count = 0;
    while !stop.load(Ordering::Relaxed) {
        renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).unwrap();
        count += 1;
    }
    count
}

/// T39: a folder and a link to outside change places all the time.
#[tokio::test]
async fn swapped_names_lead_nowhere_else() {
    const ROUNDS: usize = 100_000;
    let rig = Rig::new();
    std::fs::create_dir(rig.path("in/swap")).unwrap();
    std::fs::write(rig.path("in/swap/secret"), "inside").unwrap();
    std::os::unix::fs::symlink("../outside", rig.path("in/other")).unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let racer = {
        let (one, other, stop) = (rig.path("in/swap"), rig.path("in/other"), Arc::clone(&stop));
        std::thread::spawn(move || swap(&one, &other, &stop))
    };
    let (mut inside, mut refused) = (0, 0);
    for round in 0..ROUNDS {
        match rig.files.way("in/swap/secret").unwrap().file() {
            Ok(file) => {
                let text = std::io::read_to_string(file).unwrap();
                assert!(text == "inside" || text == "written", "{text}");
                inside += 1;
            }
            Err(_) => refused += 1,
        }
        if round % 20 == 0 {
            let _ = rig.write("in/swap/secret", "written", true).await;
        }
    }
    stop.store(true, Ordering::Relaxed);
    assert!(racer.join().unwrap() > 0);
    assert!(
        inside > 0 && refused > 0,
        "{inside} inside, {refused} refused"
    );
    let secret = std::fs::read_to_string(rig.path("outside/secret")).unwrap();
    assert_eq!(secret, SECRET);
    assert_eq!(std::fs::read_dir(rig.path("outside")).unwrap().count(), 1);
}
