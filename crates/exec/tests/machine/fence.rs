//! What runs as our user cannot reach our state (SECURITY T53): as a plain user, and as root as far as
//! that goes. Each attack is also made without the fence, where it must succeed.

use std::os::unix::fs::{chown, symlink};
use tidegate_core::exec::Cleared;

use tidegate_exec::{Demand, Fence, Outcome, Request, Scripts, Stdin, WardenCommand};

use crate::fence_world::{Outsider, TOKEN, USERS, World};
use crate::rig::{NOBODY, Rig, SOON, until};

/// Each reads the token, or changes something of the state.
const ATTACKS: [&str; 15] = [
    "grep owner state/gateway.token",
    "cp state/gateway.token beside/copy",
    "echo mine >state/gateway.token",
    "echo mine >>state/gateway.token",
    "perl -e 'truncate(q(state/gateway.token), 0) or exit 1'",
    ": >state/new",
    "mkdir state/new",
    "ln -s /etc/passwd state/new",
    "rm -f state/gateway.token",
    "mv state/gateway.token beside/moved",
    "mv beside/file state/gateway.token",
    "ln state/gateway.token beside/hard",
    "mv state beside/state",
    "ln -s ../state/gateway.token beside/link && grep owner beside/link",
    "cd state/workspaces/a && grep owner ../../gateway.token",
];

#[tokio::test]
async fn no_program_reads_or_changes_the_state() {
    assert!(Fence::works_here(), "this kernel has no Landlock");
    for user in USERS {
        for attack in ATTACKS {
            let open = World::new(user, false);
            assert!(open.succeeds(attack).await, "{user}: {attack}");
            let world = World::new(user, true);
            let finished = world.run(attack).await;
            assert_ne!(finished.outcome, Outcome::Exited(0), "{user}: {attack}");
            assert!(
                !finished.stdout.text().contains("owner"),
                "{user}: {attack}"
            );
            assert!(world.is_whole(), "{user}: {attack}");
        }
    }
}

#[tokio::test]
async fn no_program_gets_out_by_a_mount_of_its_own() {
    let bind = "unshare -Urm sh -c 'mount --bind state beside && grep owner beside/gateway.token'";
    for user in USERS {
        assert!(World::new(user, false).succeeds(bind).await, "{user}");
        assert!(!World::new(user, true).succeeds(bind).await, "{user}");
    }
}

#[tokio::test]
async fn another_mount_of_the_state_is_closed_too() {
    for fenced in [false, true] {
        let shared = tempfile::tempdir().unwrap();
        let state = shared.path().canonicalize().unwrap();
        std::fs::write(state.join("gateway.token"), TOKEN).unwrap();
        // A warden that finds the state directory mounted a second time.
        let line = "mount --bind \"$1\" /mnt && exec \"$0\"";
        let warden = env!("CARGO_BIN_EXE_tidegate-warden");
        let arguments = ["-m", "sh", "-c", line, warden, state.to_str().unwrap()];
        let warden = WardenCommand {
            program: "/usr/bin/unshare".into(),
            arguments: arguments.map(Into::into).into(),
        };
        let fence = Fence::around(vec![state.clone()], Demand::Required);
        let rig = Rig::fenced(warden, |_| fenced.then_some(fence));
        let finished = rig.run(&["grep", "owner", "/mnt/gateway.token"]).await;
        assert_eq!(finished.outcome == Outcome::Exited(0), !fenced);
    }
}

#[tokio::test]
async fn no_program_gets_in_by_another_process() {
    for user in USERS {
        for fenced in [false, true] {
            let world = World::new(user, fenced);
            let outsider = Outsider::new(&world);
            until(|| outsider.open_token().exists()).await;
            let pid = outsider.pid();
            let root = world.rig.path("state/gateway.token");
            // Root reads any environment by CAP_PERFMON, which no fence takes away.
            let environment = format!("grep -a OUTSIDERS_SECRET /proc/{pid}/environ");
            let closed = fenced && user == NOBODY;
            assert_eq!(world.succeeds(&environment).await, !closed, "{user}");
            for way in [
                format!("grep owner /proc/{pid}/root{}", root.display()),
                format!("grep owner /proc/{pid}/cwd/gateway.token"),
                format!("grep owner /proc/{pid}/fd/7"),
                format!("exec 9</proc/{pid}/mem"),
                format!("kill -0 {pid}"),
            ] {
                assert_eq!(world.succeeds(&way).await, !fenced, "{user}: {way}");
            }
        }
    }
}

