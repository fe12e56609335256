//! Nothing of a program outlives it (SECURITY F13).

use std::time::Duration;

use tidegate_core::exec::Cleared;
use tidegate_exec::{KILLED_WITHIN, Outcome, Scripts, Stdin, WardenCommand};

use crate::rig::{Rig, SOON, until};

/// Descendants that ignore the polite signal, leave the group, leave the session, lose their
/// parents twice, and start more of them: seven processes at least.
pub(crate) const STUBBORN: &str = r#"
trap '' TERM HUP INT
setsid bash -c "trap '' TERM; while :; do sleep 600; done" &
nohup sleep 601 >/dev/null 2>&1 &
( ( setsid bash -c "trap '' TERM; sleep 602; sleep 603" & ) & )
setsid -f bash -c "trap '' TERM; (sleep 604 &) ; sleep 605"
while :; do sleep 606; done
"#;

/// What of them lives at once.
pub(crate) const STUBBORN_PROCESSES: usize = 8;

#[tokio::test]
async fn a_stubborn_tree_is_gone_after_the_deadline() {
    let rig = Rig::new();
    let deadline = Duration::from_secs(3);
    let running = rig.start(&["bash", "-c", STUBBORN], deadline).await;
    rig.until_alive(STUBBORN_PROCESSES).await;
    let finished = running.finished().await;
    assert_eq!((finished.outcome, finished.left), (Outcome::TimedOut, 0));
    assert_eq!(rig.alive(), 0);
    assert!(
        finished.took < deadline + KILLED_WITHIN,
        "{:?}",
        finished.took
    );
}

#[tokio::test]
async fn a_stubborn_tree_is_gone_after_a_stop() {
    let rig = Rig::new();
    let running = rig.start(&["bash", "-c", STUBBORN], SOON).await;
    rig.until_alive(STUBBORN_PROCESSES).await;
    running.stop();
    assert_eq!(running.finished().await.outcome, Outcome::Stopped);
    assert_eq!(rig.alive(), 0);
}

#[tokio::test]
async fn what_a_program_leaves_behind_ends_with_it() {
    let rig = Rig::new();
    let line =
        "setsid -f bash -c \"trap '' TERM; sleep 600\"; (sleep 601 &); nohup sleep 602 & exit 7";
    let finished = rig.run(&["bash", "-c", line]).await;
    assert_eq!((finished.outcome, finished.left), (Outcome::Exited(7), 0));
    assert_eq!(rig.alive(), 0);
    assert!(finished.took < KILLED_WITHIN);
}

#[tokio::test]
async fn something_that_starts_more_and_more_ends() {
    let rig = Rig::new();
    // Each one starts its successor in a session of its own and goes away.
    let file = rig.file(
        "hare",
        "#!/bin/bash\ntrap '' TERM\nsleep 0.02\nsetsid -f ./hare\n",
    );
    let line = format!("setsid -f {}; sleep 600", file.display());
    let running = rig.start(&["bash", "-c", &line], SOON).await;
    rig.until_alive(2).await;
    running.stop();
    assert_eq!(running.finished().await.left, 0);
    assert_eq!(rig.alive(), 0);
}

#[tokio::test]
async fn a_program_that_kills_its_warden_ends_too() {
    let rig = Rig::new();
    let line = "setsid -f sleep 600; kill -9 $PPID; sleep 601";
    let finished = rig.run(&["bash", "-c", line]).await;
    assert_eq!((finished.outcome, finished.left), (Outcome::Lost, 0));
    assert_eq!(rig.alive(), 0);
}

#[tokio::test]
async fn a_start_that_is_given_up_leaves_nothing() {
    // A warden that begins when nobody waits for it any more, and says when it is gone.
    let signs = tempfile::tempdir().unwrap();
    let line = "while ! [ -e $1/go ]; do /bin/sleep 0.01; done; $0; : >$1/over";
    let warden = env!("CARGO_BIN_EXE_tidegate-warden");
    let here = signs.path().to_str().unwrap();
    let rig = Rig::with(WardenCommand {
        program: "/bin/sh".into(),
        arguments: ["-c", line, warden, here].map(Into::into).into(),
    });
    let subject = rig.look(&["sleep", "600"]).await;
    let start = rig
        .executor
        .start(Cleared::own(subject), Scripts::Sealed, Stdin::None, SOON);
    assert!(
        tokio::time::timeout(Duration::from_millis(50), start)
            .await
            .is_err()
    );
    std::fs::write(signs.path().join("go"), "").unwrap();
    until(|| signs.path().join("over").exists()).await;
    assert_eq!(rig.alive(), 0);
}

#[tokio::test]
async fn a_stranger_with_a_known_number_is_left_alone() {
    // The only signals go through handles of processes under the warden: this one is none, even
    // though it names the same program.
    let mut stranger = tokio::process::Command::new("sleep")
        .arg("600")
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let rig = Rig::new();
    let running = rig.start(&["sleep", "600"], SOON).await;
    rig.until_alive(1).await;
    running.stop();
    running.finished().await;
    assert!(stranger.try_wait().unwrap().is_none());
}
