//! From the first to the last moment of the process: hardening, signals, what the supervisor
//! hears, and starting anew in place.

use std::ffi::OsString;
use std::future::Future;
use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage,
};
use rustix::net::{SendFlags, recvmsg, sendmsg};
use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// From the first signal to the end, whatever is still at work: below the 90 s of systemd.
const DRAIN_LIMIT: Duration = Duration::from_secs(40);
/// From the second signal to the end.
const HURRY: Duration = Duration::from_secs(5);
/// Listeners that are handed on: two addresses each for the gateway and the page, and spare ones.
const MAX_LISTENERS: usize = 8;
/// Says that stdin carries listeners, and for which process.
const INHERIT: &str = "TIDEGATE_INHERIT";

/// No core dumps, nobody looks into the memory, no file for others (T22, T42). What the system
/// does not offer is left.
pub(crate) fn harden() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let none = rustix::process::Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    // Every connection is a descriptor: as many as the system lets us have.
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    let most = rustix::process::Rlimit {
        current: files.maximum,
        ..files
    };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Nofile, most);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Tells the supervisor that the gateway serves.
pub(crate) fn notify_ready() {
    let _ = sd_notify::notify(false, &[NotifyState::Ready]);
}

/// How serving ended.
#[derive(Debug)]
pub(crate) struct Ended<T> {
    /// What serving gave; none if it was cut off.
    pub(crate) result: Option<T>,
    /// Whether a new start was asked for (SIGUSR1).
    pub(crate) restart: bool,
}

/// Serves until it ends by itself or a signal stops it: SIGTERM and SIGINT let it drain, the
/// second one leaves it 5 s, SIGUSR1 drains and asks for a new start. `stopping` is called once,
/// with whether a new start follows.
///
/// # Errors
/// Signals cannot be received.
pub(crate) async fn supervise<T>(
    serve: impl Future<Output = T>,
    stop: &CancellationToken,
    stopping: impl FnOnce(bool),
) -> std::io::Result<Ended<T>> {
    supervise_within(serve, stop, stopping, DRAIN_LIMIT, HURRY).await
}

async fn supervise_within<T>(
    serve: impl Future<Output = T>,
    stop: &CancellationToken,
    stopping: impl FnOnce(bool),
    drain: Duration,
    hurry: Duration,
) -> std::io::Result<Ended<T>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut again = signal(SignalKind::user_defined1())?;
    let mut watchdog = watchdog();
    let mut stopping = Some(stopping);
    let mut serve = pin!(serve);
    let mut deadline = None;
    let mut restart = false;
    let mut signals = 0_u32;
    loop {
        let over = async {
            match deadline {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            result = &mut serve => return Ok(Ended { result: Some(result), restart }),
            () = over => return Ok(Ended { result: None, restart }),
            () = beat(&mut watchdog) => continue,
            Some(()) = again.recv() => restart = signals == 0,
            Some(()) = terminate.recv() => { signals += 1; restart = false; }
            Some(()) = interrupt.recv() => { signals += 1; restart = false; }
        }
        let now = Instant::now();
        let limit = now + if signals > 1 { hurry } else { drain };
        deadline = Some(deadline.map_or(limit, |at: Instant| at.min(limit)));
        if let Some(stopping) = stopping.take() {
            let _ = sd_notify::notify(false, &[NotifyState::Stopping]);
            stopping(restart);
            stop.cancel();
        }
    }
}

/// Calls `switch` at each SIGUSR2, for ever.
pub(crate) async fn at_each_user2(
    mut switch: impl FnMut(),
) -> std::io::Result<std::convert::Infallible> {
    let mut signals = signal(SignalKind::user_defined2())?;
    loop {
        match signals.recv().await {
            Some(()) => switch(),
            None => std::future::pending().await,
        }
    }
}

fn watchdog() -> Option<tokio::time::Interval> {
    let mut usec = 0;
    (sd_notify::watchdog_enabled(false, &mut usec) && usec > 0).then(|| {
        tokio::time::interval(Duration::from_micros(usec / 2).max(Duration::from_millis(1)))
    })
}

/// One sign of life, when it is time for one.
async fn beat(watchdog: &mut Option<tokio::time::Interval>) {
    match watchdog {
        Some(interval) => {
            interval.tick().await;
            let _ = sd_notify::notify(false, &[NotifyState::Watchdog]);
        }
        None => std::future::pending().await,
    }
}

