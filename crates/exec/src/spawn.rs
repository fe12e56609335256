//! Starts a warden and hands it its job.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::Signal;
use tokio::process::Command;

use crate::error::ExecError;
use crate::executor::WardenCommand;
use crate::job::{Job, encode};
use crate::mark::Mark;
use crate::started::Started;
use crate::tree::{marked, signal};

/// How often descendants are looked for whose warden is gone, and how long between.
const SWEEPS: u32 = 100;
const SWEEP_EVERY: Duration = Duration::from_millis(30);

/// Starts a warden, whose job is then still to be sent.
pub(crate) fn spawn(
    warden: &WardenCommand,
    job: &Job,
    with_input: bool,
) -> Result<Started, ExecError> {
    start(warden, job, with_input).map_err(ExecError::Start)
}

fn start(warden: &WardenCommand, job: &Job, with_input: bool) -> io::Result<Started> {
    let (ours, theirs) = UnixStream::pair()?;
    let mut child = Command::new(&warden.program)
        .args(&warden.arguments)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let input = if with_input { Some(io::pipe()?) } else { None };
    send_input(&ours, input.as_ref().map(|(reader, _)| reader.as_fd()))?;
    ours.set_nonblocking(true)?;
    let writer =
        input.map(|(_, writer)| tokio::net::unix::pipe::Sender::from_owned_fd(writer.into()));
    let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    Ok(Started {
        stdout,
        stderr,
        input: writer.transpose()?,
        control: tokio::net::UnixStream::from_std(ours)?,
        order: encode(job)?,
        warden: child,
    })
}

/// One byte, and with it the program's standard input.
fn send_input(socket: &UnixStream, input: Option<std::os::fd::BorrowedFd<'_>>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors: Vec<_> = input.into_iter().collect();
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    sendmsg(
        socket,
        &[IoSlice::new(b"i")],
        &mut control,
        SendFlags::NOSIGNAL,
    )?;
    Ok(())
}

/// Ends what has the mark, after its warden is gone. How many are left.
pub(crate) async fn sweep(mark: &Mark) -> usize {
    let variable = mark.variable();
    for _ in 0..SWEEPS {
        let found = marked(&variable);
        if found.is_empty() {
            return 0;
        }
        for process in found {
            signal(process, Signal::KILL);
        }
        tokio::time::sleep(SWEEP_EVERY).await;
    }
    marked(&variable).len()
}