#[tokio::test]
async fn no_program_ends_its_warden_and_stays() {
    for user in USERS {
        let world = World::new(user, true);
        // Without its mark it would not be found without the warden either.
        let line = "env -i X1_MARK=$X1_MARK setsid -f sleep 600; kill -9 $PPID || echo refused";
        let finished = world.run(line).await;
        assert_eq!(finished.stdout.text(), "refused\n", "{user}");
        assert_eq!((finished.outcome, finished.left), (Outcome::Exited(0), 0));
        assert_eq!(world.rig.alive(), 0, "{user}");
    }
}

#[tokio::test]
async fn a_program_works_where_it_may() {
    for user in USERS {
        let world = World::new(user, true);
        for work in [
            "echo x >beside/new && mkdir beside/deep && mv beside/new beside/deep/moved",
            "rm -r beside/file",
            "echo x >file && grep x file",
            "ls . | grep state",
            "f=$(mktemp -p beside) && echo x >$f && rm $f",
            "echo x >/dev/null && cat /proc/self/status",
            "sleep 600 & kill $!",
        ] {
            let finished = world.run(work).await;
            let said = finished.stderr.text();
            assert_eq!(
                finished.outcome,
                Outcome::Exited(0),
                "{user}: {work}: {said}"
            );
        }
        let inside = "echo x >new && mkdir d && mv new d/new && ln d/new hard && cat d/new && \
                      cp /bin/true . && ./true && mv d ../../../beside/d";
        let finished = world.run_in("state/workspaces/a", inside).await;
        let said = finished.stderr.text();
        assert_eq!(finished.outcome, Outcome::Exited(0), "{user}: {said}");
        assert_eq!(finished.stdout.text(), "x\n");
    }
}

#[tokio::test]
async fn a_script_runs_from_its_sealed_copy() {
    for user in USERS {
        let world = World::new(user, true);
        let script = world
            .rig
            .file("state/workspaces/a/x", "#!/bin/sh\necho ran as $(id -u)\n");
        for argv in [&["./x"][..], &["sh", "x"]] {
            let request = Request {
                cwd: Some(script.parent().unwrap().to_str().unwrap().to_owned()),
                ..world.rig.request(argv)
            };
            let mut subject = world.rig.executor.look(request).await.unwrap();
            subject.user = user;
            let finished = world.rig.run_subject(&subject).await.unwrap();
            assert_eq!(finished.stdout.text(), format!("ran as {user}\n"));
        }
    }
}

#[tokio::test]
async fn what_comes_beside_the_state_later_is_closed_for_what_runs_and_open_for_the_next() {
    let world = World::new(NOBODY, true);
    let wait = "while ! [ -e beside/go ]; do sleep 0.01; done; cat later";
    let mut subject = world.rig.look(&["bash", "-c", wait]).await;
    subject.user = NOBODY;
    let running = world
        .rig
        .executor
        .start(Cleared::own(subject), Scripts::Sealed, Stdin::None, SOON)
        .await
        .unwrap();
    std::fs::write(world.rig.path("later"), "x").unwrap();
    std::fs::write(world.rig.path("beside/go"), "").unwrap();
    assert_eq!(running.finished().await.outcome, Outcome::Exited(1));
    assert!(world.succeeds("cat later").await);
    // Nor can a program put something there.
    assert!(!world.succeeds(": >new").await);
    assert!(!world.succeeds("rm file").await);
}

#[tokio::test]
async fn a_program_of_a_closed_folder_does_not_start() {
    let world = World::new(NOBODY, true);
    let tool = world.rig.file("state/tool", "#!/bin/sh\necho ran\n");
    std::fs::copy("/bin/true", &tool).unwrap();
    let mut subject = world.rig.look(&["state/tool"]).await;
    subject.user = NOBODY;
    let refusal = world.rig.run_subject(&subject).await.unwrap_err();
    assert!(
        refusal.to_string().contains("Permission denied"),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_shell_is_given_no_copy_of_a_closed_file() {
    for fenced in [false, true] {
        let world = World::new(NOBODY, fenced);
        let key = world.rig.file("state/key", "owners-key\n");
        chown(key, Some(NOBODY), Some(NOBODY)).unwrap();
        symlink("../../key", world.rig.path("state/workspaces/a/run.sh")).unwrap();
        for script in ["state/key", "state/workspaces/a/run.sh"] {
            let mut subject = world.rig.look(&["sh", script]).await;
            subject.user = NOBODY;
            let said = match world.rig.run_subject(&subject).await {
                Ok(finished) => finished.stderr.text(),
                Err(refusal) => refusal.to_string(),
            };
            assert_eq!(said.contains("owners-key"), !fenced, "{script}: {said}");
            assert_eq!(
                said.contains("Permission denied"),
                fenced,
                "{script}: {said}"
            );
        }
    }
}
