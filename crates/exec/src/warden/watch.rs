//! Waits for the end, and makes it complete.

use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Signal, WaitId, WaitIdStatus};

use super::children::{living, reap, reap_all, reap_orphans, signal_all};
use super::start::Main;
use crate::job::Report;

/// How often ended orphans of a running program are taken note of.
const ORPHANS_EVERY_MS: u64 = 1000;
/// How long a step of the end takes.
const STEP_MS: u64 = 20;
/// Steps that a program has to end by itself after it was told to stop: one second.
const STEPS_TO_STOP: u64 = 50;
/// Steps that what a program leaves behind has to end by itself: 200 ms.
const STEPS_TO_FOLLOW: u64 = 10;
/// Steps after which we stop killing; with the others well under
/// [`KILLED_WITHIN`](crate::KILLED_WITHIN).
const STEPS_TO_DIE: u64 = 150;

/// Waits until the program ends or the socket closes, ends everything, and tells how it ended.
pub(super) fn watch(main: &Main, socket: &UnixStream) -> Report {
    let mut status = wait(main, socket);
    let steps = if status.is_some() {
        STEPS_TO_FOLLOW
    } else {
        STEPS_TO_STOP
    };
    let gone = end(main, &mut status, Signal::TERM, steps)
        || end(main, &mut status, Signal::KILL, STEPS_TO_DIE);
    let left = if gone { 0 } else { living().len() };
    Report::Ended {
        code: status.and_then(|status| status.exit_status()),
        signal: status.and_then(|status| status.terminating_signal()),
        left,
    }
}

/// The program's end; `None` if it is to be stopped.
fn wait(main: &Main, socket: &UnixStream) -> Option<WaitIdStatus> {
    loop {
        let (ended, closed) = ready(main.handle.as_fd(), socket.as_fd());
        if ended && let Some(status) = reap(WaitId::PidFd(main.handle.as_fd())) {
            return Some(status);
        }
        if closed {
            return None;
        }
        reap_orphans(main.pid);
    }
}

/// Sends a signal, again and again to what appears, until nothing is left or the steps are used up.
/// Whether nothing is left.
fn end(main: &Main, status: &mut Option<WaitIdStatus>, signal: Signal, steps: u64) -> bool {
    for step in 0..steps {
        // To be told once to end is enough; killing goes on, since something may be starting more.
        if step == 0 || signal == Signal::KILL {
            signal_all(signal);
        }
        if status.is_none() {
            *status = reap(WaitId::PidFd(main.handle.as_fd()));
        }
        // Before the program's own end is noted, nobody else may take it.
        if status.is_some() && reap_all() {
            return true;
        }
        pause(STEP_MS);
    }
    false
}

/// Waits for the program's end or for a closed socket, and says which.
fn ready(handle: BorrowedFd<'_>, socket: BorrowedFd<'_>) -> (bool, bool) {
    let mut both = [
        PollFd::from_borrowed_fd(handle, PollFlags::IN),
        PollFd::from_borrowed_fd(socket, PollFlags::IN | PollFlags::RDHUP),
    ];
    // Interrupted is as good as over.
    let _ = poll(&mut both, Some(&time(ORPHANS_EVERY_MS)));
    let [ended, closed] = both.map(|one| !one.revents().is_empty());
    (ended, closed)
}

fn pause(ms: u64) {
    let _ = poll(&mut [], Some(&time(ms)));
}

fn time(ms: u64) -> Timespec {
    let nanos = i64::try_from(ms % 1000 * 1_000_000).unwrap_or(0);
    Timespec {
        tv_sec: i64::try_from(ms / 1000).unwrap_or(0),
        tv_nsec: nanos,
    }
}
