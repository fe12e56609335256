//! Everything under the warden: it stays under it, and it ends.

use std::io;

use rustix::io::Errno;
use rustix::process::{
    DumpableBehavior, Pid, Resource, Rlimit, Signal, WaitId, WaitIdOptions, WaitIdStatus, getpid,
    set_child_subreaper, set_dumpable_behavior, setrlimit, setsid, waitid,
};

use crate::tree::{Process, descendants, signal};

/// Makes this process the one that nothing escapes from.
pub(super) fn guard() -> io::Result<()> {
    setsid()?;
    set_child_subreaper(Some(getpid()))?;
    rustix::thread::set_no_new_privs(true)?;
    // What runs under us is the same user: it must not look into our memory, nor change it.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    // A core would be a copy of memory that nobody looks after.
    setrlimit(
        Resource::Core,
        Rlimit {
            current: Some(0),
            maximum: Some(0),
        },
    )?;
    Ok(())
}

/// Everything that lives under the warden.
pub(super) fn living() -> Vec<Process> {
    descendants(getpid().as_raw_pid())
}

/// Sends a signal to everything under the warden.
pub(super) fn signal_all(what: Signal) {
    for process in living() {
        signal(process, what);
    }
}

/// Takes note that a process has ended, if it has.
pub(super) fn reap(which: WaitId<'_>) -> Option<WaitIdStatus> {
    waitid(which, WaitIdOptions::EXITED | WaitIdOptions::NOHANG)
        .ok()
        .flatten()
}

/// Takes note of ended orphans, but not of `main`, whose end somebody waits for.
pub(super) fn reap_orphans(main: i32) {
    let orphans = living().into_iter().filter(|process| process.pid != main);
    for pid in orphans.filter_map(|process| Pid::from_raw(process.pid)) {
        // Those that are not ours yet are refused by the kernel.
        reap(WaitId::Pid(pid));
    }
}

/// Takes note of all that have ended. Whether nothing is left under the warden: the kernel says so,
/// since whatever loses its parent becomes our child.
pub(super) fn reap_all() -> bool {
    loop {
        match waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOHANG) {
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}
