//! Between look and run: whatever is not as it was is not run (SECURITY T49).

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_exec::{Changed, ExecError, Finished, Outcome, Request, Subject};

use crate::rig::Rig;

/// Real programs that are told apart by their code.
fn program(name: &str) -> Vec<u8> {
    std::fs::read(tidegate_exec::which(name, Path::new("/")).unwrap()).unwrap()
}

/// A script that leaves a trace if it runs.
const TRACE: &str = "#!/bin/sh\ntouch ran\n";

async fn refused(rig: &Rig, subject: &Subject) -> Changed {
    let refusal = rig.run_subject(subject).await.unwrap_err();
    assert!(!rig.path("ran").exists());
    let changed = match &refusal {
        ExecError::Changed(changed) => Some(*changed),
        _ => None,
    };
    assert!(changed.is_some(), "{refusal}");
    changed.unwrap()
}

#[tokio::test]
async fn the_executable_is_replaced() {
    let rig = Rig::new();
    rig.file("tool", program("bash"));
    let subject = rig.look(&["./tool", "-c", "touch ran"]).await;
    rig.file("new", program("dash"));
    std::fs::rename(rig.path("new"), rig.path("tool")).unwrap();
    assert_eq!(refused(&rig, &subject).await, Changed::Executable);
    std::fs::remove_file(rig.path("tool")).unwrap();
    assert_eq!(refused(&rig, &subject).await, Changed::Executable);
    symlink("/bin/bash", rig.path("tool")).unwrap();
    assert_eq!(refused(&rig, &subject).await, Changed::Executable);
}

#[tokio::test]
async fn the_executable_is_written_in_place() {
    let rig = Rig::new();
    rig.file("tool", TRACE);
    let subject = rig.look(&["./tool"]).await;
    std::fs::write(rig.path("tool"), "#!/bin/sh\ntouch ran # evil\n").unwrap();
    assert_eq!(refused(&rig, &subject).await, Changed::Executable);
}

#[tokio::test]
async fn a_directory_on_the_way_becomes_a_symlink() {
    let rig = Rig::new();
    std::fs::create_dir(rig.path("bin")).unwrap();
    rig.file("bin/tool", TRACE);
    let subject = rig.look(&["bin/tool"]).await;
    std::fs::rename(rig.path("bin"), rig.path("real")).unwrap();
    symlink(rig.path("real"), rig.path("bin")).unwrap();
    assert_eq!(refused(&rig, &subject).await, Changed::Executable);
}

#[tokio::test]
async fn the_directory_becomes_a_symlink_or_another() {
    let rig = Rig::new();
    for name in ["work", "evil"] {
        std::fs::create_dir(rig.path(name)).unwrap();
    }
    let cwd = rig.path("work").to_str().unwrap().to_owned();
    let request = Request {
        cwd: Some(cwd),
        ..rig.request(&["touch", "../ran"])
    };
    let subject = rig.executor.look(request).await.unwrap();
    std::fs::rename(rig.path("work"), rig.path("moved")).unwrap();
    symlink(rig.path("evil"), rig.path("work")).unwrap();
    assert_eq!(refused(&rig, &subject).await, Changed::Directory);
    // To the very same directory: it still is a symlink.
    std::fs::remove_file(rig.path("work")).unwrap();
    symlink(rig.path("moved"), rig.path("work")).unwrap();
    assert_eq!(refused(&rig, &subject).await, Changed::Directory);
    std::fs::remove_file(rig.path("work")).unwrap();
    std::fs::create_dir(rig.path("work")).unwrap();
    assert_eq!(refused(&rig, &subject).await, Changed::Directory);
    // And with the directory back, it runs: the test would see a trace.
    std::fs::remove_dir(rig.path("work")).unwrap();
    std::fs::rename(rig.path("moved"), rig.path("work")).unwrap();
    assert_eq!(
        rig.run_subject(&subject).await.unwrap().outcome,
        Outcome::Exited(0)
    );
    assert!(rig.path("ran").exists());
}

