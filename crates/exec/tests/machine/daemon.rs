//! The daemon is killed, and what it ran ends.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use crate::rig::{Rig, alive, until};
use crate::tree::{STUBBORN, STUBBORN_PROCESSES};

/// Names the mark to the process that plays the daemon.
const MARK: &str = "X1_DAEMON_MARK";

/// Not a test of its own: this binary, started again, plays the daemon.
#[tokio::test]
#[ignore = "started by the test below"]
async fn plays_the_daemon() {
    let mut rig = Rig::new();
    rig.mark = std::env::var(MARK).unwrap();
    let running = rig
        .start(&["bash", "-c", STUBBORN], Duration::from_mins(2))
        .await;
    running.finished().await;
}

#[tokio::test]
async fn nothing_lives_after_the_daemon_was_killed() {
    let mark = Rig::new().mark;
    let mut daemon = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "daemon::plays_the_daemon", "--ignored"])
        .env(MARK, &mark)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    until(|| alive(&mark) >= STUBBORN_PROCESSES).await;
    // SIGKILL: no handler, no destructor.
    daemon.start_kill().unwrap();
    let killed = tokio::time::Instant::now();
    daemon.wait().await.unwrap();
    until(|| alive(&mark) == 0).await;
    assert!(
        killed.elapsed() < tidegate_exec::KILLED_WITHIN,
        "{:?}",
        killed.elapsed()
    );
}
