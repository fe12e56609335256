//! Looking is bounded.

use std::fs::File;
use std::path::PathBuf;

use tidegate_exec::{LOOK_MAX_BYTES, LookError};

use crate::rig::Rig;

/// A program with holes only: it takes no place, and all its bytes are hashed.
fn holes(rig: &Rig, name: &str, bytes: u64) -> PathBuf {
    let path = rig.file(name, "");
    let file = File::options().write(true).open(&path).unwrap();
    file.set_len(bytes).unwrap();
    path
}

#[tokio::test]
async fn all_files_of_a_command_count_together() {
    let rig = Rig::new();
    rig.file("small", "x");
    let large = holes(&rig, "large", LOOK_MAX_BYTES);
    let argv = ["env", "./small", "./large"];
    let looked = rig.executor.look(rig.request(&argv)).await;
    let named = large.to_str().unwrap();
    assert!(
        matches!(&looked, Err(LookError::TooLarge(path)) if path == named),
        "{looked:?}"
    );
}

#[tokio::test]
async fn it_ends_when_the_executor_does() {
    let rig = Rig::new();
    holes(&rig, "large", LOOK_MAX_BYTES);
    let looking = rig.executor.look(rig.request(&["./large"]));
    let (looked, ()) = tokio::join!(looking, rig.executor.close());
    assert!(matches!(looked, Err(LookError::Interrupted)), "{looked:?}");
}