#[tokio::test]
async fn a_script_in_the_arguments_changes() {
    let rig = Rig::new();
    for (argv, index) in [
        (["sh", "x.sh"].as_slice(), 1),
        (&["bash", "-e", "x.sh"], 2),
        (&["perl", "x.sh"], 1),
        (&["timeout", "5", "sh", "./x.sh"], 3),
        (&["env", "./x.sh"], 1),
        (&["xargs", "-a", "/dev/null", "./x.sh"], 3),
    ] {
        rig.file("x.sh", TRACE);
        let subject = rig.look(argv).await;
        assert!(
            subject.arguments.iter().any(|pin| pin.index == index),
            "{argv:?}"
        );
        rig.file("x.sh", "#!/bin/sh\ntouch ran # evil\n");
        assert_eq!(
            refused(&rig, &subject).await,
            Changed::Argument(index),
            "{argv:?}"
        );
    }
}

#[tokio::test]
async fn code_that_comes_after_the_look_is_not_run() {
    let rig = Rig::new();
    for (argv, index) in [
        (["sh", "x.sh"].as_slice(), 1),
        (&["env", "./x.sh"], 1),
        (&["perl", "x.sh"], 1),
    ] {
        let subject = rig.look(argv).await;
        rig.file("x.sh", TRACE);
        assert_eq!(
            refused(&rig, &subject).await,
            Changed::Argument(index),
            "{argv:?}"
        );
        std::fs::remove_file(rig.path("x.sh")).unwrap();
    }
}

#[tokio::test]
async fn a_decoy_in_front_of_a_script_hides_nothing() {
    let rig = Rig::new();
    rig.file("pipefail", "");
    rig.file("x.sh", TRACE);
    let subject = rig.look(&["bash", "-o", "pipefail", "x.sh"]).await;
    let pinned: Vec<usize> = subject.arguments.iter().map(|pin| pin.index).collect();
    assert_eq!(pinned, [2, 3]);
    rig.file("x.sh", "#!/bin/sh\ntouch ran # evil\n");
    assert_eq!(refused(&rig, &subject).await, Changed::Argument(3));
}

#[tokio::test]
async fn the_interpreter_changes() {
    let rig = Rig::new();
    rig.file("reader", program("dash"));
    rig.file(
        "x",
        format!("#!{}\ntouch ran\n", rig.path("reader").display()),
    );
    let subject = rig.look(&["./x"]).await;
    rig.file("new", program("bash"));
    std::fs::rename(rig.path("new"), rig.path("reader")).unwrap();
    assert_eq!(refused(&rig, &subject).await, Changed::Interpreter);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_swapped_only_the_hashed_program_runs() {
    let rig = Rig::new();
    rig.file("good", program("true"));
    rig.file("evil", program("false"));
    rig.file("tool", program("true"));
    let subject = rig.look(&["./tool"]).await;
    let over = AtomicBool::new(false);
    let swap = || {
        while !over.load(Ordering::Relaxed) {
            for name in ["evil", "good"] {
                let _ = std::fs::remove_file(rig.path("next"));
                std::fs::hard_link(rig.path(name), rig.path("next")).unwrap();
                std::fs::rename(rig.path("next"), rig.path("tool")).unwrap();
            }
        }
    };
    let ends: Vec<Result<Finished, ExecError>> = std::thread::scope(|scope| {
        scope.spawn(swap);
        let ends = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let mut ends = Vec::new();
                for _ in 0..40 {
                    ends.push(rig.run_subject(&subject).await);
                }
                ends
            })
        });
        over.store(true, Ordering::Relaxed);
        ends
    });
    for end in ends {
        match end {
            Ok(finished) => assert_eq!(finished.outcome, Outcome::Exited(0)),
            Err(refusal) => assert!(matches!(refusal, ExecError::Changed(Changed::Executable))),
        }
    }
}
