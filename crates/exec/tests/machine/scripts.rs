//! Scripts: what a shell reads is what was approved, even while it reads.

use tidegate_core::exec::Cleared;
use tidegate_exec::{Cursor, Outcome, Running, Scripts, Stdin};

use crate::rig::{Rig, SOON};

/// More than any shell reads at once.
const PADDING: usize = 200_000;

/// Waits for a line between its two halves.
fn script(last: &str) -> String {
    let padding = format!("# {}\n", "x".repeat(60)).repeat(PADDING / 63);
    format!("#!/bin/bash\necho ready $0 $1\nread line\n{padding}echo {last}\n")
}

/// Starts it, changes its file in place while it waits, and lets it go on.
async fn changed_while_it_runs(rig: &Rig, argv: &[&str], scripts: Scripts) -> String {
    let path = rig.file("x.sh", script("old"));
    let subject = rig.look_open(argv).await;
    let running: Running = rig
        .executor
        .start(Cleared::own(subject), scripts, Stdin::Open, SOON)
        .await
        .unwrap();
    let ready = running.news(Cursor::default(), 100).await;
    assert!(ready.stdout.bytes.starts_with(b"ready "), "{ready:?}");
    std::fs::write(path, script("new")).unwrap();
    running.write(b"go on\n".to_vec()).unwrap();
    let finished = running.finished().await;
    assert_eq!(
        finished.outcome,
        Outcome::Exited(0),
        "{}",
        finished.stderr.text()
    );
    finished.stdout.text()
}

#[tokio::test]
async fn a_running_script_cannot_be_changed() {
    let rig = Rig::new();
    let sealed = changed_while_it_runs(&rig, &["bash", "x.sh", "one"], Scripts::Sealed).await;
    assert_eq!(sealed, "ready x.sh one\nold\n");
    let direct = changed_while_it_runs(&rig, &["./x.sh", "one"], Scripts::Sealed).await;
    assert_eq!(direct, "ready ./x.sh one\nold\n");
    let wrapped = ["timeout", "20", "bash", "-u", "x.sh", "one"];
    let wrapped = changed_while_it_runs(&rig, &wrapped, Scripts::Sealed).await;
    assert_eq!(wrapped, "ready x.sh one\nold\n");
    // Where nobody approved the bytes, the shell reads the file; so the tests above can fail.
    let in_place = changed_while_it_runs(&rig, &["bash", "x.sh", "one"], Scripts::InPlace).await;
    assert_eq!(in_place, "ready x.sh one\nnew\n");
}

#[tokio::test]
async fn first_lines() {
    let rig = Rig::new();
    for (content, out) in [
        (
            "#!/bin/sh -e\necho $0 $1; false; echo not here\n",
            "./x one\n",
        ),
        ("#!/usr/bin/env sh\necho $0 $1\n", "./x one\n"),
        ("#!/usr/bin/perl -w\nprint \"$0 @ARGV\\n\"\n", "./x one\n"),
    ] {
        rig.file("x", content);
        let finished = rig.run(&["./x", "one"]).await;
        assert_eq!(
            finished.stdout.text(),
            out,
            "{content} {}",
            finished.stderr.text()
        );
    }
}
