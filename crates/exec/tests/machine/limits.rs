//! What a program is given, what is taken from it, and when it ends.

use std::time::Duration;

use tidegate_core::exec::{Cleared, Place};
use tidegate_exec::{
    ExecError, LookError, OUTPUT_KEPT_BYTES, Outcome, RUNNING_MAX, Request, Scripts, Stdin,
};
use tokio_util::sync::CancellationToken;

use crate::rig::{Rig, SOON};

#[tokio::test]
async fn outputs_code_and_name() {
    let rig = Rig::new();
    let finished = rig
        .run(&["sh", "-c", "echo out $0; echo err >&2; exit 3", "name"])
        .await;
    assert_eq!(finished.outcome, Outcome::Exited(3));
    assert_eq!(finished.stdout.text(), "out name\n");
    assert_eq!(finished.stderr.text(), "err\n");
    assert_eq!(finished.left, 0);
}

#[tokio::test]
async fn arguments_are_never_shell_text() {
    let rig = Rig::new();
    let canary = rig.path("pwned");
    for hostile in [
        "a;touch pwned",
        "$(touch pwned)",
        "`touch pwned`",
        "a\ntouch pwned",
        "-oProxyCommand=touch${IFS}pwned",
    ] {
        let finished = rig.run(&["printf", "%s", "--", hostile]).await;
        assert!(finished.stdout.text().ends_with(hostile), "{hostile}");
        assert!(!canary.exists());
    }
}

#[tokio::test]
async fn a_long_argument_arrives_whole() {
    let rig = Rig::new();
    let long = "ä".repeat(50_000);
    let finished = rig.run(&["printf", "%s", &long]).await;
    assert_eq!(finished.stdout.text(), long);
}

#[tokio::test]
async fn what_is_stopped_before_it_runs_does_not_run() {
    let rig = Rig::new();
    let subject = rig.look(&["touch", "ran"]).await;
    let stop = CancellationToken::new();
    stop.cancel();
    let run = rig
        .executor
        .run(
            Cleared::own(subject),
            Scripts::Sealed,
            Stdin::None,
            SOON,
            &stop,
        )
        .await;
    assert!(matches!(run, Err(ExecError::Stopped)));
    assert!(!rig.path("ran").exists());
}

#[tokio::test]
async fn it_runs_in_its_directory_as_a_leader_of_its_group() {
    let rig = Rig::new();
    let finished = rig.run(&["pwd"]).await;
    assert_eq!(
        finished.stdout.text().trim_end(),
        rig.path("").to_str().unwrap().trim_end_matches('/')
    );
    let finished = rig
        .run(&["sh", "-c", "cut -d' ' -f1,5 /proc/$$/stat"])
        .await;
    let text = finished.stdout.text();
    let (pid, group) = text.trim_end().split_once(' ').unwrap();
    assert_eq!(pid, group);
}

#[tokio::test]
async fn a_signal_of_its_own() {
    let rig = Rig::new();
    assert_eq!(
        rig.run(&["sh", "-c", "kill -USR1 $$"]).await.outcome,
        Outcome::Signaled(10)
    );
}

#[tokio::test]
async fn input_is_read_to_its_end() {
    let rig = Rig::new();
    let stdin = Stdin::Bytes(vec![b'x'; 300_000]);
    let request = Request {
        input: stdin.input(),
        ..rig.request(&["wc", "-c"])
    };
    let subject = rig.executor.look(request).await.unwrap();
    let stop = CancellationToken::new();
    let run = |stdin| {
        rig.executor.run(
            Cleared::own(subject.clone()),
            Scripts::Sealed,
            stdin,
            SOON,
            &stop,
        )
    };
    assert_eq!(run(stdin).await.unwrap().stdout.text().trim(), "300000");
    for other in [Stdin::None, Stdin::Open, Stdin::Bytes(b"other".to_vec())] {
        assert!(matches!(run(other).await, Err(ExecError::WrongInput)));
    }
    assert_eq!(rig.run(&["cat"]).await.stdout.total_bytes(), 0);
}

#[tokio::test]
async fn output_is_capped_and_counted() {
    let rig = Rig::new();
    let finished = rig.run(&["seq", "1", "300000"]).await;
    let text = finished.stdout.text();
    assert!(text.len() < OUTPUT_KEPT_BYTES + 100);
    assert!(text.starts_with("1\n2\n") && text.ends_with("\n300000\n"));
    let bytes: u64 = (1..=300_000_u64)
        .map(|number| number.to_string().len() as u64 + 1)
        .sum();
    assert_eq!(finished.stdout.total_bytes(), bytes);
    assert_eq!(
        finished.stdout.lost_bytes(),
        bytes - OUTPUT_KEPT_BYTES as u64
    );
}

