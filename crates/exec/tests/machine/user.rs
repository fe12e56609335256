//! As a plain user: the warden and its program drop by `setpriv`.

use std::os::unix::fs::PermissionsExt;

use tidegate_exec::{Changed, ExecError, Outcome};

use crate::rig::{NOBODY, PlainWarden, Rig};

/// A rig whose wardens are a plain user's.
fn plain() -> (Rig, PlainWarden) {
    let warden = PlainWarden::new();
    (Rig::with(warden.command.clone()), warden)
}

#[tokio::test]
async fn it_runs_as_the_user_of_the_subject_or_not_at_all() {
    let (rig, _warden) = plain();
    let mut subject = rig.look(&["id", "-u"]).await;
    let refusal = rig.run_subject(&subject).await.unwrap_err();
    assert!(
        matches!(refusal, ExecError::Changed(Changed::User)),
        "{refusal}"
    );
    subject.user = NOBODY;
    let user = rig.run_subject(&subject).await.unwrap().stdout.text();
    assert_ne!(user, "0\n");
    assert_eq!(user, format!("{NOBODY}\n"));
}

#[tokio::test]
async fn no_program_gains_rights_and_its_tree_ends() {
    let (rig, _warden) = plain();
    // A set-user-id root copy of `id`.
    let id = tidegate_exec::which("id", std::path::Path::new("/")).unwrap();
    let copy = rig.file("id", std::fs::read(id).unwrap());
    std::fs::set_permissions(&copy, PermissionsExt::from_mode(0o4755)).unwrap();
    let mut subject = rig
        .look(&["bash", "-c", "setsid -f sleep 600; ./id -u"])
        .await;
    subject.user = NOBODY;
    let finished = rig.run_subject(&subject).await.unwrap();
    assert_eq!((finished.outcome, finished.left), (Outcome::Exited(0), 0));
    assert_eq!(finished.stdout.text(), format!("{NOBODY}\n"));
    assert_eq!(rig.alive(), 0);
}

#[tokio::test]
async fn what_may_not_be_read_is_not_run() {
    let (rig, _warden) = plain();
    let copy = rig.file("id", "#!/bin/sh\nid -u\n");
    let mut subject = rig.look(&["./id"]).await;
    subject.user = NOBODY;
    std::fs::set_permissions(&copy, PermissionsExt::from_mode(0o711)).unwrap();
    let refusal = rig.run_subject(&subject).await.unwrap_err();
    assert!(
        refusal.to_string().contains("Permission denied"),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_program_does_not_look_into_its_warden() {
    let (rig, _warden) = plain();
    let line = "cat /proc/$$/environ >/dev/null && ! cat /proc/$PPID/environ";
    let mut subject = rig.look(&["bash", "-c", line]).await;
    subject.user = NOBODY;
    let finished = rig.run_subject(&subject).await.unwrap();
    assert_eq!(finished.outcome, Outcome::Exited(0));
    assert!(finished.stderr.text().contains("Permission denied"));
}