/// Whether systemd started this very process: then a new start is its business (D20).
pub(crate) fn supervised() -> bool {
    let pid = std::process::id().to_string();
    std::env::var_os("NOTIFY_SOCKET").is_some()
        || std::env::var("SYSTEMD_EXEC_PID").is_ok_and(|own| own == pid)
}

/// How this process was started, taken before anything changes.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Invocation {
    /// That of this process.
    ///
    /// # Errors
    /// The system does not say where the program is.
    pub(crate) fn current() -> std::io::Result<Self> {
        Ok(Self {
            program: std::env::current_exe()?,
            arguments: std::env::args_os().skip(1).collect(),
        })
    }

    /// Becomes a new start of the same path in the same process, with the listeners handed on, so
    /// that no connection is refused meanwhile. Returns only if that failed.
    pub(crate) fn again(&self, listeners: &[TcpListener]) -> std::io::Error {
        let stdin = match hand_on(listeners) {
            Ok(stdin) => stdin,
            Err(error) => return error,
        };
        std::process::Command::new(&self.program)
            .args(&self.arguments)
            .env(INHERIT, std::process::id().to_string())
            .stdin(stdin)
            .exec()
    }
}

/// Puts the listeners into a socket whose other end is to become stdin.
fn hand_on(listeners: &[TcpListener]) -> std::io::Result<OwnedFd> {
    let (near, far) = UnixStream::pair()?;
    let fds: Vec<_> = listeners
        .iter()
        .take(MAX_LISTENERS)
        .map(AsFd::as_fd)
        .collect();
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_LISTENERS))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !control.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(std::io::Error::other("too many listeners to hand on"));
    }
    sendmsg(
        &near,
        &[IoSlice::new(b"l")],
        &mut control,
        SendFlags::empty(),
    )?;
    Ok(far.into())
}

/// Listeners that the former start of this process handed on.
pub(crate) fn inherited_listeners() -> Vec<TcpListener> {
    let ours = std::env::var(INHERIT).is_ok_and(|pid| pid == std::process::id().to_string());
    if ours {
        receive(std::io::stdin().as_fd()).unwrap_or_default()
    } else {
        Vec::new()
    }
}

fn receive(from: impl AsFd) -> std::io::Result<Vec<TcpListener>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_LISTENERS))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    recvmsg(from, &mut [IoSliceMut::new(&mut byte)], &mut control, flags)?;
    let mut listeners = Vec::new();
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(fds) = message {
            listeners.extend(
                fds.map(TcpListener::from)
                    .filter(|listener| listener.local_addr().is_ok()),
            );
        }
    }
    Ok(listeners)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::net::TcpStream;

    #[test]
    fn listeners_are_handed_on_with_who_waits_there() {
        let first = TcpListener::bind("127.0.0.1:0").unwrap();
        let second = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = second.local_addr().unwrap();
        let mut waiting = TcpStream::connect(address).unwrap();
        let stdin = hand_on(&[first, second]).unwrap();
        let received = receive(&stdin).unwrap();
        assert_eq!(received.len(), 2);
        assert_eq!(received[1].local_addr().unwrap(), address);
        drop(received[1].accept().unwrap());
        assert_eq!(waiting.read(&mut [0]).unwrap(), 0);
        assert!(receive(&stdin).unwrap_or_default().is_empty());
    }

    #[tokio::test]
    async fn signals_drain_then_hurry() {
        let me = rustix::process::getpid();
        let send = |signal| rustix::process::kill_process(me, signal).unwrap();
        let stop = CancellationToken::new();
        let mut asked = None;
        let serve = async {
            tokio::task::yield_now().await;
            send(rustix::process::Signal::USR1);
            stop.cancelled().await;
            "drained"
        };
        let ended = supervise(serve, &stop, |restart| asked = Some(restart))
            .await
            .unwrap();
        assert_eq!(
            (ended.result, ended.restart, asked),
            (Some("drained"), true, Some(true))
        );

        let stop = CancellationToken::new();
        let stuck = async {
            tokio::task::yield_now().await;
            send(rustix::process::Signal::TERM);
            stop.cancelled().await;
            send(rustix::process::Signal::INT);
            std::future::pending::<()>().await;
        };
        let hurry = Duration::from_millis(20);
        let ended = supervise_within(stuck, &stop, |_| (), DRAIN_LIMIT, hurry)
            .await
            .unwrap();
        assert!(ended.result.is_none() && !ended.restart);
    }
}