#[tokio::test]
async fn the_deadline_ends_it() {
    let rig = Rig::new();
    let running = rig
        .start(
            &["sh", "-c", "echo begun; sleep 600"],
            Duration::from_millis(300),
        )
        .await;
    let finished = running.finished().await;
    assert_eq!(finished.outcome, Outcome::TimedOut);
    assert_eq!(finished.stdout.text(), "begun\n");
    assert!(
        finished.took < Duration::from_secs(5),
        "{:?}",
        finished.took
    );
    assert_eq!(rig.alive(), 0);
}

#[tokio::test]
async fn the_stop_token_ends_it() {
    let rig = Rig::new();
    let stop = CancellationToken::new();
    let subject = rig.look(&["sleep", "600"]).await;
    let run = rig.executor.run(
        Cleared::own(subject),
        Scripts::Sealed,
        Stdin::None,
        SOON,
        &stop,
    );
    let stopper = async {
        rig.until_alive(1).await;
        stop.cancel();
    };
    let (finished, ()) = tokio::join!(run, stopper);
    assert_eq!(finished.unwrap().outcome, Outcome::Stopped);
    assert_eq!(rig.alive(), 0);
}

#[tokio::test]
async fn dropping_and_closing_end_it() {
    let rig = Rig::new();
    let dropped = rig.start(&["sleep", "600"], SOON).await;
    let kept = rig.start(&["sleep", "600"], SOON).await;
    rig.until_alive(2).await;
    drop(dropped);
    let subject = rig.look(&["true"]).await;
    rig.executor.close().await;
    assert_eq!(kept.ended().unwrap().outcome, Outcome::Stopped);
    assert_eq!(rig.alive(), 0);
    assert!(matches!(
        rig.run_subject(&subject).await,
        Err(ExecError::Closing)
    ));
}

#[tokio::test]
async fn at_most_so_many_run() {
    let rig = Rig::new();
    let subject = rig.look(&["sleep", "600"]).await;
    let start = || {
        rig.executor.start(
            Cleared::own(subject.clone()),
            Scripts::Sealed,
            Stdin::None,
            SOON,
        )
    };
    let mut running = Vec::new();
    for _ in 0..RUNNING_MAX {
        running.push(start().await.unwrap());
    }
    assert!(matches!(start().await, Err(ExecError::Busy)));
    running[0].stop();
    running[0].finished().await;
    // The place is free a moment after the end is told.
    let again = async {
        while start().await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, again).await.unwrap();
    rig.executor.close().await;
    assert_eq!(rig.alive(), 0);
}

#[tokio::test]
async fn what_cannot_be_looked_at() {
    let rig = Rig::new();
    let look = |argv: &[&str], cwd: Option<&str>| {
        let request = Request {
            cwd: cwd.map(str::to_owned),
            ..rig.request(argv)
        };
        let executor = rig.executor.clone();
        async move { executor.look(request).await.unwrap_err() }
    };
    assert!(matches!(
        look(&["no-such-program"], None).await,
        LookError::NoProgram(_)
    ));
    assert!(matches!(look(&[""], None).await, LookError::NoProgram(_)));
    assert!(matches!(look(&[], None).await, LookError::Flawed(_)));
    assert!(matches!(
        look(&["/etc/passwd"], None).await,
        LookError::NoProgram(_)
    ));
    assert!(matches!(
        look(&["/etc"], None).await,
        LookError::NoProgram(_)
    ));
    assert!(matches!(
        look(&["ls"], Some("relative")).await,
        LookError::NoDirectory(_)
    ));
    assert!(matches!(
        look(&["ls"], Some("/no/such")).await,
        LookError::NoDirectory(_)
    ));
    rig.file("nested", "#!/bin/sh\n");
    rig.file("script", format!("#!{}\n", rig.path("nested").display()));
    assert!(matches!(
        look(&["./script"], None).await,
        LookError::NestedScript(_)
    ));
    rig.file("bad", "#!/no/such\n");
    assert!(matches!(
        look(&["./bad"], None).await,
        LookError::NoInterpreter(_)
    ));
}

#[tokio::test]
async fn a_subject_of_another_machine_is_refused() {
    let rig = Rig::new();
    let mut subject = rig.look(&["true"]).await;
    subject.place = Place::Node("other".into());
    assert!(matches!(
        rig.run_subject(&subject).await,
        Err(ExecError::WrongPlace)
    ));
}

#[tokio::test]
async fn a_program_of_the_directory_does_not_hide_the_systems() {
    let rig = Rig::new();
    rig.file("ls", "#!/bin/sh\necho evil\n");
    let subject = rig.look(&["ls"]).await;
    assert!(
        !subject
            .executable
            .path
            .contains(rig.directory.path().to_str().unwrap())
    );
}
